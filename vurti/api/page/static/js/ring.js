/** The last so many of something, oldest first. `pushed` counts all that ever came. */
export class Ring {
  constructor(max) {
    this.max = max;
    this.pushed = 0;
    this._items = [];
  }

  get length() {
    return this._items.length;
  }

  push(item) {
    if (this._items.length < this.max) this._items.push(item);
    else this._items[this.pushed % this.max] = item;
    this.pushed += 1;
  }

  /** The one that was pushed as number `index` from the oldest that is left. */
  at(index) {
    if (this._items.length < this.max) return this._items[index];
    return this._items[(this.pushed + index) % this.max];
  }

  /** Those that came after the first `number` of all that ever came, oldest first. */
  after(number) {
    const first = Math.max(number - (this.pushed - this.length), 0);
    const found = [];
    for (let index = first; index < this.length; index += 1) found.push(this.at(index));
    return found;
  }
}
