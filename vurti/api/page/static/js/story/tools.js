/** What one can choose of a story's picture: how time is drawn, small changes, what was earlier. */

import { el, mark } from "../dom.js";

const ZOOMS = [
  ["steps", "Steps", "Every step visible, quiet time folded"],
  ["600", "10 min", "The last ten minutes, to scale"],
  ["3600", "1 h", "The last hour, to scale"],
  ["86400", "24 h", "The last day, to scale"],
  ["all", "All", "All that is loaded, to scale"],
];

export class Tools {
  constructor({ set, earlier }) {
    this._zooms = new Map(ZOOMS.map(([zoom, name, title]) => {
      const choose = () => set({ zoom: zoom === "steps" ? "" : zoom });
      return [zoom, el("button", "button", { type: "button", title, on: { click: choose } }, name)];
    }));
    this._small = el("input", "", { type: "checkbox", on: { change: () => set({ small: this._small.checked ? "1" : "" }) } });
    this._earlier = el("button", "button", { type: "button", hidden: true, on: { click: earlier } }, "Earlier steps");
    this.count = el("span", "");
    this.root = el("div", "story-tools", {},
      el("div", "choices", { attrs: { role: "group", "aria-label": "Time" } }, ...this._zooms.values()),
      el("label", "check", {}, this._small, " small changes"),
      this._earlier);
  }

  show({ zoom, small }) {
    for (const [name, button] of this._zooms) mark(button, "aria-pressed", String(name === zoom));
    this._small.checked = small;
  }

  more(hasEarlier) {
    this._earlier.hidden = !hasEarlier;
  }
}
