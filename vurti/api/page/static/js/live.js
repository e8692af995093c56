/**
 * The line to vurti: the snapshot, then every event behind it, over restarts of vurti and of the net.
 *
 * `state` is one of
 *   connecting  nothing was heard yet
 *   live        the stream is open, and what it tells is of now
 *   behind      it is open, and tells of what is some time ago
 *   lost        no word for longer than a keep-alive takes, or no line at all
 *   token       vurti wants to know who asks
 */

import { Refusal, ask } from "./api.js";
import { Follower } from "./follower.js";
import { HOST_FIELDS, VM_FIELDS } from "./records.js";

export const SILENT_SECS = 18;  // a comment comes every 15 s at the least
export const BEHIND_SECS = 5;
const CATCHING_UP_SECS = 2;
const SNAPSHOT_MS = 120_000;  // of a hundred thousand VMs, by a vurti that has much to do
const GONE = new Set([404, 410, 422]);  // the scope or the cursor is not there any more
const AGAIN_MS = [500, 1000, 2000, 4000];

export class Live {
  constructor(store, onState = () => {}) {
    this.store = store;
    this.state = "connecting";
    this.why = "";  // why it is lost, in words
    this.offset = 0;  // vurti's clock minus ours, in seconds
    this.heardAt = null;  // performance.now() / 1000 of the last word
    this.behindSecs = 0;  // how old the last event was when it came
    this._eventAt = 0;
    this._clockKnown = false;
    this.boots = 0;  // how often everything was read anew
    this._onState = onState;
    this._follower = null;
    this._tries = 0;
    this._running = null;
  }

  /** vurti's own time, seconds since 1970. */
  now() {
    return Date.now() / 1000 + this.offset;
  }

  /** Seconds since the last word; null before the first. */
  silentSecs() {
    return this.heardAt === null ? null : performance.now() / 1000 - this.heardAt;
  }

  /** Begin, or begin anew: after a login, or where the line is to be tried at once. */
  start() {
    this.stop();
    if (this.state === "token") this._become("connecting");
    const ending = new AbortController();
    this._running = ending;
    this._run(ending.signal);
  }

  stop() {
    this._running?.abort();
    this._running = null;
  }

  /** Look at the clock: silence tells nobody of itself. */
  look() {
    const silent = this.silentSecs();
    if (this.state !== "live" && this.state !== "behind") return;
    if (silent > SILENT_SECS) {
      this._become("lost", "nothing is heard");
      this.start();
    } else this._become(this._isBehind() ? "behind" : "live");
  }

  /** Old events that still come show that there is more to catch up with. */
  _isBehind() {
    return this.behindSecs > BEHIND_SECS && performance.now() / 1000 - this._eventAt < CATCHING_UP_SECS;
  }

  /** A word came, of any kind. */
  word() {
    this.heardAt = performance.now() / 1000;
  }

  /** vurti said what time it is. */
  setClock(wall) {
    this.offset = wall - Date.now() / 1000;
    this._clockKnown = true;
  }

  /** Whoever asks vurti for anything tells here what it refused. */
  refused(error) {
    if (error instanceof Refusal && error.status === 401 && this.state !== "token") {
      this.stop();
      this._become("token", error.message);
    }
  }

  async _run(signal) {
    while (!signal.aborted) {
      try {
        await this._begin(signal);
        await this._follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Refusal)) throw error;
        if (GONE.has(error.status)) this._follower = null;
        this.refused(error);
        if (this.state === "token") return;
        this._become(this.store.filled ? "lost" : "connecting", error.message);
        await wait(AGAIN_MS[Math.min(this._tries, AGAIN_MS.length - 1)], signal);
        this._tries += 1;
      }
    }
  }

  async _begin(signal) {
    if (this._follower !== null) return;
    const { items } = await ask("/scopes", { signal });
    const snapshots = await Promise.all(items.map(({ scope }) => this._snapshot(scope, signal)));
    this.word();
    this.boots += 1;
    this.store.reset(snapshots);
    const places = new Map(items.map(({ scope }, index) => [scope, snapshots[index].cursor]));
    this._follower = new Follower(places, {
      opened: () => this._opened(),
      word: () => this.word(),
      event: (event) => this._apply(event),
    });
  }

  _snapshot(scope, signal) {
    const query = new URLSearchParams({ scope, host_fields: HOST_FIELDS, vm_fields: VM_FIELDS });
    return ask(`/snapshot?${query}`, { signal, patienceMs: SNAPSHOT_MS });
  }

  /** Until the line breaks: then it is taken up again from where it was. */
  async _follow(signal) {
    if (await this._follower.follow(signal)) this._follower = null;
    throw new Refusal(0, "vurti ended the line");
  }

  _opened() {
    this._tries = 0;
    this._become("live");
  }

  _apply(event) {
    this._eventAt = performance.now() / 1000;
    if (this._clockKnown) this.behindSecs = this.now() - Date.parse(event.committed_at) / 1000;
    this.store.apply(event);
  }

  _become(state, why = "") {
    if (this.state === state && this.why === why) return;
    this.state = state;
    this.why = why;
    this._onState(state);
  }
}

function wait(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
