/** Making SVG, and knowing how wide words are. Words become text, never markup. */

const SPACE = "http://www.w3.org/2000/svg";

export function svg(tag, attrs, ...children) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function text(words, attrs) {
  return svg("text", attrs, words);
}

const known = new Map();
let measure = null;

/** Whether words in the size of a segment's inscription are no wider than `room`. */
export function fits(words, room) {
  if (room < 6) return false;
  let wide = known.get(words);
  if (wide === undefined) {
    measure ??= document.createElement("canvas").getContext("2d");
    measure.font = "600 12px system-ui, sans-serif";
    wide = measure.measureText(words).width;
    if (known.size > 500) known.clear();
    known.set(words, wide);
  }
  return wide <= room;
}
