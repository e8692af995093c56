/** All VMs: sorted, filtered, and only those in sight are there. */

import { dress, el, mark, plain, say } from "../dom.js";
import { doubtSecs, doubted } from "../doubt.js";
import { Reasons } from "../reasons.js";
import { toHost, toVm } from "../routes.js";
import { inOrder } from "../store.js";
import { ORDERS, fitting, nameOf, sorted } from "../table/rows.js";
import { Table } from "../table/table.js";
import { VMS, count, many, ofVmFace, since } from "../words.js";

const COLUMNS = [
  { key: "status", title: "Status", className: "of-status" },
  { key: "name", title: "Name", className: "of-name" },
  { key: "host", title: "Host", className: "of-host" },
  { key: "cluster", title: "Cluster", className: "of-cluster" },
  { key: "since", title: "Since", className: "of-since" },
  { key: null, title: "Why", className: "of-why" },
];
const KEYS = [
  ["↑ ↓", "from VM to VM, once the table has the focus"],
  ["PgUp PgDn", "ten at once"],
  ["Enter", "the story of the VM"],
];
const ODD = 50;  // whoever stands so badly has a reason that is asked for
const SORT_SHARE = 20;  // to sort a long table takes at most this part of the time: one in twenty
const SORT_SECS = 1;

export function open(root, app, params) {
  return new Vms(root, app, params);
}

class Vms {
  constructor(root, app, params) {
    this._app = app;
    this._clusterOf = (host) => app.store.hosts.get(host)?.cluster;
    this._reasons = new Reasons(app);
    this._bar = new Bar(app);
    this._empty = el("p", "empty", { hidden: true });
    this._table = new Table({
      label: "VMs", columns: COLUMNS, make: madeRow, fill: (row, vm) => this._fill(row, vm),
      sort: (key) => this._sort(key),
    });
    root.append(el("h1", "heard", {}, "VMs"), el("section", "panel table-panel", { attrs: { "aria-label": "VMs" } }, this._bar.root, this._table.root, this._empty));
    app.keys.tell("vms", KEYS);
    this._due = 0;
    this.params(params);
  }

  params({ q = "", status = "", host = "", cluster = "", sort = "status", down = "" }) {
    this._wanted = { q: q.toLowerCase(), face: status, host, cluster };
    this._order = ORDERS.includes(sort) ? sort : "status";
    this._down = down === "1";
    this._bar.show({ q, status, host, cluster });
    this._table.ordered(this._order, this._down);
    this._arrange(this._app.now());
  }

  frame(now, changes) {
    const { store } = this._app;
    if (changes.all || changes.members) this._bar.clusters([...store.clusters.keys()].sort(inOrder));
    this._changed ||= changes.all || changes.vmMembers || changes.vms.size > 0;
    if (changes.all || (this._changed && now >= this._due)) this._arrange(now);
    else this._table.show();
    this._bar.count(this._shown, store);
  }

  close() {
    this._table.close();
  }

  _arrange(now) {
    const { store } = this._app;
    const begun = performance.now();
    const found = fitting(store.vms.values(), this._wanted, this._clusterOf);
    this._table.take(sorted(found, this._order, this._down, this._clusterOf));
    this._shown = found.length;
    this._changed = false;
    this._due = now + Math.max(SORT_SECS, (SORT_SHARE * (performance.now() - begun)) / 1000);
    this._empty.hidden = found.length > 0;
    say(this._empty, store.filled ? "No VM fits." : "Waiting for the first word of vurti.");
  }

  _sort(key) {
    this._app.set({ sort: key, down: key === this._order && !this._down ? "1" : "" });
  }

  _fill(row, vm) {
    const known = ofVmFace(vm.face);
    const doubt = doubtSecs(this._app.store, vm, this._app.now(), this._app.live.now());
    const standing = doubt === null ? known : doubted({ ...known, word: known.word || vm.face }, doubt);
    dress(row.sign, `sign t-${standing.tone}`);
    say(row.sign, standing.glyph);
    dress(row.word, `cut${standing.worse || doubt !== null ? ` ink t-${standing.tone}` : ""}`);
    say(row.word, standing.word || vm.face);
    say(row.name, plain(nameOf(vm), 80));
    mark(row.name, "href", toVm(vm.id));
    say(row.host, vm.was === null ? "" : `${vm.host === null ? "was on " : ""}${plain(vm.was, 60)}`);
    mark(row.host, "href", vm.was === null ? null : toHost(vm.was));
    dress(row.host, vm.host === null ? "cut gone" : "cut");
    say(row.cluster, plain(this._clusterOf(vm.was) ?? "", 60));
    say(row.since, since(Math.max(0, this._app.live.now() - vm.since)));
    say(row.why, plain(vm.why, 200));
    if (known.worse >= ODD) this._reasons.want(vm, `/vms/${encodeURIComponent(vm.id)}`);
  }
}

function madeRow() {
  const row = { sign: el("span", "sign", { attrs: { "aria-hidden": "true" } }), word: el("span", "cut"), name: el("a", "cut"), host: el("a", "cut", { tabIndex: -1 }), cluster: el("span", "cut dim"), since: el("span"), why: el("span", "cut dim") };
  const cells = [[row.sign, row.word], [row.name], [row.host], [row.cluster], [row.since], [row.why]];
  row.root = el("div", "table-row", { attrs: { role: "row" } },
    ...cells.map((parts, index) => el("div", `table-cell ${COLUMNS[index].className}`, { attrs: { role: "cell" } }, ...parts)));
  return row;
}

class Bar {
  constructor(app) {
    this._q = el("input", "field", { type: "search", placeholder: "Search names, ids, hosts", ariaLabel: "Search VMs", attrs: { "data-search": "" }, on: { input: () => app.set({ q: this._q.value }) } });
    this._face = el("select", "field", { ariaLabel: "Status", on: { change: () => app.set({ status: this._face.value }) } },
      el("option", "", { value: "" }, "Any status"),
      el("option", "", { value: "trouble" }, "needs somebody"),
      ...Object.values(VMS).map(({ key, word }) => el("option", "", { value: key }, word)));
    this._cluster = el("select", "field", { ariaLabel: "Cluster", on: { change: () => app.set({ cluster: this._cluster.value }) } });
    this._host = el("button", "button", { type: "button", title: "Not only of this host", on: { click: () => app.set({ host: "" }) } });
    this._count = el("span", "dim clear");
    this.root = el("div", "bar", {}, this._q, this._face, this._cluster, this._host, this._count);
    this._chosen = "";
  }

  clusters(names) {
    this._cluster.replaceChildren(el("option", "", { value: "" }, "All clusters"), ...names.map((name) => el("option", "", { value: name }, plain(name, 40) || "no cluster")));
    this._cluster.value = this._chosen;
  }

  show({ q, status, host, cluster }) {
    if (this._q.value !== q) this._q.value = q;
    this._face.value = status;
    this._chosen = cluster;
    this._cluster.value = cluster;
    this._host.hidden = !host;
    say(this._host, `on ${plain(host, 60)} ✕`);
  }

  count(shown, { vms, faces }) {
    const trouble = [...faces].filter(([face, number]) => number && ofVmFace(face).worse >= 70).reduce((sum, [, number]) => sum + number, 0);
    const whole = shown === vms.size ? many(shown, "VM") : `${count(shown)} of ${many(vms.size, "VM")}`;
    say(this._count, `${whole}${trouble ? `, ${count(trouble)} ${trouble === 1 ? "needs" : "need"} somebody` : ""}`);
  }
}
