"""The program on a screen of any size, told by tests what a vurti would tell."""

import asyncio
from collections.abc import Iterable
from queue import Queue
from types import TracebackType
from typing import Any, Self

from rich.segment import Segment

from tests.cli.terminal.telling import NOW, begun
from vurti.cli.terminal.drawn.app import Top
from vurti.cli.terminal.drawn.palette import DARK, Palette
from vurti.cli.terminal.following import Happened, News
from vurti.cli.terminal.told import EventTold, HostTold, VmTold


class Quiet:
    """Follows nobody: tests put the news in."""

    def __init__(self) -> None:
        self.news: Queue[News] = Queue()
        self.asked: list[tuple[str, str]] = []
        self.running = False

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def explain(self, noun: str, thing: str, events: int) -> None:
        self.asked.append((noun, thing))


class Drawn:
    """An async context with the program in it. Its clocks stand still but for `pass_time`."""

    def __init__(self, width: int = 80, height: int = 24, palette: Palette = DARK) -> None:
        self.mono = 1000.0
        self.follower = Quiet()
        self.app = Top(
            self.follower,  # type: ignore[arg-type]  # as far as the program uses one
            "vurti.example",
            palette,
            wall=lambda: NOW + self.mono - 1000.0,
            mono=lambda: self.mono,
        )
        self._running = self.app.run_test(size=(width, height))

    async def __aenter__(self) -> Self:
        self.pilot = await self._running.__aenter__()
        await self.pilot.pause()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._running.__aexit__(kind, error, trace)

    async def hear(self, *news: News) -> None:
        for one in news:
            self.follower.news.put(one)
        self.app.beat()
        await self.pilot.pause()

    async def know(self, hosts: list[HostTold], vms: list[VmTold], **more: Any) -> None:
        await self.hear(begun(hosts, vms, **more))

    async def happen(self, *events: EventTold) -> None:
        await self.hear(Happened(self.mono, list(events)))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    def pass_time(self, secs: float) -> None:
        self.mono += secs

    def segments(self) -> list[Segment]:
        """All that is on the screen."""
        return [segment for line in self._strips() for segment in line]

    def lines(self) -> list[str]:
        return ["".join(segment.text for segment in line) for line in self._strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def colours(self, lines: Iterable[int] | None = None) -> set[str]:
        """Of the texts on these lines, or on all."""
        strips = list(self._strips())
        chosen = strips if lines is None else [strips[at] for at in lines]
        styles = (one.style for line in chosen for one in line if one.text.strip())
        return {one.color.name for one in styles if one is not None and one.color is not None}

    def _strips(self) -> Any:
        return self.app.screen._compositor.render_strips()


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)
