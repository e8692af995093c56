/** What is asked for again and again: how old the truth is, and how vurti itself does. */

import { Refusal } from "./api.js";

const AGES_MS = 2000;  // where hosts are asked more often, so are these: else what is well would show as old
const AGES_MS_MIN = 500;
const FIGURES_MS = 5000;
const HURRIED_MS = 2000;
const HIDDEN_MS = 15_000;

export class Pulse {
  constructor(app) {
    this._app = app;
    this.pipeline = null;  // /pipeline as it was told last
    this.before = null;  // and the time before that
    this.at = this.beforeAt = 0;  // when, in seconds of performance.now()
    this.health = null;
    this._figuresMs = FIGURES_MS;
    this.listeners = new Set();  // called when the figures are new
  }

  start() {
    this._every(() => this._agesMs(), () => this._askAges());
    this._every(() => this._figuresMs, () => this._askFigures());
  }

  /** Whether somebody is looking at the figures themselves. */
  hurry(is) {
    this._figuresMs = is ? HURRIED_MS : FIGURES_MS;
  }

  /** The sum of a figure over its labels, at the last reading or at the one before. */
  figure(name, of = this.pipeline, fits = () => true) {
    const told = of?.[name];
    if (told === undefined) return null;
    return told.filter(({ labels }) => fits(labels)).reduce((sum, { value }) => sum + value, 0);
  }

  /** The largest of a figure over its labels. */
  largest(name, fits = () => true) {
    const told = this.pipeline?.[name]?.filter(({ labels }) => fits(labels));
    return told?.length ? Math.max(...told.map(({ value }) => value)) : null;
  }

  /** How fast a counter grows, a second, between the last two readings. */
  rate(name, fits) {
    const [now, before] = [this.figure(name, this.pipeline, fits), this.figure(name, this.before, fits)];
    if (now === null || before === null || now < before) return null;
    return (now - before) / (this.at - this.beforeAt);
  }

  async _askAges() {
    const over = this._app.store.ages?.target_secs ?? 4;
    const told = await this._app.api(`/ages?over_secs=${over}`);
    this._app.live.setClock(told.now);
    this._app.store.heard(told, performance.now() / 1000, over);
  }

  async _askFigures() {
    const [pipeline, health] = await Promise.all([this._app.api("/pipeline"), this._app.api("/health")]);
    [this.before, this.beforeAt] = [this.pipeline, this.at];
    [this.pipeline, this.at] = [pipeline, performance.now() / 1000];
    this.health = health;
    for (const listener of this.listeners) listener();
  }

  _agesMs() {
    const period = this._app.store.ages?.period_secs ?? 0;
    return Math.min(Math.max(1000 * period, AGES_MS_MIN), AGES_MS);
  }

  /** Never twice at once; what is refused is tried again, and shows by its age. */
  async _every(waitMs, action) {
    for (;;) {
      try {
        if (this._app.store.filled && this._app.live.state !== "token") await action();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
      await untilDue(document.hidden ? HIDDEN_MS : this._app.store.filled ? waitMs() : 200);
    }
  }
}

/** So long, or until somebody looks at the page again: he must not wait for what it has missed. */
function untilDue(ms) {
  return new Promise((done) => {
    const seen = new AbortController();
    const end = () => {
      seen.abort();
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(end, ms);
    document.addEventListener("visibilitychange", () => document.hidden || end(), { signal: seen.signal });
  });
}
