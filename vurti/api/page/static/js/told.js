/**
 * What an event tells: a glyph, a few words, a tone, and its weight. One table for a story's steps, the
 * feed and a host's page. Weights: MARK stands out, STEP is a change, SMALL is a detail.
 */

import { plain } from "./dom.js";
import { VMS, faceOf, ofHostStatus, ofVmFace } from "./words.js";

export const MARK = 2;
export const STEP = 1;
export const SMALL = 0;

const one = (glyph, words, tone, weight = MARK) => ({ glyph, words, tone, weight });

/** The first of these that an event is marked with names it. */
const BY_MARK = [
  ["split_brain", one("‼", "runs on two hosts at once", "bad")],
  ["crashed", one("✕", "crashed", "bad")],
  ["migration_aborted", one("✕", "ended while it migrated", "bad")],
  ["host_rebooted_under_it", one("✕", "its host rebooted under it", "bad")],
  ["ended_with_error", one("✕", "ended with an error", "bad")],
  ["ha_failed", one("✕", "lost, and highly available", "bad")],
  ["paused_enospc", one("‖", "paused: no disk space left", "bad")],
  ["paused_eio", one("‖", "paused: I/O error", "bad")],
  ["paused_eperm", one("‖", "paused: permission denied", "bad")],
  ["paused_by_other_error", one("‖", "paused by an error", "bad")],
  ["migrated", one("→", "migrated", "move")],
  ["migration_done", one("→", "announced migration done", "move", STEP)],
  ["migration_failed", one("↩", "migration failed", "slow")],
  ["watchdog", one("!", "watchdog fired", "slow")],
  ["rebooted", one("↻", "guest rebooted", "move")],
  ["recovered_from_pause_error", one("▸", "recovered from its pause", "ok")],
  ["paused", one("‖", "paused", "slow")],
  ["lost_sight", one("?", "its host does not answer", "stale", STEP)],
  ["restored", one("•", "heard of again", "ok", STEP)],
  ["not_responding", one("?", "does not respond", "slow")],
  ["suspend_failed", one("!", "could not be suspended", "bad")],
  ["suspended", one("z", "suspended", "off")],
  ["power_down_failed", one("!", "runs on after it was asked to power down", "slow")],
  ["console_connected", one("▭", "console opened", "off", SMALL)],
  ["console_disconnected", one("▭", "console closed", "off", SMALL)],
  ["expectation_failed", one("!", "announced, and failed", "slow")],
  ["expectation_expired", one("!", "announced, and did not come", "slow")],
  ["expectation_met", one("✓", "came as announced", "ok", STEP)],
  ["expectation_cancelled", one("–", "no longer announced", "off", STEP)],
  ["host_rebooted", one("↻", "booted anew", "slow")],
  ["non_responsive", one("✕", "unreachable", "bad")],
  ["unknown_name", one("✕", "name does not resolve", "bad")],
  ["judgement_held", one("…", "vurti suspects itself: not judged", "slow", STEP)],
  ["connecting", one("?", "does not answer", "slow")],
  ["connecting_with_power_management", one("?", "does not answer", "slow")],
  ["not_looked_at", one("?", "was not looked at for long", "slow")],
  ["ended", one("–", "shut down", "off")],
];

const BY_KIND = {
  VmAdded: one("+", "first seen", "move", STEP),
  VmRemoved: one("−", "forgotten", "off", STEP),
  VmTakenOver: one("◇", "found on another host", "slow"),
  VmDevicesChanged: one("▤", "devices changed", "off", SMALL),
  VmLeftScope: one("·", "left its scope", "off", SMALL),
  VmJoinedScope: one("·", "joined another scope", "off", SMALL),
  VdsAdded: one("+", "watched from now on", "move", STEP),
  VdsRemoved: one("−", "no longer watched", "off", STEP),
  VdsLeftScope: one("·", "left its scope", "off", SMALL),
  VdsJoinedScope: one("·", "joined another scope", "off", SMALL),
};

const STARTED = one("▲", "started", "ok", STEP);
const UP = one("▲", "runs", "ok", STEP);
const RESUMED = one("▸", "runs on", "ok", STEP);
const ARRIVED = one("→", "arrived", "move", STEP);
const RESPONDS = one("▸", "responds again", "ok", STEP);
const STARTS = new Set(["WaitForLaunch", "PoweringUp", "RebootInProgress"]);

/** What one event tells. */
export function told(event) {
  const named = byMark(event);
  if (named !== undefined) return named;
  const kind = BY_KIND[event.kind];
  if (kind !== undefined) return kind;
  const told = "vm" in event ? ofVm(event) : ofHost(event);
  return event.severity === "error" ? { ...told, tone: "bad", weight: MARK } : told;
}

/** A detail names an event only where it is all that there is. */
function byMark({ marks, before, after }) {
  if (!marks?.length) return undefined;
  const fits = ([mark, { weight }]) => marks.includes(mark) && (weight !== SMALL || before === after);
  return BY_MARK.find(fits)?.[1];
}

function ofVm(event) {
  if (event.before === event.after) return sameStatus(event);
  if (event.after === "Up") return upAgain(event.before);
  const face = faceOf(event.after, event.pause_status, event.exit_status);
  const { glyph, word, tone } = ofVmFace(face);
  return one(glyph || "·", word || event.after, tone, face === event.after && face !== "Paused" ? STEP : MARK);
}

function upAgain(before) {
  if (before === "Paused" || before === "MigratingFrom") return RESUMED;
  if (before === "MigratingTo") return ARRIVED;
  if (before === "NotResponding") return RESPONDS;
  return STARTS.has(before) ? UP : STARTED;
}

function sameStatus(event) {
  if (event.changed?.includes("run_on")) return one("▲", "started elsewhere", "ok", STEP);
  if (event.changed?.includes("migrating_to")) return one("→", "arrives at its destination", "move", SMALL);
  if (event.kind === "VmAlerted") return one("!", words(event), "slow");
  return one("·", "details changed", "off", SMALL);
}

function ofHost(event) {
  if (event.before !== event.after) {
    const { glyph, word, tone } = ofHostStatus(event.after);
    const back = tone === "ok";
    return one(back ? "✓" : glyph || "·", back ? "answers, and is fit" : word, tone, back ? STEP : MARK);
  }
  if (event.marks?.length) return one("!", words(event), event.severity === "normal" ? "off" : "slow");
  return one("·", "details changed", "off", SMALL);
}

function words(event) {
  return event.marks?.length ? event.marks.map((mark) => mark.replaceAll("_", " ")).join(", ") : plain(event.reason ?? "", 80);
}

/** Which face a thing shows after an event, a key of VMS, or the key of a standing of HOSTS; null where
 * it is not there any more. */
export function faceAfter(event) {
  if (event.after === null) return null;
  if (!("vm" in event)) return event.after;
  return faceOf(event.after, event.pause_status, event.exit_status);
}

/** How a face stands, of a VM or of a host. */
export function standingOf(face, ofHosts) {
  return ofHosts ? ofHostStatus(face) : ofVmFace(face);
}

/** The names of statuses in words, for those who read them. */
export function statusWord(status, ofHosts) {
  const known = ofHosts ? ofHostStatus(status) : VMS[status];
  return known?.word || status;
}
