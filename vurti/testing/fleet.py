"""A configuration at work on a simulated fleet, in virtual time: what its streams say of hosts and
VMs that live, move and die by themselves."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vurti.adapter import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config, load_config
from vurti.model import VmStatus
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet, shared_world
from vurti.testing.indoors import indoors

WALL = 1_767_225_600.0


class Fleet:
    """To be used in a `with`. The streams, rules and facts are those of `config`, a file or what
    `load_config` gave; its hosts give way to `hosts` simulated ones, `host-1` and so on, of the
    clusters east and west, and its store to one in memory. `pace` is how much happens, `seed`
    which story: the same seed tells the same again.

        with Fleet("vurti.toml", hosts=4, seed=7) as fleet:
            said = fleet.listen("quiet")
            fleet.run(600)
    """

    def __init__(
        self,
        config: Config | Path | str | None = None,
        *,
        hosts: int = 4,
        vms_per_host: int = 5,
        seed: int = 1,
        pace: float = 3.0,
    ) -> None:
        given = config if isinstance(config, Config) else load_config(config)
        fleet, options = demo_fleet(hosts, vms_per_host, seed)
        self._options = options.model_copy(update={"pace": pace})
        self.config = indoors(
            given,
            hosts=fleet,
            sources=SourceOptions(sim=self._options),
            repository=RepositorySettings(url="sqlite://"),
        )
        self.clock = VirtualClock(start_wall=WALL)
        self.adapter = PushAdapter(self.config, clock=self.clock)

    def listen(self, stream: str) -> list[Any]:
        """A list that grows with everything that the stream says from now on."""
        said: list[Any] = []
        self.adapter[stream].subscribe(said.append)
        return said

    def run(self, secs: float) -> None:
        """Let so much time pass."""
        self.adapter.run(secs)

    def truth(self) -> dict[str, tuple[VmStatus, str | None]]:
        """How each VM truly is now, and on which host."""
        return shared_world(self.clock, self._options).world.truth()

    def __enter__(self) -> Self:
        self.adapter.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.adapter.close()
        self.clock.run(until=self.clock.now())
        if error is None and self.clock.errors:
            raise self.clock.errors[0]
