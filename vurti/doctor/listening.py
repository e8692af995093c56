"""Whether vurti can answer where it is to."""

import http.client
import json
import socket
from collections.abc import Iterator

from vurti.config import Config
from vurti.config.listen import Place
from vurti.doctor.finding import Finding, bad, note, ok

AREA = "listener"
ASKING_SECS = 3.0


def look_at_the_listeners(config: Config, running: bool | None) -> Iterator[Finding]:
    """Free, or a vurti's; and who can reach them. `running` is whether one has the store."""
    yield from _figures(config, running)
    yield from _api(config, running)


def _figures(config: Config, running: bool | None) -> Iterator[Finding]:
    place = config.listen.place
    if place is None:
        yield note(AREA, "[listen]", "vurti answers nowhere: nobody can see how it is")
        return
    if not place.local:
        what = "other machines can reach it, and nobody is asked for a token"
        yield note(AREA, str(place), what, "let a firewall say who reaches it")
    yield _at(place, running)


def _api(config: Config, running: bool | None) -> Iterator[Finding]:
    """Who asks it needs a token, so it cannot be asked here whether it is a vurti's."""
    settings = config.api
    if settings.place is None:
        return
    address = f"[api] {settings.place}"
    reason = _not_bound(settings.place)
    if reason is None:
        yield ok(AREA, address, "free")
    elif running is False:
        yield bad(AREA, address, f"cannot be had: {reason}", "set another [api] address")
    else:
        yield ok(AREA, address, "in use, most likely by the vurti that runs")
    if settings.place.local:
        return
    if settings.certificate_path is None:
        what = "other machines reach it without TLS: tokens can be read on their way"
        yield note(AREA, address, what, "set [api] certificate_path and key_path")
    if not settings.tokens_path.exists():
        what = f"other machines reach it, and there is no token in {settings.tokens_path}"
        yield bad(AREA, address, what, "vurti token create")


def _at(place: Place, running: bool | None) -> Finding:
    told = _asked(place)
    if told is None:
        reason = _not_bound(place)
        if reason is None:
            return ok(AREA, str(place), "free")
        return bad(AREA, str(place), f"cannot be had: {reason}", "set another [listen] address")
    if "alive" not in told:
        return bad(
            AREA, str(place), "another program answers there", "set another [listen] address"
        )
    if not told["alive"]:
        why = "the vurti that answers there hangs: " + str(told.get("why"))
        return bad(AREA, str(place), why, "restart it")
    if running is False:
        what = "another vurti answers there, which does not have this store"
        return bad(AREA, str(place), what, "set another [listen] address for one of them")
    return ok(AREA, str(place), "a vurti answers there, and is alive")


def _asked(place: Place) -> dict[str, object] | None:
    """What /livez there tells; None where nobody listens, nothing where it is not a vurti."""
    connection = _Connection(place)
    try:
        connection.request("GET", "/livez")
        found = json.loads(connection.getresponse().read(65_536))
        return found if isinstance(found, dict) else {}
    except (ConnectionRefusedError, FileNotFoundError):
        return None
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, place: Place) -> None:
        super().__init__("localhost", timeout=ASKING_SECS)
        self._place = place

    def connect(self) -> None:
        place = self._place
        if place.path:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(ASKING_SECS)
            self.sock.connect(place.path)
        else:
            # An address of all addresses can be asked at loopback.
            host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.host, place.host)
            self.sock = socket.create_connection((host, place.port), ASKING_SECS)


def _not_bound(place: Place) -> str | None:
    """Why it cannot be listened at; None where it can."""
    if place.path:
        return None
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        with socket.socket(*found[0][:3]) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(found[0][4])
    except OSError as error:
        return error.strerror or str(error)
    return None
