/** Colours and strokes of standings on a canvas: what is told by colour is told by a stroke as well. */

const hatches = new WeakMap();

/** What a tone is filled with. */
export function fill(context, colours, tone) {
  return tone === "stale" ? hatch(context, colours) : colours[tone];
}

/** What is drawn upon that. */
export function markOf(colours, tone) {
  return colours[`${tone}-mark`] ?? colours.mark;
}

/** Grey hatching: what is not known has no colour of its own. */
function hatch(context, colours) {
  let made = hatches.get(colours);
  if (made === undefined) {
    const one = document.createElement("canvas");
    one.width = one.height = 6;
    const drawn = one.getContext("2d");
    drawn.fillStyle = colours.raised;
    drawn.fillRect(0, 0, 6, 6);
    drawn.strokeStyle = colours.stale;
    drawn.lineWidth = 2;
    for (const shift of [-6, 0, 6]) {
      drawn.moveTo(shift - 1, 7);
      drawn.lineTo(shift + 7, -1);
    }
    drawn.stroke();
    made = context.createPattern(one, "repeat");
    hatches.set(colours, made);
  }
  return made;
}

/** In a square of this size: a cross for what is bad, a bar lying down for what is doubtful, one that stands
 * for what is on its way. */
export function stroke(context, colours, { tone, worse }, x, y, size) {
  if (tone === "ok" || tone === "stale" || tone === "off") return;
  const inset = size * 0.25;
  const [left, right, middle] = [x + inset, x + size - inset, x + size / 2];
  const [top, bottom, centre] = [y + inset, y + size - inset, y + size / 2];
  context.strokeStyle = markOf(colours, tone);
  context.lineWidth = Math.max(1.4, size * 0.16);
  context.beginPath();
  if (tone === "bad") {
    line(context, left, top, right, bottom);
    if (worse >= 85) line(context, right, top, left, bottom);
  } else if (tone === "move") line(context, middle, top, middle, bottom);
  else line(context, left, centre, right, centre);
  context.stroke();
}

function line(context, x, y, toX, toY) {
  context.moveTo(x, y);
  context.lineTo(toX, toY);
}
