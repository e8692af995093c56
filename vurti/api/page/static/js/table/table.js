/** A table of any length, of which only the rows in sight are there. */

import { el, mark } from "../dom.js";

const ROW = 32;
const SPARE = 6;
const HEIGHT_MAX = 15_000_000;  // browsers draw nothing beyond; a table of 460,000 rows is as high

/**
 * `columns` are `{key, title, className}`; `make()` gives a row `{root, …}` of role "row", and
 * `fill(row, item)` shows an item in it. `sort(key)` is called where the head of a column is pressed.
 */
export class Table {
  constructor({ label, columns, make, fill, sort, open }) {
    this._make = make;
    this._fill = fill;
    this._open = open;
    this._items = [];
    this._rows = [];
    this._heads = new Map(columns.filter(({ key }) => key).map(({ key, title }) => [key, el("button", "table-head", { type: "button", on: { click: () => sort(key) } }, title)]));
    const heads = columns.map(({ key, title, className }) =>
      el("div", `table-cell ${className}`, { attrs: { role: "columnheader" } }, this._heads.get(key) ?? title));
    this._body = el("div", "table-body", { attrs: { role: "rowgroup" } });
    this._scroll = el("div", "table-scroll", { tabIndex: 0, attrs: { role: "table", "aria-label": label }, on: { scroll: () => this.show(), keydown: (event) => this._key(event) } },
      el("div", "table-headgroup", { attrs: { role: "rowgroup" } }, el("div", "table-row table-heads", { attrs: { role: "row" } }, ...heads)),
      this._body);
    this._columns = heads;
    this.root = this._scroll;
    this._watch = new ResizeObserver(() => this.show());
    this._watch.observe(this._scroll);
  }

  close() {
    this._watch.disconnect();
  }

  /** Other items, or others in another order. */
  take(items) {
    this._items = items;
    this._body.style.height = `${Math.min(items.length * ROW, HEIGHT_MAX)}px`;
    mark(this._scroll, "aria-rowcount", String(items.length + 1));
    this.show();
  }

  ordered(key, down) {
    for (const [one, head] of this._heads) {
      mark(head.parentElement, "aria-sort", one === key ? (down ? "descending" : "ascending") : null);
    }
  }

  /** What is in sight now, as it is now. */
  show() {
    const first = Math.max(0, Math.floor(this._scroll.scrollTop / ROW) - SPARE);
    const number = Math.ceil(this._scroll.clientHeight / ROW) + 2 * SPARE;
    const shown = this._items.slice(first, first + number);
    while (this._rows.length < shown.length) this._add();
    this._rows.forEach((row, index) => {
      const item = shown[index];
      row.root.hidden = item === undefined;
      if (item === undefined) return;
      if (row.at !== first + index) {
        row.at = first + index;
        row.root.style.transform = `translateY(${row.at * ROW}px)`;
        mark(row.root, "aria-rowindex", String(row.at + 2));
      }
      this._fill(row, item);
    });
  }

  _add() {
    const row = this._make();
    row.at = -1;
    this._rows.push(row);
    this._body.append(row.root);
  }

  _key(event) {
    const ways = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    if (!(event.key in ways) || this._items.length === 0 || event.target.matches("button")) return;
    event.preventDefault();
    const row = this._rows.find(({ root }) => root.contains(document.activeElement));
    const from = row === undefined ? Math.ceil(this._scroll.scrollTop / ROW) - 1 : row.at;
    this._focus(Math.min(Math.max(from + ways[event.key], 0), this._items.length - 1));
  }

  /** The link of a row, wherever it is now. */
  _focus(index) {
    const top = index * ROW;
    const room = this._scroll.clientHeight - this._columns[0].offsetHeight;
    if (top < this._scroll.scrollTop) this._scroll.scrollTop = top;
    else if (top + ROW > this._scroll.scrollTop + room) this._scroll.scrollTop = top + ROW - room;
    this.show();
    this._rows.find(({ at }) => at === index)?.root.querySelector("a")?.focus({ preventScroll: true });
  }
}
