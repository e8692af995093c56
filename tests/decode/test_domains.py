"""The XML of a domain, as devices; and what no XML of a domain is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decode.domain import DomainXmlError, devices
from vurti.model import VmDevice

DISK_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
DOMAIN = f"""<domain type='kvm' id='5'>
  <name>web</name>
  <metadata xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><ovirt-vm:vm><ovirt-vm:device devtype="disk"/>
  </ovirt-vm:vm></metadata>
  <devices>
    <emulator>/usr/libexec/qemu-kvm</emulator>
    <disk type='file' device='disk'>
      <source file='/rhev/x'><address type='pci' slot='0xff'/></source>
      <target dev='vda' bus='virtio'/>
      <alias name='ua-{DISK_ID}'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/>
    </disk>
    <controller type='scsi' index='0' model='virtio-scsi'>
      <alias name='scsi0'/>
      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0' multifunction='on'/>
    </controller>
    <disk type='file' device='cdrom'>
      <alias name='ua-not-an-id'/><address type='drive' controller='0' bus='0' target='0' unit='2'/>
    </disk>
    <channel type='unix'><address type='virtio-serial' controller='0' bus='0' port='1'/></channel>
    <hostdev mode='subsystem' type='mdev'><alias name='hostdev0'/></hostdev>
    <graphics type='vnc' port='5900'/>
    <memballoon model='virtio'><alias name='balloon0'/></memballoon>
  </devices>
  <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'/>
</domain>"""


def test_devices_have_their_kind_their_id_and_their_address_as_ovirt_shows_it() -> None:
    assert devices(DOMAIN) == (
        VmDevice(
            "disk",
            id=DISK_ID,
            managed=True,
            address="{type=pci, slot=0x07, bus=0x00, domain=0x0000, function=0x0}",
            alias=f"ua-{DISK_ID}",
        ),
        VmDevice(
            "controller",
            address="{type=pci, slot=0x00, bus=0x03, domain=0x0000, function=0x0,"
            " multifunction=on}",
            alias="scsi0",
        ),
        VmDevice(
            "disk", address="{type=drive, bus=0, controller=0, target=0, unit=2}",
            alias="ua-not-an-id",
        ),
        VmDevice("channel", address="{type=virtio-serial, bus=0, controller=0, port=1}"),
        VmDevice("mdev", alias="hostdev0"),
        VmDevice("graphics"),
        VmDevice("memballoon", alias="balloon0"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [DISK_ID, DISK_ID.upper(), DISK_ID.replace("-", ""), DISK_ID.replace("ae7", "AE7")],
)
def test_an_id_is_told_in_one_way_and_the_first_alias_and_address_are_those_that_count(
    written: str,
) -> None:
    two = f"<alias name='ua-{written}'/><address type='pci'/><alias name='b'/><address type='usb'/>"
    (told,) = devices(f"<domain><devices><disk>{two}</disk></devices></domain>")
    assert (told.id, told.alias, told.address) == (DISK_ID, f"ua-{written}", "{type=pci}")


def test_an_alias_is_an_id_only_where_it_says_that_it_is_a_managers() -> None:
    disk = f"<disk><alias name='{DISK_ID}'/></disk>"
    (told,) = devices(f"<domain><devices>{disk}</devices></domain>")
    assert (told.id, told.managed, told.alias) == ("", False, DISK_ID)


def test_a_domain_may_have_no_device_and_any_encoding_that_is_true() -> None:
    assert devices("<?xml version='1.0' encoding='UTF-8'?><domain><devices/></domain>") == ()
    assert devices("<domain><devices><!-- x --><?x y?><disk/></devices></domain>") == (
        VmDevice("disk"),
    )


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "not xml",
        "<domain><devices>",
        "<domain/>",
        "<network><devices/></network>",
        "<?xml version='1.0' encoding='UTF-16'?><domain><devices/></domain>",
        "<?xml version='1.0' encoding='no-such'?><domain><devices/></domain>",
        "<domain><devices><disk>&secret;</disk></devices></domain>",
        "<domain><devices><disk name='\0'/></devices></domain>",
        "<a>" * 5000,
        "<domain><devices>" + "<a>" * 5000 + "</a>" * 5000 + "</devices></domain>",
        "<!DOCTYPE domain [<!ENTITY a 'x'>]><domain><devices><disk>&a;</disk></devices></domain>",
        "<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain><devices/></domain>",
    ],
)
def test_contract_18_what_is_no_xml_of_a_domain_is_the_documented_error(xml: str) -> None:
    with pytest.raises(DomainXmlError) as caught:
        devices(xml)
    assert len(str(caught.value)) < 80  # it quotes nothing


def test_contract_18_texts_and_lists_of_a_hostile_domain_have_an_end() -> None:
    much = "x" * 1000
    flood = f"<disk><alias name='{much}'/><address type='{much}'/></disk>"
    told = devices(f"<domain><devices>{flood * 3000}</devices></domain>")
    assert len(told) == 1024
    assert len(told[0].alias) == 255
    assert len(told[0].address) == len("{type=}") + 255


PIECES = st.sampled_from(
    ("<domain>", "</domain>", "<devices>", "</devices>", "<disk", "/>", ">", "<alias name='", "'",
     "ua-", "<address type='pci'", "<!DOCTYPE", "<!ENTITY", "&", ";", "<![CDATA[", "]]>", "<?",
     "?>", "<{x}y", "xmlns:a='b'", "\ud800", "\0")
)  # fmt: skip


@given(st.text(max_size=60) | st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_any_text_is_devices_or_the_documented_error(xml: str) -> None:
    with suppress(DomainXmlError):
        for device in devices(xml):
            for value in (device.kind, device.alias, device.address):
                value.encode()
