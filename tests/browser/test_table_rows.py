"""The table of VMs: what fits, and in which order."""

from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
ROWS = """
const { fitting, sorted } = await load("table/rows.js");
const [vms, wanted, order, down] = args;
const clusterOf = (host) => ({ "host-2": "east", "host-10": "west" })[host];
const found = fitting(vms, { q: "", face: "", host: "", cluster: "", ...wanted }, clusterOf);
return sorted(found, order ?? "name", down ?? false, clusterOf).map((vm) => vm.id);
"""


def vm(name: str, face: str = "Up", was: str | None = "host-2", since: float = 0) -> dict[str, Any]:
    return {"id": f"id-{name}", "name": name, "face": face, "host": was, "was": was, "since": since}


VMS = [
    vm("web-10", since=30), vm("web-9", "Crashed", "host-10", 20), vm("Web-1", "Paused", since=10),
    vm("db", "NotResponding", "host-10", 40), vm("", "Down", None, 50),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["id-db", "id-", "id-Web-1", "id-web-9", "id-web-10"]),
        ({"q": "web-1"}, ["id-Web-1", "id-web-10"]),
        ({"q": "host-10"}, ["id-db", "id-web-9"]),
        ({"face": "Paused"}, ["id-Web-1"]),
        ({"face": "trouble"}, ["id-db", "id-web-9"]),
        ({"cluster": "west"}, ["id-db", "id-web-9"]),
        ({"host": "host-2", "q": "web"}, ["id-Web-1", "id-web-10"]),
        ({"q": "nothing like it"}, []),
    ],
    ids=str,
)
def test_filters_leave_what_fits_in_the_order_of_names(
    page: Modules, wanted: dict[str, str], found: list[str]
) -> None:
    assert page.run(ROWS, VMS, wanted) == found


@pytest.mark.parametrize(
    ("order", "first", "turned"),
    [
        ("status", "id-web-9", "id-web-10"),
        ("name", "id-db", "id-web-10"),
        ("host", "id-Web-1", "id-"),
        ("cluster", "id-Web-1", "id-"),
        ("since", "id-", "id-Web-1"),
    ],
)
def test_each_order_begins_with_what_is_looked_for(
    page: Modules, order: str, first: str, turned: str
) -> None:
    """By status the worst, by since the latest; what has no host comes last."""
    assert page.run(ROWS, VMS, {}, order)[0] == first
    assert page.run(ROWS, VMS, {}, order, True)[0] == turned
