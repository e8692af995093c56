"""Every figure of vurti, in the order in which they are shown. docs/metrics.md is made from it."""

from vurti.api.metrics.deciding import DECIDING
from vurti.api.metrics.family import Family
from vurti.api.metrics.polling import POLLING
from vurti.api.metrics.program import PROCESS, WATCHING
from vurti.api.metrics.serving import SERVING
from vurti.api.metrics.storing import STORING
from vurti.api.metrics.telling import TELLING
from vurti.api.metrics.watched import Process, Watched

SECTIONS: dict[str, tuple[Family[Watched], ...]] = {
    "The program": PROCESS,
    "Watching": WATCHING,
    "Asking": POLLING,
    "Deciding": DECIDING,
    "Storing": STORING,
    "Telling others": TELLING,
    "The API": SERVING,
}
FAMILIES: tuple[Family[Watched], ...] = tuple(
    one for section in SECTIONS.values() for one in section
)
OF_ANY_PROCESS: tuple[Family[Process], ...] = (*PROCESS, *SERVING)
"""Those that need no host to be watched: all that `vurti serve` has."""
