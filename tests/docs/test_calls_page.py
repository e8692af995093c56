"""The pages on vdsm and libvirt name each call that vurti can send to such a host, and no other."""

import re

from tests.docs.pages import ROOT
from vurti.sources import source_of


def section(page: str, heading: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def test_the_calls_of_stomp_are_those_of_the_page() -> None:
    named = re.findall(r"`((?:Host|VM)\.\w+)`", section("vdsm.md", "It changes nothing"))
    assert set(named) == source_of("vdsm").allowed


def test_the_calls_of_xml_rpc_are_those_of_the_page() -> None:
    allowed = source_of("vdsm+https").allowed
    named = re.findall(r"`(get\w+|list)`", section("vdsm.md", "XML-RPC"))
    assert set(named) == allowed


def test_there_are_as_many_calls_of_libvirt_as_the_page_says() -> None:
    told = section("libvirt.md", "It changes nothing")
    assert len(source_of("qemu+tls").allowed) == 17
    assert "seventeen calls" in told.replace("\n", " ")
