"""The way of the data of one scope, from the sequencer to all who follow its decisions."""

from collections import Counter
from collections.abc import Callable, Iterable

from vurti.adapter.live import Live
from vurti.clock import Clock
from vurti.decide import Birth, Rules, View, decide
from vurti.decide.timers import ENDED_BY_ANSWERS
from vurti.events import Event
from vurti.model import Decision, Input, Query, Tick, Timer, Vds, Vm
from vurti.model.commit import Loaded
from vurti.streams.decided import decided
from vurti.streams.sequencer import Sequencer
from vurti.streams.timers import Timers

SOON_SECS = 60.0
"""A wait that is longer than this sees answers also while hosts are asked as seldom as can be."""


class Pipeline:
    """Inputs in, by `put`; decisions out to the updaters, the timers, the hosts asked again, and
    the live streams, in that order. Nothing in it yields.

    `tick` is the way of what timers say, where that is not `put`; `live` are the streams that it
    tells, where it has none of its own.
    """

    def __init__(
        self,
        clock: Clock,
        rules: Rules,
        loaded: Loaded,
        write: Callable[[Decision], None],
        ask: Callable[[Query], None],
        on_bug: Callable[[Exception], None],
        tick: Callable[[Tick], None] | None = None,
        live: Live | None = None,
    ) -> None:
        self.decisions = self.events = 0
        self.kinds: Counter[str] = Counter()  # events, by their kind
        birth = Birth(loaded.scope, loaded.epoch, loaded.nonce)
        self.view = View(
            rules,
            birth,
            loaded.vdss,
            loaded.vms,
            expectations=loaded.expectations,
            intents=loaded.intents,
            forgotten=loaded.forgotten,
        )
        self.sequencer = Sequencer(clock, on_bug=on_bug)
        self.timers = Timers(clock, tick or self.sequencer.put)
        self.live = live or Live(clock)
        self.live.views.append(self.view)
        self._write, self._ask = write, ask
        self._clock, self._awaited_until = clock, float("-inf")
        self.sequencer.stamped.pipe(decided(self.view, decide)).subscribe(self._follow)

    def put(self, given: Input) -> None:
        self.sequencer.put(given)

    def awaits_answers(self) -> bool:
        """Something is decided soon unless some host tells otherwise before: a VM that vanished is
        Down, what was announced has not come. Hosts are asked as usual then, whatever is wanted."""
        return self._clock.now() < self._awaited_until

    def tell(self, event: Event) -> None:
        """On the live stream that it belongs to."""
        self.live.tell(event)

    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How many hosts and how many VMs are in each status now."""
        vdss = (row.value for row in self.view.vdss.values())
        vms = (row.value for row in self.view.vms.values())
        return (
            Counter(vds.status.value for vds in vdss if isinstance(vds, Vds)),
            Counter(vm.status.value for vm in vms if isinstance(vm, Vm)),
        )

    def close(self) -> None:
        """Nothing more is decided."""
        self.timers.close()
        self.sequencer.close()

    def _follow(self, decision: Decision) -> None:
        self.decisions += 1
        self.events += len(decision.events)
        self._write(decision)
        self.timers.apply(decision.timers)
        self._heed(decision.timers, decision.at)
        for query in decision.queries:
            self._ask(query)
        for event in decision.events:
            self.kinds[event.kind] += 1
            self.tell(event)

    def _heed(self, timers: Iterable[Timer], at: float) -> None:
        for timer in timers:
            due = timer.due
            if due is not None and timer.key.kind in ENDED_BY_ANSWERS and due <= at + SOON_SECS:
                self._awaited_until = max(self._awaited_until, due)
