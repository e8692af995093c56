/** Asking vurti: JSON from below /api/v1, and what it says where it does not answer. */

const PREFIX = "/api/v1";
const PATIENCE_MS = 20_000;

/** What vurti said instead: `status` 0 where it said nothing, `title` and `detail` in words. */
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The JSON at a path below /api/v1, such as `/hosts?limit=1`. Throws Refusal. */
export async function ask(path, { method = "GET", body, signal, patienceMs = PATIENCE_MS } = {}) {
  const response = await send(path, { method, body, signal: within(signal, patienceMs) });
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    throw new Refusal(0, `the answer broke off: ${error.message}`);
  }
}

/** The answer itself, of what comes bit by bit; it has no end, so only `signal` ends it. */
export async function send(path, { method = "GET", body, signal } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const told = body === undefined ? undefined : JSON.stringify(body);
  let response;
  try {
    response = await fetch(PREFIX + path, { method, headers, body: told, signal, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    throw new Refusal(0, error.name === "TimeoutError" ? "no answer in time" : "vurti does not answer");
  }
  if (response.ok) return response;
  throw new Refusal(response.status, await why(response));
}

async function why(response) {
  try {
    const told = await response.json();
    return told.detail || told.title || `status ${response.status}`;
  } catch {
    return `status ${response.status}`;
  }
}

function within(signal, ms) {
  const timeout = AbortSignal.timeout(ms);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}
