/** The grid of hosts: one canvas, labels of clusters over it, and a card for the host that is pointed at. */

import { dress, el, mark, plain, say } from "../dom.js";
import { build, toHost } from "../routes.js";
import { inOrder } from "../store.js";
import { HOSTS, count, many } from "../words.js";
import { Card } from "./card.js";
import { cellAt, layout, step } from "./layout.js";
import { lineOf } from "./lines.js";
import { paint } from "./paint.js";

const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const NARROW = 240;  // a label that has no room for words has glyphs
const SHORT = 3;
const ROOM_MIN = 240;

export class Grid {
  constructor(root, app, fits) {
    this._app = app;
    this._fits = fits;  // whether a host is among those that are looked for
    this._only = "";  // this cluster alone
    this._made = null;
    this._drawn = [];  // what each cell shows, in a word
    this._at = -1;
    this._canvas = el("canvas", "grid-canvas", {
      tabIndex: 0,
      attrs: { role: "application", "aria-label": "Hosts by cluster. Arrow keys move, Enter opens the host.", "aria-describedby": "host-card" },
      on: {
        pointermove: (event) => this._point(event),
        pointerleave: () => this._leave(),
        click: (event) => this._click(event),
        keydown: (event) => this._key(event),
        focus: () => this._select(Math.max(this._at, 0), true),
        blur: () => this._leave(),
      },
    });
    this._labels = el("div", "grid-labels");
    this._ring = el("div", "grid-ring", { hidden: true });
    this._card = new Card(app);
    this._stage = el("div", "grid-stage", {}, this._canvas, this._labels, this._ring, this._card.root);
    this._root = root;
    root.append(this._stage);
    this._colours = app.theme.colours();
    this._watch = new ResizeObserver(() => this._resized());
    this._watch.observe(root);
  }

  close() {
    this._watch.disconnect();
  }

  /** Other hosts are looked for. */
  refit(only) {
    const anew = only !== this._only;
    this._only = only;
    if (anew) this._lay();
    this.frame(this._app.now(), { all: true });
  }

  frame(now, changes) {
    if (changes.all || changes.members) this._lay();
    if (this._made === null) return;
    this._paint(now);
    this._label(now);
    if (this._at >= 0) this._card.show(this._made.hosts[this._at], now);
  }

  _resized() {
    const { clientWidth: width, clientHeight: height } = this._root;
    const grows = getComputedStyle(this._root).overflowY === "visible";  // with what is in it
    if (width !== this._width || (height !== this._height && !grows)) {
      this._lay();
      this.frame(this._app.now(), {});
    }
  }

  _lay() {
    const style = getComputedStyle(this._root);
    this._width = this._root.clientWidth;
    this._height = this._root.clientHeight;
    const inner = this._width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const own = this._height - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const room = style.overflowY === "visible" ? window.innerHeight : Math.max(own, ROOM_MIN);
    const selected = this._made?.hosts[this._at]?.id;
    this._made = layout(this._clusters(), Math.max(inner, 100), room);
    this._at = this._made.hosts.findIndex((host) => host.id === selected);
    this._drawn = new Array(this._made.hosts.length).fill("");
    this._size();
    this._relabel();
    if (this._at < 0) this._leave();
  }

  _clusters() {
    const { clusters } = this._app.store;
    const names = [...clusters.keys()].filter((name) => !this._only || name === this._only).sort(inOrder);
    return names.map((name) => [name, [...clusters.get(name)].sort((a, b) => inOrder(a.id, b.id))]);
  }

