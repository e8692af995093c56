/** To come. */

import { el } from "../dom.js";

export function open(root) {
  root.append(el("p", "empty", {}, "To come."));
  return { frame() {}, close() {} };
}
