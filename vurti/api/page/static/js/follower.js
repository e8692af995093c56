/** The logs of all scopes, followed from a cursor each, over one line: a browser has few of them. */

import { Refusal, send } from "./api.js";
import { read } from "./sse.js";

export class Follower {
  /** `places` has the cursor of each scope; `on` has `opened()`, `word()` and `event(event)`. */
  constructor(places, on) {
    this._places = places;
    this._on = on;
  }

  /**
   * Until the line ends. True where something was missed for good, so that the snapshots must be read
   * anew. Throws Refusal where there is no line, or where it broke.
   */
  async follow(signal) {
    const response = await send(`/stream?${this._query()}`, { signal });
    this._on.opened();
    const line = new AbortController();
    let missed = false;
    let [scope] = this._places.keys();
    try {
      await read(response.body, this._on.word, ({ kind, data, id }) => {
        if (kind === "scope") scope = JSON.parse(data).scope;
        else if (kind === "resync") {
          missed = true;
          line.abort();
        } else {
          if (id !== null) this._places.set(scope, Number(id));
          if (data !== null && kind !== "bye") this._on.event(JSON.parse(data));
        }
      }, line.signal);
    } catch (error) {
      if (missed) return true;
      throw error instanceof SyntaxError ? error : new Refusal(0, "the line broke");
    }
    return missed;
  }

  _query() {
    const query = new URLSearchParams();
    for (const [scope, cursor] of this._places) {
      query.append("scope", scope);
      query.append("after", cursor);
    }
    return query;
  }
}
