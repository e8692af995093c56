/** One stage as a card: how fast, what waits, and how that was of late. */

import { dress, el, say } from "../dom.js";
import { svg } from "../story/svg.js";
import { pace } from "./stages.js";

const [WIDE, HIGH] = [120, 26];
export const PAST = 60;  // so many readings are shown

export class Card {
  constructor({ key, title, about }) {
    this._rate = el("b", "stage-rate");
    this._unit = el("span", "dim");
    this._line = svg("path", { class: "spark-line" });
    this._area = svg("path", { class: "spark-area" });
    const spark = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", class: "spark", "aria-hidden": "true" }, this._area, this._line);
    this._fill = el("span", "gauge-fill");
    this._bar = el("span", "gauge-bar", { hidden: true }, this._fill);
    this._facts = el("dl", "stage-facts");
    this.root = el("section", `flow-stage panel stage-${key}`, { attrs: { "aria-label": `Stage: ${title}` } },
      el("h2", "", {}, title), el("p", "dim stage-about", {}, about),
      el("div", "stage-head", {}, el("span", "", {}, this._rate, " ", this._unit), spark), this._bar, this._facts);
    this._key = key;
  }

  /** `past` are the last readings of its rate, oldest first. */
  show({ rate, unit, fill, facts }, past) {
    say(this._rate, pace(rate));
    say(this._unit, unit);
    this._draw(past);
    this._bar.hidden = fill === null;
    if (fill !== null) {
      this._fill.style.width = `${Math.min(100 * fill, 100)}%`;
      dress(this._bar, `gauge-bar t-${fill > 0.5 ? "slow" : "ok"}`);
    }
    const worst = facts.some(({ tone }) => tone === "bad") ? "bad" : facts.some(({ tone }) => tone === "slow") ? "slow" : "ok";
    dress(this.root, `flow-stage panel stage-${this._key} t-${worst}`);
    this._tell(facts);
  }

  _tell(facts) {
    if (this._facts.children.length !== 2 * facts.length) this._facts.replaceChildren(...facts.flatMap(() => [el("dt", "dim"), el("dd", "")]));
    facts.forEach(({ name, value, tone }, n) => {
      say(this._facts.children[2 * n], name);
      say(this._facts.children[2 * n + 1], value);
      dress(this._facts.children[2 * n + 1], tone ? `ink t-${tone}` : value === "0" ? "dim" : "");
    });
  }

  _draw(past) {
    const most = Math.max(1e-9, ...past);
    const points = past.map((value, n) => `${((n + PAST - past.length) * WIDE) / (PAST - 1)} ${HIGH - 2 - (value / most) * (HIGH - 4)}`);
    const line = points.length > 1 ? `M${points.join(" L")}` : "";
    this._line.setAttribute("d", line);
    const first = ((PAST - past.length) * WIDE) / (PAST - 1);
    this._area.setAttribute("d", line ? `${line} L${WIDE} ${HIGH} L${first} ${HIGH} Z` : "");
  }
}
