/** A story: the picture, the same steps as a list, and the evidence of the one that is chosen. */

import { el, say } from "../dom.js";
import { Refusal } from "../api.js";
import { many } from "../words.js";
import { evidence } from "./evidence.js";
import { Past } from "./past.js";
import { Picture } from "./picture.js";
import { bySteps, linear } from "./scale.js";
import { standing } from "./standing.js";
import { Steps } from "./steps.js";
import { Tools } from "./tools.js";
import { woven } from "./weave.js";

const EVENTS_MAX = 4000;  // so many are loaded at most
const EXPLAINED_SECS = 10;  // why it is as it is is asked anew this often, and at each new step
const ASKED_AGAIN_SECS = 1;
const TRIED_AGAIN_SECS = 3;
const NOT_FOUND = 404;
const BEAT_SECS = 0.95;  // ages grow by the second; what happens to others moves nothing here

export class Story {
  /**
   * `of` is {path, isOf(event), ofHosts, stands(), label(host), spells()}: where it is below /api/v1, which events
   * are its, how it stands now ({glyph, tone, words, why}), the label of a lane, and when its hosts were not well.
   */
  constructor(app, of, params) {
    this._app = app;
    this._of = of;
    this._past = new Past(app, `${of.path}/events`, of.isOf);
    this._weave = woven([]);
    this._explained = null;
    this._explainedAt = -Infinity;
    this._wholes = new Map();
    this._shown = undefined;
    this._boots = app.live.boots;
    this._tools = new Tools({ set: (change) => app.set(change), earlier: () => this._earlier() });
    this._picture = new Picture({ choose: (step) => this._choose(step), atStart: () => this._earlierByItself(), hosts: of.label });
    this._steps = new Steps({ choose: (step) => this._choose(step), near: () => this._earlierByItself() });
    this._proof = el("div", "proof", { tabIndex: 0, attrs: { role: "region", "aria-label": "Evidence" } });
    this._notice = el("p", "empty", {}, "Asking for its story …");
    this.lists = el("div", "story-lists", {}, panel("Steps", this._steps.root, this._tools.count), panel("Evidence", this._proof));
    this.root = el("section", "story", { attrs: { "aria-label": "Story" } }, this._tools.root, el("div", "panel story-panel", {}, this._notice, this._picture.root), this.lists);
    for (const target of [this._picture.focusTarget, this._steps.list]) target.addEventListener("keydown", (event) => this._pressed(event));
    this.params(params);
    this._begin();
  }

  params({ step = "", zoom = "steps", small = "" }) {
    this._wanted = step === "" ? null : Number(step);
    this._zoom = zoom;
    this._small = small === "1";
    this._tools.show({ zoom, small: this._small });
    if (this._past.filled) this._show();
  }

  close() {
    this._closed = true;
    this._picture.close();
    this._steps.close();
  }

  frame(changes) {
    if (this._app.live.boots !== this._boots) this._anew();
    const added = changes.events ? this._past.follow() : 0;
    const now = this._app.now();
    if (added === null || (!this._past.filled && now - this._begunAt > TRIED_AGAIN_SECS)) this._begin();
    if (added) this._weave = woven(this._past.events);
    if (this._past.filled && (added || now - this._shownAt >= BEAT_SECS)) this._show();
    if (!this._unknown || added) this._explain(added ? ASKED_AGAIN_SECS : EXPLAINED_SECS);
  }

  get _chosen() {
    if (this._wanted === null) return null;
    return this._weave.steps.find(({ event }) => event.seq === this._wanted) ?? null;
  }

  async _begin() {
    this._begunAt = this._app.now();
    try {
      await this._past.begin();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(this._notice, error.message);
      return;
    }
    if (this._closed) return;
    await this._untilFound();
    if (this._closed) return;
    say(this._notice, "The log has nothing of it.");
    this._weave = woven(this._past.events);
    this._show();
    if (this._chosen !== null) this._reveal(this._chosen);
  }

  /** A link may name a step of long ago. */
  async _untilFound() {
    this._past.follow();
    while (this._wanted !== null && this._past.hasEarlier && this._past.events.length < EVENTS_MAX) {
      if (this._past.events[0].seq <= this._wanted || !(await this._past.earlier())) return;
    }
  }

  /** Everything was read anew: what lies between is not known. */
  _anew() {
    this._boots = this._app.live.boots;
    this._begin();
  }

  async _earlier() {
    if (this._fetching || !this._past.hasEarlier || this._past.events.length >= EVENTS_MAX) return;
    this._fetching = true;
    try {
      await this._past.earlier();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return;
    } finally {
      this._fetching = false;
    }
    this._weave = woven(this._past.events);
    if (!this._closed) this._show();
  }

  /** Scrolled to where it begins. */
  _earlierByItself() {
    if (this._past.filled) this._earlier();
  }

