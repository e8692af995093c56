/**
 * A thing's events woven into lanes: which host held it, in which status, from when to when, and how it
 * went from one lane to the next. Times are seconds since 1970. Pure.
 */

import { MARK, SMALL, faceAfter, told } from "../told.js";

/** The lane of what runs nowhere. */
export const NOWHERE = "";

const TICK_SECS = 0.001;
const PASSING = new Set(["VmLeftScope", "VdsLeftScope"]);
const LEAVING = new Set(["MigratingFrom"]);

/**
 * `events` are of one thing, in its order. Gives `steps` ({event, at, told, lane, place, small, stands}; `place` is the lane it is shown on: a crash where it was), `lanes` (host
 * ids in the order in which they came in, NOWHERE last), `segments` ({lane, face, from, to, step}; `to`
 * is null where it lasts), `links` ({kind, from, to, begun, ended, step}) and `doubles` ({lane, at}).
 */
export function woven(events) {
  const weave = new Weave();
  for (const event of events) weave.add(event);
  return weave.whole();
}

class Weave {
  constructor() {
    this.steps = [];
    this.segments = [];
    this.links = [];
    this.doubles = [];
    this._hosts = new Set();
    this._open = null;
    this._leaving = null;
  }

  add(event) {
    const at = this._later(Date.parse(event.observed_at) / 1000);
    const past = this._open?.lane ?? NOWHERE;
    const lane = laneAfter(event) ?? past;
    const step = { event, at, told: told(event), lane, number: this.steps.length };
    step.place = lane === NOWHERE && event.kind !== "VmAdded" ? past : lane;
    step.small = step.told.weight === SMALL;
    step.stands = step.told.weight === MARK;
    this.steps.push(step);
    if (this._open === null && event.before !== null && event.before !== undefined) this._before(step);
    this._move(step, at);
    if (event.kind === "VmSplitBrainDetected") this._double(step, at);
  }

  whole() {
    if (this._leaving !== null) this._link("leaving", this._leaving, this._leaving.to, null, this._leaving.step);
    const lanes = [...this._hosts].filter((host) => host !== NOWHERE);
    if (this._hosts.has(NOWHERE)) lanes.push(NOWHERE);
    const { steps, segments, links, doubles } = this;
    return { steps, lanes, segments, links, doubles };
  }

  /** Steps of one moment are a millisecond apart, so that each has a place; none comes before another. */
  _later(at) {
    const last = this.steps.at(-1);
    return last === undefined ? at : Math.max(at, last.at + TICK_SECS);
  }

  /** What went before is known from its first event only by its status. */
  _before({ event, at }) {
    const lane = laneBefore(event);
    if (lane === null) return;
    this._begin(lane, event.before, -Infinity, null);
    if (LEAVING.has(event.before)) this._leaving = { from: lane, to: null, at, step: null };
  }

  _move(step, at) {
    const { event, lane } = step;
    const face = faceAfter(event);
    if (PASSING.has(event.kind)) return;
    if (face === null) return this._close(at);
    const past = this._open;
    if (past !== null && past.lane === lane && past.face === face) return this._note(event);
    this._close(at);
    this._begin(lane, face, at, step);
    if (past !== null) this._hand(past, step, at);
    if (LEAVING.has(event.after)) this._leaving ??= { from: lane, to: null, at, step };
    this._note(event);
  }

  /** How it came from the past segment into this one. */
  _hand(past, step, at) {
    const { event, lane } = step;
    const leaving = this._leaving;
    if (!LEAVING.has(event.after)) this._leaving = null;
    if (past.lane === lane) {
      if (leaving !== null && this._leaving === null) this._link("failed", leaving, leaving.to, at, step);
      return;
    }
    const from = { from: past.lane, at: leaving?.at ?? at };
    if (event.kind === "VmMigrated") this._link("migrated", from, lane, at, step);
    else if (event.kind === "VmTakenOver") this._link("taken", { from: past.lane, at }, lane, at, step);
    else this._link("thread", { from: past.lane, at }, lane, at, step);
  }

  _note(event) {
    if (this._leaving === null || !event.migrating_to) return;
    this._leaving.to = event.migrating_to;
    this._hosts.add(event.migrating_to);
  }

  _link(kind, { from, at }, to, ended, step) {
    if (to === null && kind !== "leaving") return;
    this.links.push({ kind, from, to, begun: at, ended, step });
  }

  _double(step, at) {
    const other = step.event.host;
    if (!other || other === step.lane) return;
    this._hosts.add(other);
    this.doubles.push({ lane: other, at, step });
    this.links.push({ kind: "split", from: step.lane, to: other, begun: at, ended: at, step });
  }

  _begin(lane, face, from, step) {
    this._hosts.add(lane);
    this._open = { lane, face, from, to: null, step };
    this.segments.push(this._open);
  }

  _close(at) {
    if (this._open !== null) this._open.to = at;
    this._open = null;
  }
}

/** Which lane it is in after an event: of a VM the host that holds it, of a host itself. */
function laneAfter(event) {
  if (event.after === null) return null;
  return "vm" in event ? (event.run_on ?? NOWHERE) : event.host;
}

/** Which lane it was in before, as far as the event tells; null where it does not. */
function laneBefore(event) {
  if (!("vm" in event)) return event.host;
  if (event.from) return event.from;
  return event.changed?.includes("run_on") || event.after === null ? null : (event.run_on ?? NOWHERE);
}
