/** The steps of a story as a list, the newest first, and how it stands now before them. */

import { dress, el, mark, plain, say } from "../dom.js";
import { Tape } from "../tape.js";
import { moment, span } from "../words.js";
import { NOWHERE } from "./weave.js";

const ROW = 46;

export class Steps {
  constructor({ choose, near }) {
    this._choose = choose;
    this.steps = [];  // those that are shown, oldest first
    this._state = null;
    this._tape = new Tape({
      className: "steps", rowHeight: ROW, tag: "div",
      key: (n) => (n === 0 ? "now" : this._at(n).event.seq),
      make: (n) => this._make(n),
      renew: (row, n) => this._renew(row, n),
      attrs: { role: "listbox", tabindex: "0", "aria-label": "Steps, the newest first" },
    });
    this.root = this._tape.root;
    this.list = this._tape.list;
    this.root.addEventListener("scroll", () => this._tape.nearEnd && near(), { passive: true });
  }

  close() {
    this._tape.close();
  }

  /** `state` as the picture has it; `steps` those that are shown. */
  show(state, steps) {
    const above = this.steps.length ? steps.filter(({ event }) => event.seq > this.steps.at(-1).event.seq).length : 0;
    this._state = state;
    this.steps = steps;
    this._tape.show(steps.length + 1, above);
    const chosen = state.chosen === null ? "now" : state.chosen.event.seq;
    mark(this.list, "aria-activedescendant", document.getElementById(`step-${chosen}`) ? `step-${chosen}` : null);
  }

  reveal(step) {
    this._tape.reveal(step === null ? 0 : this.steps.length - this.steps.indexOf(step));
    this._tape.paint();
  }

  _at(n) {
    return this.steps[this.steps.length - n];
  }

  _make(n) {
    const id = n === 0 ? "now" : this._at(n).event.seq;
    const row = el("div", "step", { id: `step-${id}`, attrs: { role: "option" } },
      el("span", "step-when"), el("span", "sign", { attrs: { "aria-hidden": "true" } }),
      el("span", "step-words", {}, el("b", ""), el("span", "step-host dim")), el("span", "step-why dim cut"));
    row.addEventListener("click", () => this._choose(n === 0 ? null : this.steps.find(({ event }) => event.seq === id) ?? null));
    return row;
  }

  _renew(row, n) {
    const step = n === 0 ? null : this._at(n);
    const [when, sign, words, why] = row.children;
    const told = step === null ? this._state.stands : step.told;
    mark(row, "aria-selected", String(step === this._state.chosen));
    mark(row, "aria-setsize", String(this.steps.length + 1));
    mark(row, "aria-posinset", String(n + 1));
    dress(row, `step t-${told.tone}${step?.small ? " small" : ""}${step?.stands ? " stands" : ""}`);
    dress(sign, `sign t-${told.tone}`);
    say(sign, told.glyph);
    say(when, step === null ? "now" : moment(step.at, this._state.now));
    say(words.firstChild, told.words);
    say(words.lastChild, step === null ? "" : whereOf(step));
    say(why, step === null ? told.why : whyOf(step));
    mark(row, "title", step === null ? null : `${span(this._state.now - step.at)} ago`);
  }
}

/** Its reason, unless its words say the same. */
function whyOf({ event, told }) {
  const reason = event.reason ?? "";
  return reason === told.words ? "" : plain(reason, 200);
}

/** Where a step was, unless its words say so. */
function whereOf({ place, event }) {
  if (!("vm" in event) || place === NOWHERE) return "";
  return event.from && event.to ? `${plain(event.from, 40)} → ${plain(event.to, 40)}` : plain(place, 60);
}
