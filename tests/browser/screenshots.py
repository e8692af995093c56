"""Pictures of the page: of a living demo, of a thousand hosts, light, dark and on a phone.

    python -m tests.browser.screenshots DIRECTORY

From the top of a checkout. It takes some three minutes; `docs/images` has three of them:
`fleet-light`, `thousand-dark` and `story-light`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.request import urlopen

from tests.browser.chromium import chromium
from tests.browser.screen import DESK, PHONE, Screen, screen
from tests.browser.site import site
from tests.browser.staged import Staged, stage
from tests.ports import free_port
from tests.service.program import Program
from tests.waiting import wait_for
from vurti.sources.sim import demo_fleet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WAIT_SECS = 180.0

LARGE = """
[repository]
url = "sqlite:///vurti.db"
[listen]
address = ""
[api]
address = "127.0.0.1:{port}"
[rules]
grace_secs = 5
grace_per_vm_secs = 0
quiet_secs = 0
[sources.sim]
seed = 4
hosts = {hosts}
vms_per_host = 10
pace = 3.0
"""


class Shot(NamedTuple):
    """One picture: its name, the address of its view, and how it is looked at."""

    name: str
    route: str
    scheme: str = "light"
    size: tuple[int, int] = DESK


@contextmanager
def demo(home: Path) -> Iterator[str]:
    """A demo that has just become interesting; where its page is."""
    port = free_port()
    with Program(home, "demo", "--port", str(port), "--directory", str(home / "demo")) as program:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: url in program.text(), "the demo", 60, but=program.text)
        wait_for(lambda: has_lived(url, emptied=1), "something to look at", WAIT_SECS, 0.2)
        yield url


@contextmanager
def large(home: Path, hosts: int) -> Iterator[str]:
    """So many hosts in racks of fifty, watched for a while."""
    port = free_port()
    lines = [LARGE.format(port=port, hosts=hosts)]
    for number, host in enumerate(demo_fleet(hosts, 10)[0]):
        rack = f"rack-{number // 50 + 1:02}"
        lines.append(f'[hosts.{host.id}]\nurl = "{host.url}"\ncluster = "{rack}"')
    (home / "vurti.toml").write_text("\n".join(lines), encoding="utf-8")
    with Program(
        home, "run", str(home / "vurti.toml"), "--events", str(home / "events")
    ) as program:
        wait_for(lambda: "answering" in program.text(), "the API", 60, but=program.text)
        url = f"http://127.0.0.1:{port}"
        much = partial(has_lived, url, lost=5, paused=20, moved=20, up=0.9 * hosts)
        wait_for(much, "something to look at", WAIT_SECS, 0.5)
        yield url


def has_lived(
    url: str, lost: int = 1, paused: int = 1, moved: int = 1, emptied: int = 0, up: float = 1
) -> bool:
    """Whether so many hosts are lost, are being emptied and are Up, so many VMs are paused, and so
    many have moved since it began."""
    with urlopen(f"{url}/api/v1/pipeline", timeout=10) as answer:
        told = json.load(answer)

    def count(name: str, key: str, *values: str) -> float:
        return sum(one["value"] for one in told[name] if one["labels"][key] in values)

    return (
        count("vurti_hosts", "status", "NonResponsive") >= lost
        and count("vurti_hosts", "status", "PreparingForMaintenance", "Maintenance") >= emptied
        and count("vurti_hosts", "status", "Up") >= up
        and count("vurti_vms", "status", "Paused") >= paused
        and count("vurti_events_total", "kind", "VmMigrated") >= moved
    )


OF_DEMO = (
    Shot("fleet-light", "#/fleet"),
    Shot("fleet-dark", "#/fleet", "dark"),
    Shot("phone", "#/fleet", size=PHONE),
    Shot("vms-light", "#/vms"),
    Shot("vms-dark", "#/vms", "dark"),
    Shot("events-light", "#/events"),
    Shot("events-dark", "#/events", "dark"),
    Shot("pipeline-light", "#/pipeline"),
    Shot("pipeline-dark", "#/pipeline", "dark"),
)
OF_THOUSAND = (
    Shot("thousand-light", "#/fleet"),
    Shot("thousand-dark", "#/fleet", "dark"),
    Shot("thousand-phone", "#/fleet", size=PHONE),
)


def of_staged(of: Staged) -> tuple[Shot, ...]:
    """A story with a migration, and a host in trouble."""
    return (
        Shot("host-in-trouble", f"#/host/{of.host}"),
        Shot("host-in-trouble-dark", f"#/host/{of.host}", "dark"),
        Shot("story-light", f"#/vm/{of.vm}?step={of.step}"),
        Shot("story-dark", f"#/vm/{of.vm}?step={of.step}", "dark"),
        Shot("phone-story", f"#/vm/{of.vm}", size=PHONE),
    )


def take(browser: "Browser", url: str, shots: Iterable[Shot], to: Path) -> None:
    """Each by a browser of its own, once there is something to be seen."""
    for shot in shots:
        with screen(browser, url, shot.size, shot.scheme) as look:
            look.open(shot.route)
            look.is_live()
            settle(look)
            look.page.screenshot(path=to / f"{shot.name}.png")
            sys.stdout.write(f"{shot.name}\n")


def settle(look: Screen) -> None:
    """Reasons and figures come later than what they are of, and a rate takes two readings. That the
    machine is busy otherwise shows as well; it passes, or is so."""
    look.page.wait_for_timeout(6500 if look.route.startswith("/pipeline") else 1500)
    with suppress(AssertionError):
        look.becomes("keeps up", "vurti itself", 40)


def main() -> None:
    """All of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    to: Path = parser.parse_args().directory
    to.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        for one in ("demo", "staged", "thousand"):
            (home / one).mkdir()
        with demo(home / "demo") as url:
            take(browser, url, OF_DEMO, to)
        with site(home / "staged") as fleet:
            take(browser, fleet.url, of_staged(stage(fleet)), to)
        with large(home / "thousand", 1000) as url:
            take(browser, url, OF_THOUSAND, to)


if __name__ == "__main__":
    main()
