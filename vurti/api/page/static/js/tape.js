/** A long list of rows of one height: only those in sight are in the document. */

import { el } from "./dom.js";

const BEYOND = 4;  // rows above and below, so that scrolling shows no holes

export class Tape {
  /**
   * `key(n)` names what row n shows: its element is kept as long as it is in sight; `make(n)` makes it,
   * and `renew(element, n)` brings it up to date. `role` is that of the list.
   */
  constructor({ className, rowHeight, key, make, renew = () => {}, attrs = {}, tag = "ul" }) {
    this.rowHeight = rowHeight;
    this._key = key;
    this._make = make;
    this._renew = renew;
    this._length = 0;
    this._rows = new Map();
    this._due = false;
    this.list = el(tag, "tape-list", { attrs });
    this.root = el("div", `tape ${className}`, {}, this.list);
    this.root.addEventListener("scroll", () => this.soon(), { passive: true });
    this._sizes = new ResizeObserver(() => this.soon());
    this._sizes.observe(this.root);
  }

  close() {
    this._sizes.disconnect();
  }

  /** There are so many rows now. `above` of them are new at the top: what one reads stays in its place. */
  show(length, above = 0) {
    this._length = length;
    this.list.style.height = `${length * this.rowHeight}px`;
    if (above > 0 && this.root.scrollTop > this.rowHeight / 2) this.root.scrollTop += above * this.rowHeight;
    this.paint();
  }

  get atTop() {
    return this.root.scrollTop < this.rowHeight / 2;
  }

  /** Whether the end is nearly in sight: time to fetch more. */
  get nearEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.root;
    return scrollTop + clientHeight > scrollHeight - 10 * this.rowHeight;
  }

  reveal(n) {
    const [top, end] = [n * this.rowHeight, (n + 1) * this.rowHeight];
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (end > scrollTop + clientHeight) this.root.scrollTop = end - clientHeight;
  }

  soon() {
    if (this._due) return;
    this._due = true;
    requestAnimationFrame(() => {
      this._due = false;
      this.paint();
    });
  }

  paint() {
    const { scrollTop, clientHeight } = this.root;
    const first = Math.max(Math.floor(scrollTop / this.rowHeight) - BEYOND, 0);
    const end = Math.min(Math.ceil((scrollTop + clientHeight) / this.rowHeight) + BEYOND, this._length);
    const kept = new Map();
    let before = null;
    for (let n = first; n < end; n += 1) {
      const row = this._row(n);
      kept.set(this._key(n), row);
      row.style.transform = `translateY(${n * this.rowHeight}px)`;
      if (row.parentNode !== this.list || row.previousSibling !== before) this._place(row, before);
      before = row;
    }
    for (const [key, row] of this._rows) if (kept.get(key) !== row) row.remove();
    this._rows = kept;
  }

  _row(n) {
    const known = this._rows.get(this._key(n));
    const row = known ?? this._make(n);
    this._renew(row, n);
    return row;
  }

  /** In the document in the order in which they are seen; one that is focused is not moved. */
  _place(row, before) {
    if (row.parentNode === this.list && row.contains(document.activeElement)) return;
    if (before === null) this.list.prepend(row);
    else before.after(row);
  }
}
