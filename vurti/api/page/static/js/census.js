/** How all hosts stand: looked at once a moment, for everybody who shows it. */

export class Census {
  constructor(store) {
    this._store = store;
    this._at = null;
    this._version = -1;
    this._found = null;
  }

  /**
   * At a moment of the page's own clock: `{total, clusters}`. `total` has how many hosts there are of each
   * standing, `clusters` the same by cluster. The `standing` of each host is as it is then.
   */
  at(now) {
    if (this._at !== now || this._version !== this._store.version) this._look(now);
    return this._found;
  }

  _look(now) {
    const store = this._store;
    const clusters = new Map();
    const total = new Map();
    for (const [name, hosts] of store.clusters) {
      const own = new Map();
      for (const host of hosts) {
        host.standing = store.standing(host, now);
        own.set(host.standing, (own.get(host.standing) ?? 0) + 1);
      }
      clusters.set(name, own);
      for (const [standing, number] of own) total.set(standing, (total.get(standing) ?? 0) + number);
    }
    [this._at, this._version, this._found] = [now, store.version, { total, clusters }];
  }
}
