"""Who made a host: told with its capabilities where it knows, and never in their way."""

import pytest

from tests.sources.scripted_vdsm import Act, Vdsm, refusing, returning, silent
from tests.sources.watched_vdsm import watching
from vurti.model import Question


def test_a_hosts_make_is_told_with_its_capabilities() -> None:
    made = {"systemManufacturer": "Dell", "systemSerialNumber": "S1", "systemUUID": "", "x": 1}
    with watching(Vdsm({"Host.getHardwareInfo": returning(made)})) as watched:
        told = watched.ask(Question.CAPABILITIES).capabilities
        assert (told.cpu_model, told.manufacturer, told.serial) == ("Opteron", "Dell", "S1")
        assert (told.product, told.family, told.uuid) == (None, None, None)


@pytest.mark.parametrize("act", [refusing(-32601), refusing(57), returning([]), silent])
def test_a_host_that_does_not_tell_its_make_tells_its_capabilities(act: Act) -> None:
    host = Vdsm({"Host.getHardwareInfo": act})
    with watching(host) as watched:
        for _ in range(2):
            watched.ask()
            told = watched.ask(Question.CAPABILITIES, 0.5).capabilities
            assert (told.cpu_model, told.manufacturer) == ("Opteron", None)
        assert host.methods().count("Host.getHardwareInfo") == 1
