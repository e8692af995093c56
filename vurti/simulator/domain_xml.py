"""The XML of a VM as libvirt keeps it and vdsm hands it on, and what the VM keeps outside of it."""

from base64 import b64encode
from xml.sax.saxutils import escape

from vurti.simulator.vm_stats import Record, mac
from vurti.simulator.words import wire_id
from vurti.world.values import Listed

KINDS = ("tpm", "nvram")
_PCI = "<address type='pci' domain='0x0000' bus='0x{bus:02x}' slot='0x{slot:02x}' function='0x0'/>"


def domain_xml(id: str, number: int, listed: Listed) -> str:
    """What it is made of: disks, a card, a controller, a screen, a balloon."""
    disks = "".join(_disk(id, n) for n in range(listed.disks))
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<domain type='kvm' id='{number}'>
  <name>{escape(listed.name)}</name>
  <uuid>{id}</uuid>
  <devices>
    <emulator>/usr/libexec/qemu-kvm</emulator>{disks}
    <controller type='scsi' index='0' model='virtio-scsi'>
      <alias name='ua-{wire_id(id, "scsi")}'/>{_PCI.format(bus=2, slot=0)}
    </controller>
    <interface type='bridge'>
      <mac address='{mac(number)}'/><source bridge='ovirtmgmt'/><model type='virtio'/>
      <alias name='ua-{wire_id(id, "nic")}'/>{_PCI.format(bus=1, slot=0)}
    </interface>
    <graphics type='vnc' port='{5900 + number % 1000}' autoport='yes'/>
    <video><alias name='ua-{wire_id(id, "video")}'/>{_PCI.format(bus=0, slot=1)}</video>
    <memballoon model='virtio'>
      <alias name='ua-{wire_id(id, "balloon")}'/>{_PCI.format(bus=5, slot=0)}
    </memballoon>
  </devices>
</domain>
"""


def _disk(id: str, number: int) -> str:
    return f"""
    <disk type='file' device='disk'>
      <target dev='vd{chr(ord("a") + number % 26)}' bus='virtio'/>
      <alias name='ua-{wire_id(id, f"disk-{number}")}'/>{_PCI.format(bus=6, slot=number % 32)}
    </disk>"""


def external_data(id: str, kind: str) -> Record:
    """Its TPM or NVRAM data, encoded, with a hash of them."""
    data = b64encode(f"{kind} of {id}".encode()).decode()
    return {"_X_data": data, "hash": wire_id(id, kind)}
