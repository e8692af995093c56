/** What a host is made of, as it told it. */

import { el, plain } from "../dom.js";
import { facts } from "../story/pairs.js";
import { clock, many, span } from "../words.js";
import { size } from "./gauges.js";

/** `record` is a host as /hosts/HOST tells it with all its fields. */
export function made(record, now) {
  const of = record.capabilities;
  if (!of) return el("p", "dim", {}, "It has not told what it is made of.");
  return facts([
    ["machine", words(of.manufacturer, of.product, of.family)],
    ["serial number", words(of.serial)],
    ["host name", words(of.hostname)],
    ["system", words(of.os)],
    ["hypervisor", words(of.hypervisor)],
    ["agent", words(of.agent_version)],
    ["CPU", [words(of.cpu_model), of.cpus ? many(of.cpus, "CPU") : "", of.cpu_sockets ? many(of.cpu_sockets, "socket") : "", of.cpu_mhz ? `${of.cpu_mhz} MHz` : ""].filter(Boolean).join(", ")],
    ["memory", of.memory_kb ? size(of.memory_kb * 1024) : null],
    ["KVM", of.kvm_enabled === null ? null : of.kvm_enabled ? "on" : "off"],
    ["SELinux", words(of.selinux)],
    ["networks", of.networks?.map(({ name }) => plain(name, 40)).join(", ")],
    ["interfaces", of.nics?.map(({ name }) => plain(name, 40)).join(", ")],
    ["cluster levels", of.cluster_levels?.map((one) => plain(one, 20)).join(", ")],
    ["booted", record.boot_time ? `${clock(record.boot_time, now)}, ${span(now - record.boot_time)} ago` : null],
  ]);
}

function words(...texts) {
  return texts.filter(Boolean).map((one) => plain(one, 80)).join(" ");
}
