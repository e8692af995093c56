/** The feed: what happens, the newest first. */

import { Refusal } from "../api.js";
import { el, say } from "../dom.js";
import { NAMES, fitting } from "../feed/filter.js";
import { Kept } from "../feed/kept.js";
import { Lines } from "../feed/lines.js";
import { Older } from "../feed/older.js";
import { made, renewed } from "../feed/row.js";
import { Tools } from "../feed/tools.js";
import { inOrder } from "../store.js";
import { Tape } from "../tape.js";
import { count, many } from "../words.js";

const ROW = 32;
const BEAT_SECS = 0.15;  // nobody can read what changes more often
const TRIED_AGAIN_SECS = 3;

export function open(root, app, params) {
  return new View(root, app, params);
}

class View {
  constructor(root, app, params) {
    this._app = app;
    this._kept = new Kept();
    this._paused = false;
    this._read = app.store.events.pushed;
    this._boots = app.live.boots;
    this._waiting = 0;
    this._counted = 0;
    this._rows = [];
    this._shownAt = -Infinity;
    this._tools = new Tools({ set: (change) => app.set(change), pause: () => this._pause() });
    this._tape = new Tape({
      className: "feed panel", rowHeight: ROW,
      key: (n) => (this._rows[n].event ?? this._rows[n].line).id + (this._rows[n].event ? " within" : ""),
      make: (n) => made(this._rows[n].line.id, (id) => this._toggle(id)),
      renew: (row, n) => renewed(row, this._rows[n], app.live.now()),
      attrs: { "aria-label": "Events, the newest first" },
    });
    this._tape.root.tabIndex = 0;
    this._tape.root.addEventListener("scroll", () => this._scrolled(), { passive: true });
    this._empty = el("p", "empty feed-empty", {}, "Asking for what happened …");
    this._new = el("button", "button primary feed-new", { type: "button", hidden: true, on: { click: () => this._tape.root.scrollTo({ top: 0 }) } });
    root.append(el("h1", "heard", {}, "Events"), this._tools.root, el("div", "feed-frame", {}, this._tape.root, this._empty, this._new));
    this._onKey = (event) => this._pressed(event);
    document.addEventListener("keydown", this._onKey);
    app.keys.tell("events", [["p", "pause, go on"]]);
    this._params = params;
    this._tools.show(params);
    this._anew();
  }

  params(params) {
    const other = (this._params?.kind ?? "") !== (params.kind ?? "");
    this._params = params;
    this._tools.show(params);
    if (other) return this._anew();
    this._arrange();
    if (this._filled) this._fill();
  }

  /** The lines of what is here, by the filters of now. */
  _arrange() {
    this._lines = new Lines(fitting(this._params), this._params.flat !== "1");
    this._lines.add(this._kept.events);
    this._unseen = 0;
    this._tape.root.scrollTop = 0;
    this._draw();
  }

  frame(now, changes) {
    if (changes.all || changes.members) this._tools.clusters([...this._app.store.clusters.keys()].filter(Boolean).sort(inOrder));
    if (this._app.live.boots !== this._boots) return this._anew();
    if (!this._filled && now - this._begunAt > TRIED_AGAIN_SECS) this._begin();
    if (this._paused) return this._countWaiting();
    if (now - this._shownAt < BEAT_SECS) return this._soon();
    this._shownAt = now;
    this._take();
  }

  close() {
    document.removeEventListener("keydown", this._onKey);
    clearTimeout(this._timer);
    this._tape.close();
  }

  /** What came within a beat is shown at its end, also if nothing comes then. */
  _soon() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.frame(this._app.now(), { all: false, members: false }), BEAT_SECS * 1000);
  }

  async _begin() {
    this._begunAt = this._app.now();
    this._filled = await this._more();
    if (this._filled) await this._fill();
  }

  /** From the log again: a line was missed, or its pages are to be of another kind. */
  _anew() {
    this._boots = this._app.live.boots;
    this._read = this._app.store.events.pushed;
    this._kept = new Kept();
    this._older = new Older(this._app);
    this._filled = false;
    this._arrange();
    this._begin();
  }

  /** A filter that few fit asks for more until there is something to look at. */
  async _fill() {
    const lines = this._lines;
    while (lines === this._lines && lines.length < 40 && this._older.hasMore && !this._kept.isFull) {
      if (!(await this._more())) return;  // refused, or asked already
    }
  }

  async _more() {
    const older = this._older;
    let page;
    try {
      page = await older.page(this._params.kind);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(this._empty, error.message);
      return false;
    }
    if (older !== this._older) return false;
    this._lines.addBefore(this._kept.addBefore(page));
    this._draw();
    return page.length > 0 || !older.hasMore;
  }

  _take() {
    const ring = this._app.store.events;
    const fresh = this._kept.add(ring.after(this._read));
    this._read = ring.pushed;
    if (!fresh.length) return;
    const before = this._lines.length;
    if (!this._lines.add(fresh)) return;
    const above = this._lines.length - before;
    this._unseen = this._tape.atTop ? 0 : this._unseen + above;
    this._draw(above);
  }

  _draw(above = 0) {
    this._rows = this._lines.rows();
    this._tape.show(this._rows.length, above);
    this._empty.hidden = this._rows.length > 0;
    if (this._filled) say(this._empty, this._chosen ? "Nothing of late fits these filters." : "Nothing has happened yet.");
    say(this._tools.told, `${many(this._lines.events, "event")} in ${many(this._lines.length, "line")}`);
    this._tellNew();
  }

  get _chosen() {
    return NAMES.some((name) => this._params[name]);
  }

  _tellNew() {
    if (this._tape.atTop) this._unseen = 0;
    this._new.hidden = this._unseen === 0;
    say(this._new, `↑ ${count(this._unseen)} new`);
  }

  _scrolled() {
    this._tellNew();
    if (this._filled && this._tape.nearEnd && !this._kept.isFull) this._more();
  }

  _toggle(id) {
    this._lines.toggle(id);
    this._draw();
  }

  _pause() {
    this._paused = !this._paused;
    this._waiting = 0;
    this._counted = this._app.store.events.pushed;
    this._tools.paused(this._paused, 0);
    if (!this._paused) this._take();
  }

  _countWaiting() {
    const ring = this._app.store.events;
    this._waiting += ring.after(this._counted).filter(fitting(this._params)).length;
    this._counted = ring.pushed;
    this._tools.paused(true, this._waiting);
  }

  _pressed(event) {
    if (event.key !== "p" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches?.("input, select, textarea") || document.querySelector("dialog[open]")) return;
    this._pause();
  }
}
