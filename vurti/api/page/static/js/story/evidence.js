/** Why a step was taken: the rule, whose word it was, what changed, and all that the event has. */

import { el, plain } from "../dom.js";
import { statusWord } from "../told.js";
import { brief, clock, span } from "../words.js";
import { rejected, section, waiting } from "./considered.js";
import { asked, code, facts, hostLink } from "./pairs.js";

const SAME_SECS = 0.002;
const NOT_SHOWN = new Set(["hash"]);

/**
 * All that is known of one step. `explained` is what /explain told last, or null; `whole` the event with
 * its states, or null; `until` when the next step was, Infinity where it is the last.
 */
export function evidence(step, { explained, whole, until, now }) {
  const { event, told } = step;
  const ofHost = !("vm" in event);
  return el("div", "evidence", {},
    el("h2", "evidence-title", {}, el("span", `sign t-${told.tone}`, { attrs: { "aria-hidden": "true" } }, told.glyph), told.words),
    el("p", "dim", {}, `${exact(step)}, ${span(now - step.at)} ago`),
    facts([
      ["why", words(event.reason)],
      ["rule", event.rule ? code(event.rule) : null],
      ["on the word of", event.host ? wordOf(event, explained) : null],
      ["runs on", event.run_on && event.run_on !== event.host ? hostLink(event.run_on) : null],
      ["status", transition(event, ofHost)],
      ["moved", event.from && event.to ? el("span", "", {}, hostLink(event.from), " → ", hostLink(event.to)) : null],
      ["being handed to", event.migrating_to ? hostLink(event.migrating_to) : null],
      ["pause", event.pause_status],
      ["end", [event.exit_status, event.exit_reason].filter(Boolean).join(": ")],
      ["its host's words", words(event.exit_message)],
      ["not operational for", event.non_operational_reason],
      ["marked", event.marks?.length ? marks(event) : null],
      ["plugged", devices(event.plugged)],
      ["unplugged", devices(event.unplugged)],
      ["announced", event.outcome],
      ["times", event.times],
      ["a sum", sum(event)],
      ["while away", event.restart ? "it happened while vurti was not running" : null],
      ["labels", event.labels ? Object.entries(event.labels).map(([name, value]) => plain(`${name}=${value}`)).join(", ") : null],
      ["stored", stored(event)],
    ]),
    difference(whole),
    ...(explained ? considered(step, explained, until, now) : []),
    el("details", "raw", {}, el("summary", "", {}, "the event as it was written"), el("pre", "mono", { tabIndex: 0 }, written(event))),
  );
}

/** What did not count from this step to the next, as far as it is kept, and what is waited for since. */
function considered({ at }, explained, until, now) {
  const others = explained.rejected.filter((one) => one.at >= at - SAME_SECS && one.at < until).toReversed();
  const timers = until === Infinity ? explained.waiting : [];
  return [section("What did not count since", others.map((one) => rejected(one, now))), section("Waited for since", timers.map((one) => waiting(one, now)))];
}

function wordOf(event, explained) {
  const at = Date.parse(event.observed_at) / 1000;
  const said = explained?.accepted?.find((one) => Math.abs(one.at - at) < SAME_SECS && one.rule === event.rule);
  const how = said ? `, ${asked(said)}` : "";
  return el("span", "", {}, hostLink(event.host), how);
}

function transition(event, ofHost) {
  const [before, after] = [event.before, event.after].map((one) => (one === null ? "not known" : statusWord(one, ofHost)));
  const passed = (event.passed ?? []).map((one) => statusWord(one, ofHost));
  const way = before === after && !passed.length ? after : [before, ...passed, after].join(" → ");
  return `${way}${event.passed_over ? ` (and ${event.passed_over} more between)` : ""}`;
}

function marks(event) {
  const spec = event.spec?.length ? el("span", "dim mono", {}, ` ${event.spec.join(" ")}`) : "";
  return el("span", "", {}, `${event.marks.map((one) => one.replaceAll("_", " ")).join(", ")} (${event.severity})`, spec);
}

function devices(list) {
  return list?.map(({ kind, id }) => [plain(kind, 40), plain(id ?? "", 40)].filter(Boolean).join(" ")).join(", ") ?? null;
}

function sum(event) {
  if (event.seq_first === undefined) return null;
  return `of its events ${event.seq_first} to ${event.seq}${event.forced ? ", for want of room" : ""}`;
}

function stored(event) {
  if (!event.committed_at) return null;
  const took = (Date.parse(event.committed_at) - Date.parse(event.observed_at)) / 1000;
  return `${took > 0 ? `${brief(took)} after it was decided` : "at once"}; event ${event.seq} of its own, ${event.cursor ? `${event.cursor} of the log` : "just now"}`;
}

/** The fields that are not as they were, once the whole event is here. */
function difference(whole) {
  if (whole === null) return "";
  const changed = Object.keys({ ...whole.before, ...whole.after }).filter((name) => !same(whole.before?.[name], whole.after?.[name]));
  const rows = changed.flatMap((name) => parts(name, whole.before?.[name], whole.after?.[name]));
  if (!rows.length) return "";
  const head = el("thead", "", {}, el("tr", "", {}, ...["field", "before", "after"].map((one) => el("th", "", { scope: "col" }, one))));
  const body = el("tbody", "", {}, ...rows.map(([name, ...ends]) => el("tr", "", {}, el("th", "", { scope: "row" }, name), ...ends.map((one) => el("td", "mono", {}, shown(one))))));
  return el("table", "difference", {}, el("caption", "", {}, "what changed"), head, body);
}

function parts(name, before, after) {
  if (name === "status" || NOT_SHOWN.has(name)) return [];
  if (!isPlain(before ?? {}) || !isPlain(after ?? {})) return [[name, before, after]];
  const names = Object.keys({ ...before, ...after }).filter((one) => !NOT_SHOWN.has(one) && !same(before?.[one], after?.[one]));
  return names.map((one) => [`${name} ${one}`, before?.[one], after?.[one]]);
}

const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

function shown(value) {
  if (value === undefined || value === null || value === "") return "–";
  if (Array.isArray(value)) return `${value.length} of them`;
  return plain(typeof value === "string" ? value : JSON.stringify(value), 120);
}

const words = (text) => (text ? plain(text, 300) : null);

function exact({ event, at }) {
  const thousandths = String(Math.floor(Date.parse(event.observed_at) % 1000)).padStart(3, "0");
  return `${clock(at)}.${thousandths}`;
}

/** As it came; characters that no screen should obey by their numbers. */
function written(event) {
  return JSON.stringify(event, null, 2).split("\n").map((one) => plain(one, 1000)).join("\n");
}
