"""How lively a world is and how long things take in it."""

from msgspec import Struct

Span = tuple[float, float]
"""From and to, in seconds; what is drawn lies between."""


class VmRates(Struct, frozen=True, kw_only=True):
    """How often each story befalls one VM, per hour. The names are those of StoryKind."""

    shutdown: float = 1.2
    destroy: float = 0.4
    crash: float = 0.8
    pause: float = 1.2
    io_error: float = 0.8
    reboot: float = 1.4
    watchdog: float = 0.3
    migrate: float = 3.0
    failed_migration: float = 0.4
    split_brain: float = 0.0
    console: float = 1.2
    plug: float = 0.3
    job: float = 0.4


class HostRates(Struct, frozen=True, kw_only=True):
    """How often each story befalls one host, per hour. The names are those of StoryKind."""

    die: float = 0.3
    reboot_host: float = 0.3
    hang: float = 0.5
    slow: float = 0.5


class Durations(Struct, frozen=True, kw_only=True):
    """How long the parts of a story take."""

    launch: Span = (0.4, 1.2)
    boot: Span = (1.5, 4.0)
    power_down: Span = (1.0, 3.0)
    guest_reboot: Span = (1.5, 3.5)
    migration: Span = (2.0, 6.0)
    word_between_hosts: Span = (0.05, 0.4)  # how far apart two hosts tell of the same thing
    last_word: Span = (0.1, 1.5)  # how long the source of a migration takes to say that it is over
    interruption: Span = (5.0, 12.0)  # until a paused VM goes on, an ended one is started again
    outage: Span = (12.0, 30.0)  # until a host is back


class WorldOptions(Struct, frozen=True, kw_only=True):
    """`pace` multiplies all rates: 1 is the demo's, at 0 nothing happens unless it is told to.

    Ended VMs stay listed with their exit data for `ended_listed_secs`. `wall` is what the calendar
    says (seconds since 1970) as the world begins.
    """

    pace: float = 1.0
    vm_rates: VmRates = VmRates()
    host_rates: HostRates = HostRates()
    durations: Durations = Durations()
    ended_listed_secs: float = 60.0
    opening_secs: float = (
        24.0  # in which every kind of story is played once; chance rules afterwards
    )
    wall: float = 1_760_000_000.0


STILL = WorldOptions(pace=0.0)
"""Nothing happens by itself: for tests that tell the story themselves."""
