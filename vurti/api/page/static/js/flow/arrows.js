/** The arrows between the cards, where they are just now. */

import { svg } from "../story/svg.js";

const WAYS = [["hosts", "order"], ["order", "decide"], ["decide", "live"], ["decide", "waits"], ["waits", "stored"], ["stored", "told"]];

/** `cards` by key, within `frame`; `rates` how much goes along, by the key of where it comes from; `demand` goes back. */
export function arrows(frame, cards, rates, demand) {
  const box = frame.getBoundingClientRect();
  const at = (key) => placed(cards.get(key).root.getBoundingClientRect(), box);
  const sheet = svg("svg", { width: box.width, height: box.height, class: "arrows" });
  const stacked = at("order").left < at("hosts").right;
  const ways = stacked ? WAYS.filter(([, to]) => to !== "live") : WAYS;
  sheet.append(...ways.map(([from, to]) => way(at(from), at(to), thick(rates.get(from)))));
  const [waits, hosts] = [at("waits"), at("hosts")];
  if (waits.left > hosts.right) sheet.append(...back(waits, hosts, demand));
  return sheet;
}

function placed(one, box) {
  const [left, top] = [one.left - box.left, one.top - box.top];
  return { left, top, right: left + one.width, bottom: top + one.height, middle: top + 34, centre: left + one.width / 2 };
}

/** From 1.5 px where next to nothing goes along to 5 where thousands a second do. */
function thick(rate) {
  return 1.5 + Math.min(Math.log10(1 + (rate ?? 0)), 3.5);
}

function way(from, to, wide) {
  const across = to.left >= from.right - 1;
  const d = across ? `M${from.right} ${from.middle} H${to.left - 8}` : `M${from.centre} ${from.bottom} V${to.top - 8}`;
  const [x, y] = across ? [to.left, from.middle] : [from.centre, to.top];
  const head = across ? `M${x - 9} ${y - 5} L${x} ${y} L${x - 9} ${y + 5} Z` : `M${x - 5} ${y - 9} L${x} ${y} L${x + 5} ${y - 9} Z`;
  return svg("g", { class: "arrow-way" }, svg("path", { d, "stroke-width": wide, class: "way" }), svg("path", { d: head, class: "arrow" }));
}

/** What waits says how much is wanted of the hosts. */
function back(waits, hosts, demand) {
  const y = waits.middle;
  const d = `M${waits.left} ${y} H${hosts.centre + 10} Q${hosts.centre} ${y} ${hosts.centre} ${y - 10} V${hosts.bottom + 8}`;
  const head = `M${hosts.centre - 5} ${hosts.bottom + 9} L${hosts.centre} ${hosts.bottom} L${hosts.centre + 5} ${hosts.bottom + 9} Z`;
  const words = svg("text", { x: hosts.centre + 22, y: y - 9, class: "arrow-word" }, demand < 1 ? `demand ${Math.round(100 * demand)} %: asked less often` : "demand 100 %: asked as often as wished");
  return [svg("path", { d, class: `demand${demand < 1 ? " less" : ""}` }), svg("path", { d: head, class: `demand-head${demand < 1 ? " less" : ""}` }), words];
}
