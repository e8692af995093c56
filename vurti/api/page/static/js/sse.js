/** Server-sent events from pieces of bytes. Comments are words too: they show that the line lives. */

/**
 * Reads a body until it ends or `signal` is given. `onWord` is called for each piece that comes, `onEvent` for each event
 * with its `{kind, data, id}`; an id may also come alone, with a comment.
 */
export async function read(body, onWord, onEvent, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new Parser(onEvent);
  signal.addEventListener("abort", () => reader.cancel(), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onWord();
    parser.take(value);
  }
}

/** What comes in pieces, cut anywhere. */
export class Parser {
  constructor(onEvent) {
    this._onEvent = onEvent;
    this._rest = "";
  }

  take(text) {
    const blocks = (this._rest + text).split("\n\n");
    this._rest = blocks.pop();
    for (const block of blocks) this._block(block);
  }

  _block(block) {
    let kind = "message";
    let id = null;
    let data = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("data: ")) data = data === null ? line.slice(6) : `${data}\n${line.slice(6)}`;
      else if (line.startsWith("event: ")) kind = line.slice(7);
      else if (line.startsWith("id: ")) id = line.slice(4);
    }
    if (data !== null || id !== null) this._onEvent({ kind, data, id });
  }
}