  _show() {
    this._shownAt = this._app.now();
    const steps = this._weave.steps.filter((step) => this._small || !step.small || step.event.seq === this._wanted);
    const now = Math.max(this._app.live.now(), steps.at(-1)?.at ?? 0);
    const stands = this._of.stands();
    const state = {
      weave: { ...this._weave, steps },
      now,
      live: this._app.live.state === "live",
      chosen: this._chosen,
      ofHosts: this._of.ofHosts,
      stands,
      doubtFrom: stands.doubtSecs ? now - stands.doubtSecs : null,
      spells: this._of.spells(this._weave.lanes),
      scale: (width) => this._scale(steps, now, width),
      words: `${many(steps.length, "step")} over time. The arrow keys go from one to the next; the list below has the same.`,
    };
    this._notice.hidden = this._past.events.length > 0;
    this._picture.root.hidden = !this._notice.hidden;
    if (this._notice.hidden) this._picture.show(state);
    this._steps.show(state, steps);
    this._tools.count.textContent = this._told(steps);
    this._fillWindow(now);
    this._tools.more(this._past.hasEarlier && this._past.events.length < EVENTS_MAX);
    this._prove(state);
  }

  _told(steps) {
    const hidden = this._weave.steps.length - steps.length;
    return `${many(steps.length, "step")}${hidden ? `, ${many(hidden, "small change")} not shown` : ""}${this._past.hasEarlier ? "; there are earlier ones" : ""}`;
  }

  _scale(steps, now, width) {
    if (this._zoom === "steps" || !steps.length) return bySteps([...steps.map(({ at }) => at), now], width);
    const [from, to] = this._window(now, steps[0].at);
    return linear(from, to, width);
  }

  /** From when to when it is drawn to scale: up to now, unless the chosen step was before that. */
  _window(now, first) {
    if (this._zoom === "all") return [Math.min(first, now - 1), now];
    const secs = Number(this._zoom);
    const at = this._chosen?.at ?? now;
    const to = at > now - secs ? now : at + secs / 2;
    return [to - secs, to];
  }

  /** What is drawn to scale is to be all that there was then. */
  _fillWindow(now) {
    if (this._zoom === "steps" || this._zoom === "all" || !this._past.events.length) return;
    const first = Date.parse(this._past.events[0].observed_at) / 1000;
    if (first > this._window(now, first)[0]) this._earlier();
  }

  _choose(step) {
    this._app.set({ step: step === null ? "" : step.event.seq });
    this._reveal(step);
  }

  _reveal(step) {
    this._picture.reveal(step);
    this._steps.reveal(step);
  }

  _pressed(event) {
    const { steps } = this._steps;
    const at = this._chosen === null ? steps.length : steps.indexOf(this._chosen);
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: steps.length }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this._choose(steps[Math.max(to, 0)] ?? null);
  }

  /** The evidence is made anew only where it says something else: somebody may be reading in it. */
  _prove(state) {
    const { chosen, now } = state;
    const whole = chosen === null ? null : (this._wholes.get(chosen.event.seq) ?? null);
    const beat = chosen === null ? Math.floor(now) : Math.floor(now / 10);
    const key = [chosen?.event.seq, this._explainedAt, whole !== null, beat, state.stands.words].join();
    if (key === this._shown) return;
    this._shown = key;
    const open = this._proof.querySelector("details")?.open ?? false;
    this._proof.replaceChildren(chosen === null ? standing(this._unknown ? undefined : this._explained, state) : evidence(chosen, { explained: this._explained, whole, until: this._weave.steps[chosen.number + 1]?.at ?? Infinity, now }));
    if (open && this._proof.querySelector("details")) this._proof.querySelector("details").open = true;
    if (chosen !== null && whole === null) this._fetchWhole(chosen.event);
  }

  /** The states before and after, of a step that changed more than can be seen. */
  async _fetchWhole({ seq, cursor, changed, scope }) {
    if (!changed?.length || cursor === undefined || this._wholes.has(seq)) return;
    this._wholes.set(seq, null);
    const query = new URLSearchParams({ after: cursor - 1, limit: 1, whole: true, ...(scope ? { scope } : {}) });
    const told = await this._app.api(`${this._of.path}/events?${query}`).catch(() => null);
    const found = told?.items[0]?.event;
    if (found?.seq !== seq) return;
    this._wholes.set(seq, found);
    if (!this._closed) this._show();
  }

  async _explain(secs) {
    const now = this._app.now();
    if (now - this._explainedAt < secs) return;
    this._explainedAt = now;
    try {
      this._explained = await this._app.api(`${this._of.path}/explain?events=0`);
      this._unknown = false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this._unknown = error.status === NOT_FOUND;
    }
    this._shown = undefined;
    if (!this._closed && this._past.filled) this._show();
  }
}

/** A panel with a title, and more beside it. */
export function panel(title, body, more = "") {
  return el("section", "panel", {}, el("header", "", {}, el("h2", "", {}, title), el("span", "right dim", {}, more)), body);
}

