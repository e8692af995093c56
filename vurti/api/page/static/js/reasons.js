/** Why something is as it is, where no event has told it since the page was opened: asked once each. */

import { Refusal } from "./api.js";

const AT_ONCE = 2;
const WAITING_MAX = 60;  // who scrolls on wants to know of what he sees now

export class Reasons {
  constructor(app) {
    this._app = app;
    this._asked = new Set();
    this._waiting = [];
    this._under_way = 0;
  }

  /** Of a record of the store; `path` is `/hosts/ID` or `/vms/ID`. Its `why` comes later. */
  want(record, path) {
    const key = `${path} ${record.seq} ${record.face}`;
    if (record.why || this._asked.has(key)) return;
    this._asked.add(key);
    this._waiting.push([record, path, key]);
    if (this._waiting.length > WAITING_MAX) this._asked.delete(this._waiting.shift()[2]);
    this._next();
  }

  async _next() {
    if (this._under_way >= AT_ONCE || this._waiting.length === 0) return;
    this._under_way += 1;
    const [record, path] = this._waiting.pop();
    try {
      const { events } = await this._app.api(`${path}/explain?events=5`);
      const is = record.split ? ({ kind }) => kind === "VmSplitBrainDetected" : ({ before, after }) => before !== after;
      const turn = events.findLast(is) ?? events.at(-1);
      if (turn !== undefined && !record.why) this._take(record, turn);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    } finally {
      this._under_way -= 1;
      this._next();
    }
  }

  _take(record, turn) {
    if (turn.after !== record.status) return;
    record.why = turn.reason ?? "";
    if ("vm" in turn) record.was ??= turn.host ?? null;
    record.since = Date.parse(turn.observed_at) / 1000;
  }
}
