/** The fleet: all hosts in their places, and what is wrong, worst first. */

import { el, mark, plain, say } from "../dom.js";
import { Grid } from "../grid/grid.js";
import { Minute } from "../minute.js";
import { Reasons } from "../reasons.js";
import { build } from "../routes.js";
import { inOrder } from "../store.js";
import { HOSTS, count, many } from "../words.js";
import { Worst, hostRows, vmRows, worstHosts, worstVms } from "../worst.js";

const KEYS = [
  ["← → ↑ ↓", "from host to host, once the grid has the focus"],
  ["Enter", "open the host"],
];
const REASONS_MAX = 30;
const LIST_MS = 400;
const NO_HOSTS = "No host is watched. Name some in [hosts] or [inventories] of the configuration.";

export function open(root, app, params) {
  return new Fleet(root, app, params);
}

class Fleet {
  constructor(root, app, params) {
    this._app = app;
    this._minute = new Minute();
    this._reasons = new Reasons(app);
    this._bar = new Bar(app);
    this._news = el("p", "last-minute dim");
    this._empty = el("p", "empty", { hidden: true });
    this._field = el("div", "field-of-cells");
    this._hosts = new Worst("Hosts, worst first", "Every host is well or in maintenance.");
    this._vms = new Worst("VMs that need somebody", "None has crashed, is paused by an error or does not respond.");
    root.append(el("h1", "heard", {}, "Fleet"),
      el("section", "panel grid-panel", { attrs: { "aria-label": "Fleet" } }, this._bar.root, this._empty, this._field, this._news),
      el("div", "panel worst-panel", {}, this._hosts.root, this._vms.root));
    this._grid = new Grid(this._field, app, (host) => this._fits(host));
    this._listDue = null;
    app.keys.tell("fleet", KEYS);
    this.params(params);
  }

  params({ cluster = "", status = "", q = "" }) {
    this._wanted = { cluster, status, q: q.toLowerCase() };
    this._find();
    this._bar.show(this._wanted, q);
    this._grid.refit(cluster);
    this._list();
  }

  frame(now, changes) {
    const { store } = this._app;
    if (changes.all || changes.members) this._bar.clusters([...store.clusters.keys()].sort(inOrder));
    this._grid.frame(now, changes);
    this._minute.take(store.events);
    if (changes.all) this._list();
    else this._listDue ??= setTimeout(() => this._list(), LIST_MS);
    const none = store.filled && store.hosts.size === 0;
    say(this._empty, none ? NO_HOSTS : "Waiting for the first word of vurti.");
    this._empty.hidden = store.hosts.size > 0;
  }

  close() {
    clearTimeout(this._listDue);
    this._grid.close();
  }

  /** What is read, and not seen at a glance: it changes no faster than one can read. */
  _list() {
    const { store, live } = this._app;
    const now = this._app.now();
    clearTimeout(this._listDue);
    this._listDue = null;
    this._find();
    this._app.census.at(now);
    const { events, words } = this._minute.told(live.now());
    const quiet = store.filled ? "nothing of note" : "not known yet";
    say(this._news, `Last minute: ${words || quiet}${events ? ` (${count(events)} events)` : ""}`);
    const hosts = worstHosts(store.hosts.values(), (host) => this._fits(host) && this._isIn(host.cluster));
    const vms = worstVms(store, (vm) => this._fitsVm(vm));
    for (const host of hosts.slice(0, REASONS_MAX)) this._reasons.want(host, `/hosts/${encodeURIComponent(host.id)}`);
    for (const vm of vms.slice(0, REASONS_MAX)) this._reasons.want(vm, `/vms/${encodeURIComponent(vm.id)}`);
    this._hosts.show(hosts.length, hostRows(hosts, this._app, now), store.filled);
    this._vms.show(vms.length, vmRows(vms, this._app), store.filled);
  }

  /** Which hosts have what is searched for, by their names or by those of their VMs. */
  _find() {
    const { q } = this._wanted;
    const { store } = this._app;
    this._found = found(store, q);
    this._bar.found(q, this._found);
  }

  _fits(host) {
    const { status, q } = this._wanted;
    return (!status || host.standing.key === status) && (!q || this._found.hosts.has(host.id));
  }

  _fitsVm(vm) {
    const { q } = this._wanted;
    if (q && !vm.name.toLowerCase().includes(q) && !vm.id.toLowerCase().includes(q) && !(vm.was ?? "").toLowerCase().includes(q)) return false;
    return this._isIn(this._app.store.hosts.get(vm.was)?.cluster);
  }

  _isIn(cluster) {
    return !this._wanted.cluster || cluster === this._wanted.cluster;
  }
}

/** `hosts` are the ids of those that have `q` in their names or hold a VM that has; `vms` counts these. */
function found({ hosts, vms }, q) {
  const told = { hosts: new Set(), vms: 0 };
  if (!q) return told;
  for (const { id } of hosts.values()) if (id.toLowerCase().includes(q)) told.hosts.add(id);
  for (const vm of vms.values()) {
    if (!vm.name.toLowerCase().includes(q) && !vm.id.toLowerCase().includes(q)) continue;
    told.vms += 1;
    if (vm.host !== null) told.hosts.add(vm.host);
  }
  return told;
}

/** Search and filters; what is chosen is in the location. */
class Bar {
  constructor(app) {
    this._q = el("input", "field", {
      type: "search", placeholder: "Search hosts and VMs", ariaLabel: "Search hosts and VMs",
      attrs: { "data-search": "" },
      on: { input: () => app.set({ q: this._q.value }) },
    });
    this._cluster = el("select", "field", { ariaLabel: "Cluster", on: { change: () => app.set({ cluster: this._cluster.value }) } });
    this._only = el("select", "field", { ariaLabel: "Status", on: { change: () => app.set({ status: this._only.value }) } },
      el("option", "", { value: "" }, "Any status"),
      ...Object.values(HOSTS).map((one) => el("option", "", { value: one.key }, one.word)));
    this._vms = el("a", "");
    this._all = el("a", "clear", { href: build({ view: "fleet" }) }, "Show all");
    this.root = el("div", "bar", {}, this._q, this._cluster, this._only, this._vms, this._all);
    this._names = "";
    this._chosen = "";
  }

  clusters(names) {
    if (names.join("\n") === this._names && this._cluster.options.length) return;
    this._names = names.join("\n");
    this._cluster.replaceChildren(el("option", "", { value: "" }, "All clusters"), ...names.map((name) => el("option", "", { value: name }, plain(name, 40) || "no cluster")));
    this._cluster.value = this._chosen;
  }

  /** What was found besides hosts, and where all of it can be read. */
  found(q, { vms }) {
    this._vms.hidden = !q || vms === 0;
    say(this._vms, many(vms, "VM"));
    mark(this._vms, "href", build({ view: "vms", params: { q } }));
  }

  show({ cluster, status }, q) {
    this._chosen = cluster;
    this._cluster.value = cluster;
    if (this._q.value !== q) this._q.value = q;
    this._only.value = status;
    this._all.hidden = !(cluster || status || q);
  }
}
