"""One bed of two hypervisors for all tests of this room, empty at the start of each test."""

from collections.abc import Iterator

import pytest

from tests.libvirt import bed as beds
from tests.libvirt.bed import Bed
from tests.needs import need


@pytest.fixture(scope="session")
def whole_bed() -> Iterator[Bed]:
    need("libvirt", beds.missing(), beds.HOW)
    with Bed(hosts=2) as made:
        yield made


@pytest.fixture
def bed(whole_bed: Bed) -> Iterator[Bed]:
    whole_bed.revive()
    yield whole_bed
    whole_bed.revive()
    whole_bed.clear()
