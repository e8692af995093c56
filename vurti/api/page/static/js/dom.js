/** Making and changing elements. Words from hosts come in as text only, never as markup. */

const NAME_MAX = 160;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/**
 * An element with a class, properties and children. Strings become text.
 * `props`: `on` holds listeners, `attrs` attributes, anything else is set on the element itself.
 */
export function el(tag, className = "", props = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  const { on = {}, attrs = {}, ...own } = props;
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, value);
  Object.assign(made, own);
  made.append(...children);
  return made;
}

/** Sets the text of an element, and touches nothing where it says that already. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute likewise; null removes it. */
export function mark(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Sets the class likewise. */
export function dress(node, className) {
  if (node.className !== className) node.className = className;
}

/**
 * A name as it may be shown: at most 160 characters, and each that has no shape of its own, or would
 * turn the direction of what follows, as its number.
 */
export function plain(text, max = NAME_MAX) {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut.replace(UNSEEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}
