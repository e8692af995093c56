"""The world's time: what moves it, and what hosts say again and again while something lasts."""

from collections.abc import Callable

from vurti.clock import Clock
from vurti.clock.port import Task
from vurti.world import Story, World

CHATTER_SECS = 0.5


class Living:
    """A world that lives on a clock. `chat` is called every half a second while it returns True."""

    def __init__(self, world: World, clock: Clock, after: Callable[[], None]) -> None:
        self.world = world
        self._clock = clock
        self._after = after
        self._origin: float | None = None
        self._stirred = clock.signal()
        self._chatting = clock.signal()
        self._tasks: list[Task] = []

    def begin(self, chat: Callable[[], bool]) -> None:
        """Let time pass from now on."""
        self._origin = self._clock.now()
        self._tasks = [self._clock.spawn(self._live), self._clock.spawn(self._chat, chat)]

    def end(self) -> None:
        """Stop for good."""
        for task in self._tasks:
            task.kill()

    def now(self) -> float:
        """Seconds of the world, all told that was due by then."""
        if self._origin is not None:
            self.world.advance(self._clock.now() - self._origin)
        return self.world.now

    def do(self, story: Story) -> None:
        """Tell a story now. Raises ValueError where it does not fit."""
        self.now()
        self.world.do(story)
        self.stir()

    def stir(self) -> None:
        """Something is planned, or to be done `after`, that was not so before."""
        self._stirred.set()

    def chatter(self) -> None:
        """There is something to say again and again."""
        self._chatting.set()

    def _live(self) -> None:
        while True:
            self.now()
            self._after()
            due = self.world.next_due()
            until = None if due is None or self._origin is None else self._origin + due
            if self._stirred.wait(until):
                self._stirred.clear()
            elif due is not None:
                self.world.advance(due)  # the sum of two floats may be a hair before what is due

    def _chat(self, chat: Callable[[], bool]) -> None:
        while True:
            self._chatting.wait()
            if not chat():
                self._chatting.clear()
            self._clock.sleep_until(self._clock.now() + CHATTER_SECS)
