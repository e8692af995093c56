/** What the store keeps of a host or VM, from what vurti tells of it. */

import { faceOf } from "./words.js";

/** The fields that records are made of, as `/snapshot` wants them named. */
export const HOST_FIELDS = "id,cluster,status,reason,observed_at,maintenance_until,seq";
export const VM_FIELDS = "id,name,status,run_on,migrating_to,pause_status,exit_status,observed_at,seq";

/** A host of a snapshot. */
export function hostOf(one) {
  return {
    cluster: one.cluster,
    status: one.status,
    reason: one.reason,
    since: one.observed_at,
    why: "",
    until: one.maintenance_until,
    seq: one.seq,
  };
}

/** A VM of a snapshot. */
export function vmOf(one) {
  return {
    name: one.name,
    status: one.status,
    host: one.run_on,
    was: one.run_on,
    to: one.migrating_to,
    pause: one.pause_status,
    exit: one.exit_status,
    since: one.observed_at,
    why: "",
    seq: one.seq,
    split: false,
    face: faceOf(one.status, one.pause_status, one.exit_status),
  };
}

/** A host after an event, `known` before it, if it was. It stands so since its status is what it is. */
export function hostAfter(event, known) {
  const stays = known !== undefined && known.status === event.after;
  return {
    cluster: event.cluster ?? "",
    status: event.after,
    reason: event.non_operational_reason ?? "NONE",
    until: known?.until ?? null,
    seq: event.seq,
    ...reasonOf(event, stays ? known : null),
    ...(stays || event.after !== "Up" ? {} : justHeard()),  // nobody is found well but by an answer
  };
}

/** A VM likewise: since it shows this face, on this host. */
export function vmAfter(event, known) {
  const split = event.kind === "VmSplitBrainDetected" || (known?.split ?? false);
  const face = faceOf(event.after, event.pause_status, event.exit_status, split);
  const host = event.run_on ?? null;
  const stays = known !== undefined && known.face === face && known.host === host;
  return {
    name: event.name ?? known?.name ?? "",
    status: event.after,
    host,
    was: host ?? event.host ?? known?.was ?? null,
    to: event.migrating_to ?? null,
    pause: event.pause_status ?? "NONE",
    exit: event.exit_status ?? null,
    seq: event.seq,
    split,
    face,
    ...reasonOf(event, stays ? known : null),
  };
}

/** A host that was heard just now. */
export function justHeard() {
  return { heardAt: performance.now() / 1000, took: 0, exact: false };
}

function reasonOf(event, before) {
  if (before !== null) return { since: before.since, why: before.why };
  return { since: Date.parse(event.observed_at) / 1000, why: event.reason ?? "" };
}
