/** When hosts were not well: from their own events, asked for once, and kept current by the stream. */

import { Refusal } from "../api.js";
import { ofHostStatus } from "../words.js";

const PAGE = 200;
const HOSTS_MAX = 12;

export class Spells {
  constructor(app) {
    this._app = app;
    this._events = new Map();  // host -> its events, in its order
    this._found = new Map();  // host -> its spells
    this._read = app.store.events.pushed;
  }

  /** Spells ({from, to, word, tone}) by host. What is not known yet is asked for. */
  of(hosts) {
    for (const host of hosts.filter(Boolean).slice(0, HOSTS_MAX)) if (!this._events.has(host)) this._ask(host);
    return this._found;
  }

  frame({ events }) {
    if (!events) return;
    const ring = this._app.store.events;
    for (const event of ring.after(this._read)) if (!("vm" in event) && this._events.has(event.host)) this._add(event.host, [event]);
    this._read = ring.pushed;
  }

  async _ask(host) {
    this._events.set(host, []);
    try {
      const { items } = await this._app.api(`/scopes`);
      const pages = await Promise.all(items.map(({ scope }) => this._page(host, scope)));
      this._add(host, pages.flat());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async _page(host, scope) {
    const query = new URLSearchParams({ before: 0, limit: PAGE, scope });
    return (await this._app.api(`/hosts/${encodeURIComponent(host)}/events?${query}`)).items;
  }

  _add(host, fresh) {
    const events = [...this._events.get(host), ...fresh].sort((one, other) => one.seq - other.seq);
    this._events.set(host, events);
    this._found.set(host, spells(events));
  }
}

/** While it was not well, of a host's events in its order. */
export function spells(events) {
  const found = [];
  for (const { observed_at: when, after } of events) {
    const at = Date.parse(when) / 1000;
    const { tone, word } = ofHostStatus(after);
    const last = found.at(-1);
    const ill = after !== null && tone !== "ok";
    if (last?.to === null && ill && last.word === word) continue;
    if (last?.to === null) last.to = at;
    if (ill) found.push({ from: at, to: null, word, tone });
  }
  return found;
}
