/** Light or dark: as the system has it, or as somebody has switched it here. */

import { TONES } from "./words.js";

const KEPT = "vurti.theme";
const OTHERS = ["ground", "surface", "raised", "line", "text", "dim", "accent", "mark", "slow-mark"];

export class Theme {
  constructor() {
    this._listeners = new Set();
    this._system = matchMedia("(prefers-color-scheme: dark)");
    this._system.addEventListener("change", () => this._changed());
    this._dress(kept());
  }

  get dark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : this._system.matches;
  }

  listen(listener) {
    this._listeners.add(listener);
  }

  /** The other one, remembered; where that is the system's own, the system is followed again. */
  toggle() {
    const next = this.dark ? "light" : "dark";
    this._dress(next === (this._system.matches ? "dark" : "light") ? null : next);
    this._changed();
  }

  /** The palette as canvas wants it: colours by their names, as they are now. */
  colours() {
    const probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
    const read = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const names = [...OTHERS, ...TONES, ...TONES.map((tone) => `${tone}-ink`)];
    const found = Object.fromEntries(names.map((name) => [name, read(name)]));
    probe.remove();
    return found;
  }

  _dress(theme) {
    if (theme === null) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    keep(theme);
  }

  _changed() {
    for (const listener of this._listeners) listener();
  }
}

function kept() {
  try {
    const theme = localStorage.getItem(KEPT);
    return theme === "light" || theme === "dark" ? theme : null;
  } catch {
    return null;  // a browser may refuse to remember
  }
}

function keep(theme) {
  try {
    if (theme === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme);
  } catch {
    // then it holds for this visit
  }
}
