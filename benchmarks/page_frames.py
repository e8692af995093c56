"""What the page costs a browser while a large fleet is busy: script a frame, by the browser's own
metrics.

    python -m benchmarks.page_frames [--hosts 1000] [--vms 30] [--changes 2000] [--secs 20]

From the top of a checkout; it needs chromium and playwright (`pip install '.[browser]'`). The fleet
is fed by `benchmarks.fed_fleet`: the real log, hub, API and page over changes that are made up.
Each view is looked at for so many seconds after it has come up. Script, layout, style and all tasks
are CPU seconds of the page's main thread as CDP's Performance.getMetrics counts them, for each
frame that the page was given (requestAnimationFrame). What a stream's reader does in promises is no
script to CDP, but a task: so "in all" is the figure that nothing escapes. The renderer's share has
the threads that paint as well, which without a GPU is work of the CPU. The longest task is by the
clock on the wall, what else the machine does included; 0 where none took 50 ms.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from tests.browser.chromium import chromium
from tests.ports import free_port
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Locator, Page

VIEWS = {
    "fleet": "#/fleet",
    "VMs": "#/vms",
    "events": "#/events",
    "pipeline": "#/pipeline",
    "a VM": "#/vm/vm-000000",
    "a host": "#/host/host-0000",
}
SETTLE_SECS = 3.0
TIMES = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")
COUNT_FRAMES = """() => {
  window.framesGiven = 0;
  window.longest = 0;
  const seen = (list) => {
    const longest = Math.max(...list.getEntries().map(({ duration }) => duration));
    window.longest = Math.max(window.longest, longest);
  };
  new PerformanceObserver(seen).observe({ type: "longtask" });
  const next = () => { window.framesGiven += 1; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


@contextmanager
def fed(args: argparse.Namespace) -> Iterator[str]:
    """A busy fleet in a process of its own; where its page is."""
    port = free_port()
    sizes = {"--hosts": args.hosts, "--vms": args.vms, "--changes": args.changes, "--port": port}
    words = [word for name, value in sizes.items() for word in (name, str(value))]
    program = [sys.executable, "-m", "benchmarks.fed_fleet", *words, "--secs", "3600"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as feeding:  # noqa: S603  ours
        try:
            assert feeding.stdout is not None
            assert feeding.stdout.readline() == "fed\n", "the fleet cannot be fed"
            yield f"http://127.0.0.1:{port}"
        finally:
            feeding.terminate()


class Meter:
    """What the page has spent, the frames that it was given, and how far the log is."""

    def __init__(self, page: "Page", url: str) -> None:
        self._page, self._url = page, url
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._whole: CDPSession = page.context.browser.new_browser_cdp_session()
        page.evaluate(COUNT_FRAMES)

    def read(self) -> dict[str, float]:
        """All of it so far: seconds, by the names of CDP where it has them, and bytes."""
        told: list[dict[str, Any]] = self._cdp.send("Performance.getMetrics")["metrics"]
        found = {one["name"]: float(one["value"]) for one in told}
        with urlopen(f"{self._url}/api/v1/log", timeout=30) as answer:
            last = float(json.load(answer)["last"])
        return {
            **{name: found[name] for name in TIMES},
            "frames": float(self._page.evaluate("window.framesGiven")),
            "heap": found["JSHeapUsedSize"],
            "events": last,
            "renderer": self._renderer_secs(),
            "at": time.monotonic(),
        }

    def _renderer_secs(self) -> float:
        """CPU of the process that has the page: its main thread, and those that paint."""
        told = self._whole.send("SystemInfo.getProcessInfo")["processInfo"]
        return max(float(one["cpuTime"]) for one in told if one["type"] == "renderer")


def measure(page: "Page", meter: Meter, view: str, secs: float) -> str:
    """A line about one view."""
    page.evaluate("hash => { location.hash = hash; }", VIEWS[view])
    page.wait_for_timeout(1000 * SETTLE_SECS)
    page.evaluate("window.longest = 0")
    before = meter.read()
    page.wait_for_timeout(1000 * secs)
    after = meter.read()
    longest = page.evaluate("window.longest")
    assert is_live(page).count(), f"the page is no longer live: {page.inner_text('header')}"
    spent = {name: after[name] - before[name] for name in before}
    frames, took = max(spent["frames"], 1), spent["at"]
    script, layout, style, task = (1000 * spent[name] / frames for name in TIMES)
    share = 100 * spent["renderer"] / took
    return (
        f"{view:9} {script:5.2f} ms script, {layout:4.2f} layout, {style:4.2f} style,"
        f" {task:5.2f} in all a frame; {frames / took:4.1f} frames/s,"
        f" {spent['events'] / took:5.0f} changes/s, renderer {share:3.0f} % of a core,"
        f" heap {after['heap'] / 2**20:.0f} MiB, longest task {longest:.0f} ms"
    )


def is_live(page: "Page") -> "Locator":
    """What the header says where the page is live."""
    return page.get_by_role("region", name="Screen").get_by_text("live", exact=True)


def main() -> None:
    """Every view, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--vms", type=int, default=30, help="on each host")
    parser.add_argument("--changes", type=int, default=2000, help="in a second")
    parser.add_argument("--secs", type=float, default=20.0, help="for each view")
    args = parser.parse_args()
    with fed(args) as url, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        wait_for(is_live(page).count, "the page is live", 120, 0.2, but=page.inner_text("body"))
        print(f"{args.hosts} hosts, {args.hosts * args.vms} VMs, {args.changes} changes a second")
        meter = Meter(page, url)
        for view in VIEWS:
            print(measure(page, meter, view, args.secs), flush=True)


if __name__ == "__main__":
    main()
