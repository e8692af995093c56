/**
 * The fleet in the browser: hosts and VMs as small records, kept current by events. Whoever listens is
 * told once a frame, and what has changed.
 */

import { hostAfter, hostOf, justHeard, vmAfter, vmOf } from "./records.js";
import { Ring } from "./ring.js";
import { HOSTS, faceOf, ofHostStatus, ofVmFace } from "./words.js";

const EVENTS_MAX = 5000;
const STALE_SECS = 9;  // while vurti has not told its own: that of its defaults
const TROUBLE = 70;  // VMs that stand so badly need somebody
const ORDER = new Intl.Collator("en", { numeric: true });

/** Names in the order in which people count: host-9 before host-10. */
export const inOrder = ORDER.compare;

export class Store {
  constructor() {
    this.hosts = new Map();  // id -> {id, cluster, status, reason, since, why, until, seq, vms, age…}
    this.vms = new Map();  // id -> {id, name, status, face, host, was, to, pause, exit, since, why, seq}
    this.clusters = new Map();  // name -> hosts in stable order
    this.faces = new Map();  // how many VMs there are of each face
    this.troubled = new Set();  // VMs that need somebody
    this.events = new Ring(EVENTS_MAX);
    this.ages = null;  // what /ages told last, without its items
    this.filled = false;  // there was a snapshot
    this.version = 0;  // another one after each change
    this._listeners = new Set();
    this._changes = nothing();
    this._due = false;
  }

