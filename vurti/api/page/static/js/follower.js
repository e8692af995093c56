/** One log, followed from a cursor on. */

import { Refusal, send } from "./api.js";
import { read } from "./sse.js";

export class Follower {
  /** `on` has `opened()`, `word()` and `event(event)`. */
  constructor(scope, cursor, on) {
    this.scope = scope;
    this.cursor = cursor;
    this._on = on;
  }

  /**
   * Until the line ends. True where something was missed for good, so that the snapshot must be read
   * anew. Throws Refusal where there is no line, or where it broke.
   */
  async follow(signal) {
    let missed = false;
    const query = new URLSearchParams({ scope: this.scope, after: this.cursor });
    const response = await send(`/stream?${query}`, { signal });
    this._on.opened();
    const line = new AbortController();
    try {
      await read(response.body, this._on.word, ({ kind, data, id }) => {
        if (id !== null && kind !== "resync") this.cursor = Number(id);
        if (kind === "resync") {
          missed = true;
          line.abort();
        } else if (data !== null && kind !== "bye") this._on.event(JSON.parse(data));
      }, line.signal);
    } catch (error) {
      if (missed) return true;
      throw error instanceof SyntaxError ? error : new Refusal(0, "the line broke");
    }
    return missed;
  }
}
