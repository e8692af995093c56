/**
 * The picture of a story: lanes over time in SVG. Only what is in sight is drawn. It draws what it is
 * given and tells which step was chosen; it knows no store.
 */

import { el } from "../dom.js";
import { drawn } from "./draw.js";
import { busyLanes, geometry, nearest } from "./geometry.js";

const NARROW = 640;
const LANES_MANY = 7;  // then those on which nothing is in sight are only a name
const RESTED_MS = 180;  // after scrolling for so long the lanes in sight get their room

export class Picture {
  /** `choose(step)` is told which step was clicked, `atStart()` that its left end came into sight. */
  constructor({ choose, atStart, hosts }) {
    this._hosts = hosts;
    this._choose = choose;
    this._atStart = atStart;
    this._state = null;
    this._due = false;
    this._svg = el("div", "story-sheet", { attrs: { "aria-hidden": "true" } });
    this._space = el("div", "story-space", {}, this._svg);
    this._scroll = el("div", "story-scroll", { tabIndex: 0, attrs: { role: "group" } }, this._space);
    this._scroll.addEventListener("scroll", () => this._scrolled());
    this._scroll.addEventListener("click", (event) => this._clicked(event));
    this._labels = el("div", "story-labels", { attrs: { "aria-hidden": "true" } });
    this.root = el("div", "story-picture", {}, this._labels, this._scroll);
    this._sizes = new ResizeObserver(() => this.draw());
    this._sizes.observe(this._scroll);
  }

  get width() {
    return this._scroll.clientWidth || 800;
  }

  get focusTarget() {
    return this._scroll;
  }

  close() {
    clearTimeout(this._resting);
    this._sizes.disconnect();
  }

  /** What to show: {weave, scale(width), chosen, now, live, spells, words}. Stays at its right end if it was there. */
  show(state) {
    const atEnd = this._state === null || this._atEnd();
    this._state = state;
    this._scroll.setAttribute("aria-label", state.words);
    this.draw();
    if (!atEnd) return;
    this._scroll.scrollLeft = this._scroll.scrollWidth;
    this.draw();
  }

  /** Anew, for this width. */
  draw() {
    if (this._state === null) return;
    const { weave, scale } = this._state;
    this._narrow = this.root.clientWidth < NARROW;
    const made = scale(this.width);
    this._thins = this._narrow || weave.lanes.length >= LANES_MANY;
    this._plan = geometry(weave, made, this._narrow, this._thins ? this._busy(weave, made) : null);
    this._space.style.width = `${this._plan.scale.width}px`;
    this._space.style.height = `${this._plan.height}px`;
    this._label();
    this._paint();
  }

  _busy(weave, scale) {
    const { scrollLeft } = this._scroll;
    return busyLanes(weave, scale.at(scrollLeft), scale.at(scrollLeft + this.width), this._state.now);
  }

  /** Brings a step into sight. */
  reveal(step) {
    if (this._plan === undefined || step === null) return;
    const x = this._plan.scale.x(step.at);
    const { scrollLeft } = this._scroll;
    if (x > scrollLeft + 40 && x < scrollLeft + this.width - 60) return;
    this._scroll.scrollLeft = x - this.width / 2;
  }

  _label() {
    this._labels.hidden = this._narrow;
    if (this._narrow) return;
    this._labels.style.height = `${this._plan.height}px`;
    const made = this._plan.lanes.map((lane) => {
      const label = this._hosts(lane.host);
      label.style.top = `${lane.bar - 1}px`;
      return label;
    });
    this._labels.replaceChildren(...made);
  }

  _atEnd() {
    return this._scroll.scrollLeft + this.width >= this._scroll.scrollWidth - 8;
  }

  _scrolled() {
    if (this._scroll.scrollLeft < 8) this._atStart();
    if (this._thins) this._rest();
    if (this._due) return;
    this._due = true;
    requestAnimationFrame(() => {
      this._due = false;
      this._paint();
    });
  }

  _rest() {
    clearTimeout(this._resting);
    this._resting = setTimeout(() => this.draw(), RESTED_MS);
  }

  _paint() {
    if (this._plan === undefined) return;
    const from = this._scroll.scrollLeft;
    const sight = { from, width: this.width, named: this._narrow };
    this._svg.replaceChildren(drawn(this._plan, this._state, sight));
  }

  _clicked(event) {
    const box = this._scroll.getBoundingClientRect();
    const x = event.clientX - box.left + this._scroll.scrollLeft;
    const step = nearest(this._plan, this._state.weave.steps, x, event.clientY - box.top);
    if (step !== null) this._choose(step);
  }
}
