"""docs/page.md names every standing, view and key of the page, and no other view."""

import re

from tests.docs.pages import ROOT

SCRIPTS = ROOT / "vurti" / "api" / "page" / "static" / "js"
PAGE = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")


def script(name: str) -> str:
    return (SCRIPTS / name).read_text(encoding="utf-8").replace("export ", "")


def block(text: str, name: str) -> str:
    """The lines of a constant."""
    found = re.search(rf"^const {name} = .*?^[\]}}]", text, re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return found[0]


def rows(heading: str) -> list[list[str]]:
    """The table whose first cell begins so."""
    table = PAGE[PAGE.index(f"| {heading}") :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_hosts_stand_as_the_page_says_worst_first() -> None:
    hosts = block(script("words.js"), "HOSTS")
    standings = re.findall(r'standing\("\w+", "(.*?)", "(.*?)", \d+\)', hosts)
    assert [(sign, word) for sign, word, _ in rows("hosts, worst first")] == standings


def test_every_sign_of_a_vm_is_on_the_page() -> None:
    vms = block(script("words.js"), "VMS")
    signs = set(re.findall(r'standing\("\w+", "(.)",', vms))
    shown = " ".join(row[0] for row in rows("VMs, worst first")).split()
    assert set(shown) == signs


def test_every_view_has_its_row() -> None:
    routes = script("routes.js")
    one = set(re.findall(r'"(\w+)"', re.search(r"const ONE = (.*);", routes)[1]))  # type: ignore[index]
    views = set(re.findall(r'"(\w+)"', re.search(r"const VIEWS = (.*);", routes)[1])) | one  # type: ignore[index]
    told = {row[1].strip("`").removeprefix("#/").partition("?")[0].partition("/")[0]
            for row in rows("view |")}  # fmt: skip
    assert told == views


def test_the_parameters_of_a_view_are_those_that_it_reads() -> None:
    addresses = [row[1].strip("`").removeprefix("#/").partition("?") for row in rows("view |")]
    told = {view: set(re.findall(r"(\w+)=", query)) for view, _, query in addresses}
    assert told["fleet"] == read(script("views/fleet.js"))
    assert told["vms"] <= read(script("views/vms.js"))
    filters = re.search(r"NAMES = \[(.*)\]", script("feed/filter.js"))
    assert filters is not None
    assert told["events"] == set(re.findall(r'"(\w+)"', filters[1]))


def read(text: str) -> set[str]:
    """The names that `params({ a = "", b = "" })` takes apart."""
    found = re.search(r"^  params\(\{(.*?)\}\)", text, re.MULTILINE)
    assert found is not None
    return set(re.findall(r"(\w+) =", found[1]))


def test_every_key_that_works_everywhere_is_told() -> None:
    keys = " ".join(re.findall(r'\["(.*?)",', block(script("keys.js"), "EVERYWHERE")))
    told = {key for row in rows("key |") for key in re.findall(r"`(.+?)`", row[0])}
    assert set(keys.split()) <= told
