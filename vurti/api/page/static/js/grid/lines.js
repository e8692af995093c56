/** What is said of a host in one line. */

import { HOSTS, many, since, span } from "../words.js";

/** For a tile: its VMs where it is well, else how it stands and since when. */
export function lineOf(host, standing, now, wall) {
  if (standing === HOSTS.ok) return many(host.vms.size, "VM");
  const secs = sinceOf(host, standing, now, wall);
  return secs === null ? standing.word : `${standing.word} ${short(secs)}`;
}

/**
 * For how many seconds it stands so; null where that is not known. `now` is the page's own clock, `wall`
 * vurti's: a status is since a moment of vurti's, an age is counted here.
 */
export function sinceOf(host, standing, now, wall) {
  if (standing === HOSTS.slow) return null;
  if (standing !== HOSTS.stale) return Math.max(0, wall - host.since);
  return host.heardAt === -Infinity ? null : now - host.heardAt;
}

/** Why it stands so, in words: what the rule said, or what the clock says. `now` is the page's own clock. */
export function whyOf(host, standing, ages, now) {
  if (standing === HOSTS.stale) {
    if (host.heardAt === -Infinity) return "not heard since vurti started";
    return `not heard for ${span(now - host.heardAt)}`;
  }
  if (standing === HOSTS.slow) return slowly(host, ages, now);
  return host.why || reasoned(host.reason);
}

function slowly(host, ages, now) {
  const asked = `is asked every ${span(ages.period_secs)}`;
  if (host.took > ages.period_secs) return `takes ${span(host.took)} to answer, ${asked}`;
  return `last heard ${span(now - host.heardAt)} ago, ${asked}`;
}

function reasoned(reason) {
  return reason === "NONE" ? "" : reason.toLowerCase().replaceAll("_", " ");
}

/** In one unit: a tile has little room. */
function short(secs) {
  if (secs < 3600) return secs < 60 ? since(secs) : `${Math.floor(secs / 60)} min`;
  return secs < 172_800 ? `${Math.floor(secs / 3600)} h` : `${Math.floor(secs / 86_400)} d`;
}
