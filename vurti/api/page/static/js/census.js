/** How many hosts stand how. */

/** Standing -> number of hosts, at a moment of the page's own clock. */
export function census(store, now, hosts = store.hosts.values()) {
  const found = new Map();
  for (const host of hosts) {
    const standing = store.standing(host, now);
    found.set(standing, (found.get(standing) ?? 0) + 1);
  }
  return found;
}
