/** The log back from its end, page by page, of all scopes as one. */

const PAGE = 300;

export class Older {
  constructor(app) {
    this._app = app;
    this._next = null;  // scope -> the cursor before which it goes on, null at its beginning
    this._busy = null;
  }

  get hasMore() {
    return this._next === null || [...this._next.values()].some((cursor) => cursor !== null);
  }

  /** The next page of each scope, oldest event first; [] while another is under way. Throws Refusal. */
  async page(kind) {
    if (this._busy !== null || !this.hasMore) return [];
    this._busy = this._fetch(kind);
    try {
      return await this._busy;
    } finally {
      this._busy = null;
    }
  }

  async _fetch(kind) {
    if (this._next === null) {
      const { items } = await this._app.api("/scopes");
      this._next = new Map(items.map(({ scope }) => [scope, 0]));
    }
    const open = [...this._next].filter(([, cursor]) => cursor !== null);
    const pages = await Promise.all(open.map(([scope, before]) => this._of(scope, before, kind)));
    return pages.flat().sort((one, other) => (one.committed_at < other.committed_at ? -1 : one.committed_at > other.committed_at ? 1 : 0));
  }

  async _of(scope, before, kind) {
    const query = new URLSearchParams({ scope, before, limit: PAGE, ...(kind ? { kind } : {}) });
    const { items, next } = await this._app.api(`/events?${query}`);
    this._next.set(scope, next);
    return items.reverse();
  }
}