  /** Call with what has changed, once a frame at most; gives what ends it. */
  listen(listener) {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** Everything anew: one or several snapshots of `/snapshot`, one for each scope. */
  reset(snapshots) {
    this.hosts.clear();
    this.vms.clear();
    this.clusters.clear();
    this.faces.clear();
    this.troubled.clear();
    for (const { hosts } of snapshots) for (const one of hosts) this._putHost(one.id, hostOf(one));
    for (const { vms } of snapshots) for (const one of vms) this._putVm(one.id, vmOf(one));
    this.filled = true;
    this._changes.all = true;
    this._tell();
  }

  /** One event of the stream. What is known already changes nothing. */
  apply(event) {
    this.events.push(event);
    this._changes.events += 1;
    if (event.kind.endsWith("LeftScope")) return this._tell();  // it goes on in another one, as it was
    if ("vm" in event) this._applyToVm(event);
    else if (event.host) this._applyToHost(event);
    this._tell();
  }

  /**
   * What `/ages?over_secs=…` told at `at`, in seconds of the page's own clock (performance.now() / 1000).
   * Hosts that it left out are as new as they should be: of these it is not known how new exactly.
   */
  heard(told, at, overSecs) {
    const older = new Map(told.items.map((one) => [one.id, one]));
    for (const host of this.hosts.values()) {
      const one = older.get(host.id);
      host.took = one?.took_secs ?? 0;
      if (one === undefined) host.heardAt = at - overSecs;
      else host.heardAt = one.age_secs === null ? -Infinity : at - one.age_secs;
      host.exact = one !== undefined;
    }
    this._split(new Set(told.split_brains));
    const { items: _, ...figures } = told;
    this.ages = { ...figures, at };
    this._changes.ages = true;
    this._tell();
  }

  /**
   * Seconds for which a host was not heard, at least: of one that /ages did not name all that is known is
   * that it was not old then.
   */
  age(host, at) {
    return at - (host.exact || this.ages === null ? host.heardAt : this.ages.at);
  }

  /** How a host stands at a moment of the page's own clock: its status, unless that is too old. */
  standing(host, at) {
    const known = ofHostStatus(host.status);
    if (known !== HOSTS.ok) return known;
    if (this.age(host, at) > (this.ages?.stale_secs ?? STALE_SECS)) return HOSTS.stale;
    return host.exact ? HOSTS.slow : known;
  }

  _applyToVm(event) {
    const known = this.vms.get(event.vm);
    if (known !== undefined && event.seq <= known.seq) return;
    if (event.after === null) {
      if (known !== undefined) this._dropVm(known);
      return;
    }
    this._putVm(event.vm, vmAfter(event, known));
  }

  /** VMs that two hosts insist on running just now; their records do not say so, nor that it is over. */
  _split(vms) {
    const told = [...this.troubled].filter((vm) => vm.split && !vms.has(vm.id)).map((vm) => vm.id);
    for (const id of [...told, ...vms]) {
      const vm = this.vms.get(id);
      if (vm === undefined || vm.split === vms.has(id)) continue;
      const split = vms.has(id);
      this._putVm(id, { split, face: faceOf(vm.status, vm.pause, vm.exit, split), why: "" });
    }
  }

  _applyToHost(event) {
    const known = this.hosts.get(event.host);
    if (known !== undefined && event.seq <= known.seq) return;
    if (event.after === null) {
      if (known !== undefined) this._dropHost(known);
      return;
    }
    this._putHost(event.host, hostAfter(event, known));
  }

  _putHost(id, state) {
    let host = this.hosts.get(id);
    if (host === undefined) {
      host = { id, vms: new Set(), troubles: 0, turns: 0, ...justHeard() };
      this.hosts.set(id, host);
      this._changes.members = true;
    } else if (host.cluster !== state.cluster) {
      this._leaveCluster(host);
      this._changes.members = true;
    }
    const joins = host.cluster !== state.cluster;
    Object.assign(host, state);
    if (joins) this._joinCluster(host);
    this._changes.hosts.add(id);
  }

  _joinCluster(host) {
    if (!this.clusters.has(host.cluster)) this.clusters.set(host.cluster, []);
    this.clusters.get(host.cluster).push(host);
  }

  _leaveCluster(host) {
    const hosts = this.clusters.get(host.cluster) ?? [];
    const rest = hosts.filter((one) => one !== host);
    if (rest.length) this.clusters.set(host.cluster, rest);
    else this.clusters.delete(host.cluster);
  }

  _dropHost(host) {
    this.hosts.delete(host.id);
    this._leaveCluster(host);
    this._changes.members = true;
    this._changes.hosts.add(host.id);
  }

  _putVm(id, state) {
    let vm = this.vms.get(id);
    if (vm === undefined) {
      vm = { id, ...state };
      this.vms.set(id, vm);
      this._changes.vmMembers = true;
    } else {
      this._uncount(vm);
      Object.assign(vm, state);
    }
    this._count(vm);
    this._changes.vms.add(id);
  }

  _dropVm(vm) {
    this._uncount(vm);
    this.vms.delete(vm.id);
    this._changes.vmMembers = true;
    this._changes.vms.add(vm.id);
  }

  _count(vm) {
    this.faces.set(vm.face, (this.faces.get(vm.face) ?? 0) + 1);
    const trouble = ofVmFace(vm.face).worse >= TROUBLE;
    if (trouble) this.troubled.add(vm);
    this._onHost(vm, (host) => {
      host.vms.add(vm);
      host.troubles += trouble;
    });
  }

  _uncount(vm) {
    this.faces.set(vm.face, this.faces.get(vm.face) - 1);
    const trouble = this.troubled.delete(vm);
    this._onHost(vm, (host) => {
      host.vms.delete(vm);
      host.troubles -= trouble;
    });
  }

  _onHost(vm, action) {
    const host = vm.host === null ? undefined : this.hosts.get(vm.host);
    if (host === undefined) return;
    action(host);
    host.turns += 1;
    this._changes.hosts.add(host.id);
  }

  _tell() {
    this.version += 1;
    if (this._due) return;
    this._due = true;
    soon(() => {
      this._due = false;
      const changes = this._changes;
      this._changes = nothing();
      for (const listener of this._listeners) listener(changes);
    });
  }
}

/** A frame from now; a page that is not looked at has none, and must not fall behind. */
function soon(action) {
  if (document.hidden) setTimeout(action, 200);
  else requestAnimationFrame(action);
}

/** `all`: everything is another; `members`: hosts came, went or changed their cluster. */
function nothing() {
  return { all: false, members: false, vmMembers: false, ages: false, hosts: new Set(), vms: new Set(), events: 0 };
}
