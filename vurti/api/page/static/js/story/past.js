/** What befell one thing: its latest events, those before them where one goes back, and each new one. */

const PAGE = 200;

export class Past {
  /** `path` is that of its events below /api/v1; `isOf(event)` whether an event of the stream is its. */
  constructor(app, path, isOf) {
    this.events = [];  // in its order
    this.filled = false;
    this._app = app;
    this._path = path;
    this._isOf = isOf;
    this._next = new Map();  // scope -> the cursor before which it goes on backwards, null at the beginning
    this._seqs = new Set();
    this._read = app.store.events.pushed;
    this._busy = null;
  }

  /** Whether there may be earlier ones than these. */
  get hasEarlier() {
    return [...this._next.values()].some((cursor) => cursor !== null);
  }

  /** The latest page of each scope's log. Throws Refusal. */
  async begin() {
    const { items } = await this._app.api("/scopes");
    const scopes = items.length ? items.map(({ scope }) => scope) : [null];
    await Promise.all(scopes.map((scope) => this._page(scope, 0)));
    this.filled = true;
  }

  /** The pages before; at once only one time, whoever asks. True where there were some. */
  earlier() {
    this._busy ??= this._earlier().finally(() => (this._busy = null));
    return this._busy;
  }

  async _earlier() {
    const open = [...this._next].filter(([, cursor]) => cursor !== null);
    const before = this.events.length;
    await Promise.all(open.map(([scope, cursor]) => this._page(scope, cursor)));
    return this.events.length > before;
  }

  /** What the stream has told since. How many are new; null where some are missing in between. */
  follow() {
    const { events } = this._app.store;
    const fresh = events.after(this._read).filter(this._isOf);
    this._read = events.pushed;
    const last = this.events.at(-1)?.seq;
    const first = fresh[0]?.seq_first ?? fresh[0]?.seq;
    const added = this._add(fresh);
    return this.filled && last !== undefined && first > last + 1 ? null : added;
  }

  async _page(scope, before) {
    const query = new URLSearchParams({ before, limit: PAGE, ...(scope === null ? {} : { scope }) });
    const { items, next } = await this._app.api(`${this._path}?${query}`);
    if (before !== 0 || !this._next.has(scope)) this._next.set(scope, next);
    this._add(items.reverse());
  }

  _add(events) {
    const fresh = events.filter(({ seq }) => !this._seqs.has(seq));
    for (const { seq } of fresh) this._seqs.add(seq);
    if (fresh.length === 0) return 0;
    this.events = [...this.events, ...fresh].sort((one, other) => one.seq - other.seq);
    return fresh.length;
  }
}
