/** The flow from the hosts to those who are told: how fast, what waits where, and what is wrong with it. */

import { el, say } from "../dom.js";
import { arrows } from "../flow/arrows.js";
import { Card, PAST } from "../flow/card.js";
import { allWell, diagnosis } from "../flow/diagnosis.js";
import { Figures } from "../flow/figures.js";
import { pace, places, stages } from "../flow/stages.js";
import { brief, count, span } from "../words.js";

const COLUMNS = [["Place", "name"], ["a second", "rate"], ["queue", "queue"], ["oldest", "oldest"], ["peak", "peak"], ["summed", "summed"], ["dropped", "dropped"]];
const OLD_SECS = 15;

export function open(root, app) {
  return new View(root, app);
}

class View {
  constructor(root, app) {
    this._app = app;
    this._at = 0;
    this._past = new Map();
    this._cards = null;
    this._verdict = el("ul", "findings");
    this._spoken = el("p", "heard", { attrs: { role: "status" } });
    this._flow = el("div", "flow");
    this._body = el("tbody", "");
    this._age = el("span", "");
    const head = el("thead", "", {}, el("tr", "", {}, ...COLUMNS.map(([name]) => el("th", "", { scope: "col" }, name))));
    root.append(el("h1", "heard", {}, "Pipeline"),
      el("section", "panel verdicts-panel", { attrs: { "aria-label": "In words" } }, this._verdict, this._spoken), this._flow,
      el("section", "panel", {}, el("header", "", {}, el("h2", "", {}, "Where something may wait"), el("span", "right dim", {}, this._age)),
        el("div", "places", { tabIndex: 0, attrs: { role: "region", "aria-label": "Where something may wait" } }, el("table", "", {}, head, this._body))));
    this._sizes = new ResizeObserver(() => this._connect());
    this._sizes.observe(this._flow);
    this._listener = () => this._show();
    app.pulse.listeners.add(this._listener);
    app.pulse.hurry(true);
    this._show();
  }

  frame(now) {
    const { pulse } = this._app;
    say(this._age, pulse.at ? `read ${span(now - pulse.at)} ago` : "");
    if (pulse.at && now - pulse.at > OLD_SECS) this._tell([{ tone: "stale", glyph: "⁄", says: `These figures are ${span(now - pulse.at)} old: vurti does not answer.`, then: "" }]);
  }

  close() {
    this._sizes.disconnect();
    this._app.pulse.listeners.delete(this._listener);
    this._app.pulse.hurry(false);
  }

  _show() {
    const { pulse } = this._app;
    if (pulse.pipeline === null) return this._tell([{ tone: "stale", glyph: "⁄", says: "Asking for the figures …", then: "" }]);
    const figures = new Figures(pulse.pipeline, pulse.before, pulse.at - pulse.beforeAt);
    const found = diagnosis(figures, pulse.health);
    this._tell(found.length ? found : [allWell(figures)]);
    this._stage(stages(figures), pulse.at);
    this._demand = figures.smallest("vurti_demand", 1);
    this._connect();
    this._body.replaceChildren(...places(figures).map(row));
  }

  _tell(findings) {
    const rows = findings.map(({ tone, glyph, says, then }) => el("li", `finding t-${tone}`, {}, el("span", `sign t-${tone}`, { attrs: { "aria-hidden": "true" } }, glyph), el("span", "", {}, el("b", "", {}, says), then ? ` ${then}` : "")));
    if (this._verdict.textContent !== rows.map((one) => one.textContent).join("")) this._verdict.replaceChildren(...rows);
    this._speak(findings.map(({ says }) => says).join(" "));
  }

  /** Aloud only what is another thing: not the same with other figures. */
  _speak(words) {
    const gist = words.replace(/\d+/g, "");
    if (gist === this._gist) return;
    this._gist = gist;
    say(this._spoken, words);
  }

  _stage(found, at) {
    if (this._cards === null) {
      this._cards = new Map(found.map((stage) => [stage.key, new Card(stage)]));
      this._flow.append(...[...this._cards.values()].map(({ root }) => root));
    }
    this._rates = new Map(found.map(({ key, rate }) => [key, rate]));
    const isNew = at !== this._at;
    this._at = at;
    for (const stage of found) {
      const past = this._past.get(stage.key) ?? [];
      if (isNew && stage.rate !== null) past.push(stage.rate);
      if (past.length > PAST) past.shift();
      this._past.set(stage.key, past);
      this._cards.get(stage.key).show(stage, past);
    }
  }

  _connect() {
    if (this._cards === null) return;
    const sheet = arrows(this._flow, this._cards, this._rates, this._demand ?? 1);
    this._sheet?.remove();
    this._sheet = sheet;
    this._flow.prepend(sheet);
  }
}

function row(place) {
  return el("tr", "", {}, ...COLUMNS.map(([, key]) => cell(key, place[key])));
}

function cell(key, value) {
  if (key === "name") return el("th", "", { scope: "row" }, value);
  const words = value === null ? "–" : key === "oldest" ? brief(value) : key === "rate" ? pace(value) : count(value);
  const odd = (key === "summed" && value > 0) || (key === "dropped" && value > 0);
  return el("td", odd ? `ink t-${key === "dropped" ? "bad" : "slow"}` : value ? "" : "dim", {}, words);
}
