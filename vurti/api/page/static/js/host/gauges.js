/** What a host's last sample says, as bars: how much of each thing is used. */

import { el, plain } from "../dom.js";
import { many, span } from "../words.js";

const HIGH = 85;
const FULL = 95;

/** `record` is a host as /hosts/HOST tells it; `now` vurti's time. */
export function gauges(record, now) {
  const of = record.statistics;
  if (!of) return [el("p", "dim", {}, "It has told no figures yet.")];
  const found = [
    share("CPU", of.cpu_percent, record.capabilities?.cpus ? `of ${many(record.capabilities.cpus, "CPU")}` : ""),
    share("memory", of.memory_percent, of.memory_free_kb === null ? "" : `${size(of.memory_free_kb * 1024)} free`),
    share("swap", used(of.swap_total_mb, of.swap_free_mb), of.swap_free_mb === null ? "" : `${size(of.swap_free_mb * 2 ** 20)} free`),
    share("network", of.network_percent, "of its busiest interface"),
    ...fullest(of.disks ?? []),
  ];
  const age = record.sampled_at ? `sampled ${span(now - record.sampled_at)} ago` : "";
  return [...found.filter(Boolean), el("p", "dim gauges-age", {}, age)];
}

/** Percent with a bar; null where it is not told. */
function share(name, percent, more) {
  if (percent === null || percent === undefined) return null;
  const tone = percent >= FULL ? "bad" : percent >= HIGH ? "slow" : "ok";
  const bar = el("span", "gauge-bar", {}, el("span", "gauge-fill"));
  bar.firstChild.style.width = `${Math.min(Math.max(percent, 0), 100)}%`;
  return el("div", `gauge t-${tone}`, {}, el("span", "dim", {}, name), el("b", "", {}, `${Math.round(percent)} %`), bar, el("span", "dim gauge-more cut", {}, more));
}

/** The disk with the least room. */
function fullest(disks) {
  const told = disks.filter(({ free_mb: free }) => free !== null).sort((one, other) => one.free_mb - other.free_mb)[0];
  if (told === undefined) return [];
  const words = el("b", "", {}, `${size(told.free_mb * 2 ** 20)} free`);
  return [el("div", "gauge t-off", {}, el("span", "dim", {}, "disk"), words, el("span", "gauge-bar none"), el("span", "dim gauge-more cut", {}, plain(told.path, 40)))];
}

function used(total, free) {
  if (!total || free === null) return null;
  return (100 * (total - free)) / total;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes as people say them. */
export function size(bytes) {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const number = bytes / 1024 ** power;
  return `${number >= 100 || power === 0 ? Math.round(number) : number.toFixed(1)} ${UNITS[power]}`;
}
