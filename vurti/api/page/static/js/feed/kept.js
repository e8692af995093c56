/** The events that a feed has, in their order and each once: what was fetched, and what came since. */

const MAX = 20_000;

export class Kept {
  constructor() {
    this.events = [];
    this._ids = new Set();
  }

  get isFull() {
    return this.events.length >= MAX;
  }

  /** Newer ones than all before; gives those that are new. */
  add(events) {
    const fresh = this._fresh(events);
    this.events.push(...fresh);
    if (this.events.length > MAX * 1.2) this._forget();
    return fresh;
  }

  /** Older ones than all before; gives those that are new. */
  addBefore(events) {
    const fresh = this._fresh(events);
    this.events = [...fresh, ...this.events];
    return fresh;
  }

  _fresh(events) {
    const fresh = events.filter(({ id }) => !this._ids.has(id));
    for (const { id } of fresh) this._ids.add(id);
    return fresh;
  }

  _forget() {
    this.events = this.events.slice(-MAX);
    this._ids = new Set(this.events.map(({ id }) => id));
  }
}