  _size() {
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this._made;
    this._canvas.width = Math.ceil(width * ratio);
    this._canvas.height = Math.ceil(height * ratio);
    this._canvas.style.width = `${width}px`;
    this._canvas.style.height = `${height}px`;
    this._stage.style.height = `${height}px`;
    this._context = this._canvas.getContext("2d");
    this._context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Only the cells that show something else than before. */
  _paint(now) {
    this._app.census.at(now);
    const { hosts, places, cell } = this._made;
    for (let index = 0; index < hosts.length; index += 1) {
      const host = hosts[index];
      const { standing } = host;
      const pale = !this._fits(host);
      const trouble = host.troubles > 0;
      const line = cell.tile ? lineOf(host, standing, now, this._app.live.now()) : "";
      const shown = `${standing.key}${pale}${trouble}${line}${cell.vms ? host.turns : ""}`;
      if (shown === this._drawn[index]) continue;
      this._drawn[index] = shown;
      const face = { standing, pale, trouble, line, name: plain(host.id, 40), vms: host.vms };
      paint(this._context, this._colours, cell, places[2 * index], places[2 * index + 1], face);
    }
  }

  _relabel() {
    this._tags = this._made.blocks.map(({ name, x, y, width }) => {
      const more = el("span", "dim");
      const link = el("a", "grid-label cut", { href: build({ view: "fleet", params: { cluster: this._only ? "" : name } }) }, el("b", "", {}, name ? plain(name, 60) : "no cluster"), more);
      Object.assign(link.style, { left: `${x}px`, top: `${y}px`, maxWidth: `${width}px` });
      return { link, more };
    });
    this._labels.replaceChildren(...this._tags.map(({ link }) => link));
  }

  /** Is it one cluster? Each says what is wrong in it. */
  _label(now) {
    const { clusters } = this._app.census.at(now);
    this._made.blocks.forEach(({ name, count: number, width }, index) => {
      const parts = [...(clusters.get(name) ?? [])].filter(([one]) => one !== HOSTS.ok).sort(([a], [b]) => b.worse - a.worse);
      const told = parts.map(([one, of]) => `${count(of)} ${one.word}`);
      const whole = [many(number, "host"), ...told].join(", ");
      const short = parts.slice(0, SHORT).map(([one, of]) => `${one.glyph} ${count(of)}`);
      say(this._tags[index].more, width < NARROW ? short.join("  ") : whole);
      mark(this._tags[index].link, "title", whole);
      dress(this._tags[index].link, `grid-label cut${parts.some(([one]) => one.worse >= HOSTS.stale.worse) ? " hurt" : ""}`);
    });
  }

  _point(event) {
    const index = this._under(event);
    if (index !== this._at && (index >= 0 || document.activeElement !== this._canvas)) this._select(index, false);
    this._canvas.style.cursor = index < 0 ? "" : "pointer";
  }

  _click(event) {
    const index = this._under(event);
    if (index >= 0) this._open(index);
  }

  _under(event) {
    if (this._made === null) return -1;
    const box = this._canvas.getBoundingClientRect();
    return cellAt(this._made, event.clientX - box.left, event.clientY - box.top);
  }

  _key(event) {
    if (event.key === "Enter" && this._at >= 0) this._open(this._at);
    else if (MOVES.has(event.key) && this._made.hosts.length) this._select(step(this._made, Math.max(this._at, 0), event.key), true);
    else return;
    event.preventDefault();
  }

  _select(index, follow) {
    if (this._made === null || index < 0 || index >= this._made.hosts.length) {
      this._leave();
      return;
    }
    this._at = index;
    const { places, cell } = this._made;
    const [x, y] = [places[2 * index], places[2 * index + 1]];
    Object.assign(this._ring.style, { left: `${x - 3}px`, top: `${y - 3}px`, width: `${cell.width + 6}px`, height: `${cell.height + 6}px` });
    this._ring.hidden = false;
    this._card.place(x, y, cell, this._made, this._root);
    this._card.show(this._made.hosts[index], this._app.now());
    if (follow) this._ring.scrollIntoView({ block: "nearest" });
  }

  _leave() {
    this._at = document.activeElement === this._canvas ? this._at : -1;
    if (this._at >= 0) return;
    this._ring.hidden = true;
    this._card.hide();
  }

  _open(index) {
    location.hash = toHost(this._made.hosts[index].id);
  }
}
