/**
 * Events as the lines of a feed: what happened to many at once, of one kind and in one cluster within a
 * second, is one line. Pure.
 */

import { told } from "../told.js";

export const TOGETHER_SECS = 1;
const EVENTS_MAX = 20_000;

export class Lines {
  /** `fits(event)` chooses; without `grouped` each event is a line of its own. */
  constructor(fits, grouped) {
    this._fits = fits;
    this._grouped = grouped;
    this._lines = [];  // oldest first
    this._recent = new Map();  // what belongs together -> the line that it joins
    this._open = new Set();  // ids of the lines that are spread out
    this.events = 0;
  }

  get length() {
    return this._lines.length;
  }

  /** Newer ones than all before, in their order. How many of them fit. */
  add(events) {
    let found = 0;
    for (const event of events) {
      if (!this._fits(event)) continue;
      found += 1;
      const key = keyOf(event);
      const line = this._grouped ? this._recent.get(key) : undefined;
      const at = Date.parse(event.observed_at) / 1000;
      if (line !== undefined && Math.abs(at - line.at) <= TOGETHER_SECS) line.events.push(event);
      else this._recent.set(key, this._begin(event, at));
    }
    this.events += found;
    this._forget();
    return found;
  }

  /** Older ones than all before, in their order. */
  addBefore(events) {
    const older = new Lines(this._fits, this._grouped);
    older.add(events);
    this._lines = [...older._lines, ...this._lines];
    this.events += older.events;
  }

  /** Spread a line out, or fold it again. */
  toggle(id) {
    if (!this._open.delete(id)) this._open.add(id);
  }

  /** What is to be seen, the newest first: {line} or, below one that is spread out, {line, event}. */
  rows() {
    const rows = [];
    for (let n = this._lines.length - 1; n >= 0; n -= 1) {
      const line = this._lines[n];
      const open = line.events.length > 1 && this._open.has(line.id);
      rows.push({ line, event: null, open });
      if (open) for (const event of line.events.toReversed()) rows.push({ line, event, open });
    }
    return rows;
  }

  _begin(event, at) {
    const line = { id: event.id, at, told: told(event), events: [event] };
    this._lines.push(line);
    return line;
  }

  _forget() {
    while (this.events > EVENTS_MAX && this._lines.length > 1) {
      const [gone] = this._lines.splice(0, 1);
      this.events -= gone.events.length;
      this._open.delete(gone.id);
    }
  }
}

function keyOf(event) {
  const { glyph, words } = told(event);
  return [event.kind, glyph, words, event.cluster ?? ""].join("\n");
}

/** What a line of many is about, in words: `12 VMs on host-3`, `12 VMs on 4 hosts of east`. */
export function crowd(events) {
  const hosts = new Set(events.map(({ host }) => host ?? ""));
  const ofVms = "vm" in events[0];
  const things = new Set(events.map(({ vm, host }) => vm ?? host)).size;
  const noun = ofVms ? "VM" : "host";
  const count = `${things} ${noun}${things === 1 ? "" : "s"}`;
  const cluster = events[0].cluster ?? "";
  if (!ofVms) return cluster ? `${count} of ${cluster}` : count;
  if (hosts.size === 1) return [...hosts][0] ? `${count} on ${[...hosts][0]}` : count;
  return `${count} on ${hosts.size} hosts${cluster ? ` of ${cluster}` : ""}`;
}
