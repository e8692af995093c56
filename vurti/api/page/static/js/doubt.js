/** Whether what is known of a VM can still be relied on: its host must have been heard of late. */

import { span } from "./words.js";

/**
 * Seconds since the host of a VM was heard, where that is too long ago; null where it is not. What a VM
 * became since was its host's word, too. `now` is the page's own clock, `wall` vurti's.
 */
export function doubtSecs(store, vm, now, wall) {
  if (vm === null || vm.host === null || store.ages === null) return null;
  const host = store.hosts.get(vm.host);
  if (host === undefined) return null;
  const age = Math.min(store.age(host, now), vm.since === undefined ? Infinity : Math.max(wall - vm.since, 0));
  return age > store.ages.stale_secs ? age : null;
}

/** How a VM stands that has not been heard of for so long: never as if it were so now. */
export function doubted(standing, secs) {
  const when = Number.isFinite(secs) ? `${span(secs)} ago` : "before vurti started";
  return { ...standing, tone: "stale", glyph: "⁄", word: `${standing.word}, as of ${when}` };
}
