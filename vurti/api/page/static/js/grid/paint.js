/** Drawing cells. Each looks only at what it is given, so that one can be drawn anew by itself. */

import { fill, markOf, stroke } from "./ink.js";
import { marks } from "./marks.js";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const PALE = 0.16;  // what a filter leaves out is still there, in its place

/**
 * `face` is what is shown of one host: `{standing, pale, trouble, name, line}`. `trouble`: VMs on it need
 * somebody, though the host itself may be well.
 */
export function paint(context, colours, cell, x, y, face) {
  context.clearRect(x - 1, y - 1, cell.width + 2, cell.height + 2);
  context.globalAlpha = face.pale ? PALE : 1;
  if (cell.tile) tile(context, colours, cell, x, y, face);
  else square(context, colours, cell, x, y, face);
  context.globalAlpha = 1;
}

function square(context, colours, { width: size }, x, y, { standing, trouble }) {
  context.fillStyle = fill(context, colours, standing.tone);
  round(context, x, y, size, size, size > 14 ? 4 : 2);
  if (size >= 14) sign(context, colours, standing, x + size / 2, y + size / 2, Math.round(size * 0.58));
  else stroke(context, colours, standing, x, y, size);
  if (trouble) corner(context, colours, x, y, size, Math.max(4, Math.round(size * 0.3)));
}

function tile(context, colours, { width, height, vms: withVms }, x, y, { standing, trouble, name, line, vms }) {
  context.fillStyle = colours.raised;
  round(context, x, y, width, height, 6);
  context.fillStyle = fill(context, colours, standing.tone);
  round(context, x, y, 22, height, [6, 0, 0, 6]);
  sign(context, colours, standing, x + 11, y + height / 2, 14);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = colours.text;
  context.font = `600 13px ${FONT}`;
  context.fillText(fit(context, name, width - 36), x + 30, y + 19);
  context.fillStyle = standing.worse > 0 ? colours[`${standing.tone}-ink`] : colours.dim;
  context.font = `12px ${FONT}`;
  context.fillText(fit(context, line, width - 36), x + 30, y + 36);
  if (withVms) marks(context, colours, x + 30, y + 46, width - 38, height - 52, { vms, standing });
  if (trouble) corner(context, colours, x, y, width, 9);
}

function sign(context, colours, { glyph, tone }, x, y, size) {
  if (!glyph) return;
  context.fillStyle = tone === "stale" || tone === "off" ? colours.text : markOf(colours, tone);
  context.font = `700 ${size}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(glyph, x, y + size * 0.06);
}

function corner(context, colours, x, y, width, size) {
  context.fillStyle = colours.surface;
  triangle(context, x + width + 1, y - 1, size + 3);
  context.fillStyle = colours.bad;
  triangle(context, x + width, y, size);
}

function triangle(context, right, top, size) {
  context.beginPath();
  context.moveTo(right - size, top);
  context.lineTo(right, top);
  context.lineTo(right, top + size);
  context.fill();
}

function round(context, x, y, width, height, radius) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}

function fit(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = text.slice(0, 40);
  while (cut.length > 1 && context.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}
