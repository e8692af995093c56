/** Which VMs a table shows, and in which order. Pure, but for a key that is kept with each VM. */

import { ofVmFace } from "../words.js";

export const ORDERS = ["status", "name", "host", "cluster", "since"];
const DIGITS = /\d+/g;

/** A name so that plain comparison puts vm-9 before vm-10. */
export function keyOf(name) {
  return name.slice(0, 200).toLowerCase().replace(DIGITS, (digits) => digits.padStart(12, "0"));
}

/**
 * The VMs that fit. `wanted` has `q` (part of name, id or host), `face`, `host`, `cluster`; what is empty
 * asks for nothing. `clusterOf` names the cluster of a host.
 */
export function fitting(vms, { q, face, host, cluster }, clusterOf) {
  const found = [];
  for (const vm of vms) {
    if (face && vm.face !== face && !(face === "trouble" && ofVmFace(vm.face).worse >= 70)) continue;
    if (host && vm.was !== host) continue;
    if (cluster && clusterOf(vm.was) !== cluster) continue;
    if (q && !nameOf(vm).toLowerCase().includes(q) && !vm.id.toLowerCase().includes(q) && !(vm.was ?? "").toLowerCase().includes(q)) continue;
    found.push(vm);
  }
  return found;
}

/** Sorts in place; VMs that are alike in `order` are in the order of their names. `down` turns it round. */
export function sorted(vms, order, down, clusterOf) {
  const keys = new Map(vms.map((vm) => [vm, own(vm, order, clusterOf)]));
  const way = down ? -1 : 1;
  return vms.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (x !== y) return x < y ? -way : way;
    return naming(a) < naming(b) ? -1 : 1;
  });
}

function own(vm, order, clusterOf) {
  switch (order) {
    case "status": return -ofVmFace(vm.face).worse;  // worst first
    case "host": return keyOf(vm.was ?? "\uffff");
    case "cluster": return keyOf(clusterOf(vm.was) ?? "\uffff");
    case "since": return -vm.since;  // the latest first
    default: return naming(vm);
  }
}

export function nameOf(vm) {
  return vm.name || vm.id;
}

/** Kept with the VM: there may be a hundred thousand of them, and their names hardly change. */
function naming(vm) {
  if (vm.keyed !== vm.name) {
    vm.keyed = vm.name;
    vm.key = keyOf(nameOf(vm));
  }
  return vm.key;
}
