"""What happens in the simulated fleet meanwhile, whether or not anybody watches."""

import threading
import urllib.error
from random import Random

from tests.fleet.watched import Control

OF_VMS = ("pause", "crash", "migrate", "shutdown", "reboot", "io_error", "watchdog", "plug")
BRIEF = ("pause", "io_error", "plug", "console")
"""What is over as soon as its sequel came."""
_ENDS = ("crash", "shutdown")
_OF_HOSTS = ("hang", "die", "reboot_host")


class Mischief:
    """Tells `per_sec` stories a second from `start` to `end`, drawn by `seed`, those `of_vms`, and
    a share `of_hosts`. Each has its sequel within `secs_max`, what ended in thrice that: so the
    world comes to rest."""

    def __init__(
        self,
        control: Control,
        seed: int,
        per_sec: float,
        secs_max: float,
        of_vms: tuple[str, ...] = OF_VMS,
        of_hosts: float = 0.01,
    ) -> None:
        self.told = self.unfit = 0
        self._control, self._random = control, Random(f"{seed}/mischief")
        self._every, self._secs_max, self._of_hosts = 1 / per_sec, secs_max, of_hosts
        self._of_vms = of_vms
        self._vms = sorted(one["id"] for one in control.get("/truth")["vms"].values())
        self._hosts = sorted(control.get("/hosts"))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """No more. What was begun goes on to its end by itself."""
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._control.post("/stories", **self._story())
                self.told += 1
            except urllib.error.HTTPError:  # it does not fit that VM as it is just now
                self.unfit += 1

    def _story(self) -> dict[str, object]:
        random = self._random
        of_host = random.random() < self._of_hosts
        kind = random.choice(_OF_HOSTS if of_host else self._of_vms)
        thing = random.choice(self._hosts if of_host else self._vms)
        told: dict[str, object] = {"kind": kind, "thing": thing}
        longer = 3 if kind in _ENDS else 1
        told["secs"] = round(random.uniform(0.3, longer * self._secs_max), 2)
        if kind == "io_error":
            told["pause_status"] = random.choice(("ENOSPC", "EIO", "EPERM"))
        return told
