"""The source for vdsm's XML-RPC under the kit for all sources, in a process that is patched."""

from pathlib import Path

from tests.patched import facts, hold

FILE = Path(__file__).with_name("patched_vdsm_xmlrpc.py")


@facts(FILE)
def test_vdsm_xmlrpc_does_what_every_source_must(fact: str) -> None:
    hold(FILE, fact)
