"""What a simulation is to be like."""

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from vurti.simulator.dialect import DIALECTS, Dialect, Scheme, dialect_for
from vurti.simulator.faults import Fault, SimulatorError
from vurti.world import WorldOptions


class Tls(StrEnum):
    """Whether hosts speak TLS."""

    NEVER = "never"
    REQUIRED = "required"  # as real hosts do: plain text is reset
    EITHER = "either"  # as no real host does; for tests of both in one simulation


class SimulatorOptions(Struct, frozen=True, kw_only=True):
    """A fleet and how it may be asked.

    `hosts` is how many, or their names; `scheme` how the URLs written for them say to ask, which
    also chooses version and TLS where those are None. `version` is oVirt's, or several of which the
    hosts have one each in turn. `directory` takes certificates; TLS needs it. `port` is of all
    hosts, at addresses of their own; where it is None each host has a port of its own on 127.0.0.1,
    counted from `ports_from`, or chosen by the system where that is 0.
    """

    hosts: int | tuple[str, ...] = 3
    vms_per_host: int = 5
    seed: int | str = 1
    world: WorldOptions = WorldOptions()
    scheme: Scheme = Scheme.STOMP
    version: str | tuple[str, ...] | None = None
    tls: Tls | None = None
    directory: Path | None = None
    port: int | None = None
    ports_from: int = 0
    sample_secs: float = 15.0
    silence_secs: float = 28.5
    faults: tuple[Fault, ...] = ()

    def dialects(self) -> tuple[Dialect, ...]:
        """The versions, in turn. Raises SimulatorError for what there is not."""
        wanted = self.version if self.version is not None else dialect_for(self.scheme)
        versions = (wanted,) if isinstance(wanted, str) else wanted
        for version in versions:
            if version not in DIALECTS:
                raise SimulatorError(f"no version {version!r}: there are {', '.join(DIALECTS)}")
        return tuple(DIALECTS[version] for version in versions)

    def has_tls(self) -> Tls:
        """Whether there is TLS. Raises SimulatorError where it has no place for its keys."""
        tls = self.tls
        if tls is None and self.scheme.secure:
            tls = Tls.REQUIRED
        elif tls is None:
            tls = Tls.NEVER if self.directory is None else Tls.EITHER
        if tls is not Tls.NEVER and self.directory is None:
            raise SimulatorError("TLS needs a directory for its certificates: name one")
        return tls
