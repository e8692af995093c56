/** The page: one app, a header, and the view that the location names. */

import { ask } from "./api.js";
import { Census } from "./census.js";
import { el } from "./dom.js";
import { Header } from "./header.js";
import { Keys } from "./keys.js";
import { Live } from "./live.js";
import { Login } from "./login.js";
import { Pulse } from "./pulse.js";
import { build, parse } from "./routes.js";
import { Store } from "./store.js";
import { Theme } from "./theme.js";
import * as events from "./views/events.js";
import * as fleet from "./views/fleet.js";
import * as host from "./views/host.js";
import * as pipeline from "./views/pipeline.js";
import * as vm from "./views/vm.js";
import * as vms from "./views/vms.js";

const VIEWS = { fleet, vms, host, vm, events, pipeline };
const TICK_MS = 1000;
const HEAD_MS = 250;  // figures that change more often than that cannot be read

/** What the views get as `app`. */
class App {
  constructor() {
    this.store = new Store();
    this.census = new Census(this.store);
    this.theme = new Theme();
    this.live = new Live(this.store, () => this._login.look());
    this.pulse = new Pulse(this);
    this.route = parse(location.hash);
    this._main = document.getElementById("main");
    this._login = new Login(this);
    this._header = new Header(document.getElementById("head"), this);
    this.keys = new Keys(this);
    this._view = null;
    this._headDue = null;
  }

  start() {
    this.store.listen((changes) => this._frame(changes));
    this.theme.listen(() => this._reopen());
    this.pulse.listeners.add(() => this._header.frame(this.now()));
    window.addEventListener("hashchange", () => this._arrive());
    setInterval(() => this._tick(), TICK_MS);
    this._open();
    this.live.start();
    this.pulse.start();
  }

  /** The page's own clock, in seconds: that of `Store.standing` and `heardAt`. */
  now() {
    return performance.now() / 1000;
  }

  /** JSON from below /api/v1. Throws Refusal; one for lack of a token also asks for it. */
  async api(path, more) {
    try {
      return await ask(path, more);
    } catch (error) {
      this.live.refused(error);
      throw error;
    }
  }

  /** Go to a route `{view, id, params}`; `replace` leaves no step to come back to. */
  go(route, { replace = false } = {}) {
    const hash = build(route);
    if (hash === build(this.route)) return;
    if (replace) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    this._arrive();
  }

  /** The same view with other parameters: filters and the like. */
  set(params) {
    this.go({ ...this.route, params: { ...this.route.params, ...params } }, { replace: true });
  }

  _arrive() {
    const before = this.route;
    this.route = parse(location.hash);
    const same = before.view === this.route.view && before.id === this.route.id;
    if (same && this._view?.params) this._view.params(this.route.params);
    else this._reopen();
    this._header.went();
  }

  _reopen() {
    this._view?.close();
    this._open();
  }

  _open() {
    this._main.replaceChildren();
    const root = el("div", `view view-${this.route.view}`);
    this._main.append(root);
    const params = { ...this.route.params, ...(this.route.id ? { id: this.route.id } : {}) };
    this._view = VIEWS[this.route.view].open(root, this, params);
    this._view.frame(this.now(), EVERYTHING);
  }

  _frame(changes) {
    const now = this.now();
    if (changes.all) this._header.frame(now);
    else this._headSoon();
    this._view.frame(now, changes);
  }

  _headSoon() {
    this._headDue ??= setTimeout(() => {
      this._headDue = null;
      this._header.frame(this.now());
    }, HEAD_MS);
  }

  /** Ages grow while nothing happens. */
  _tick() {
    this.live.look();
    this._frame(NOTHING);
  }
}

const NOTHING = Object.freeze({ all: false, members: false, vmMembers: false, ages: false, hosts: new Set(), vms: new Set(), events: 0 });
const EVERYTHING = Object.freeze({ ...NOTHING, all: true });

new App().start();
