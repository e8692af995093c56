"""Explanations: the newest of each thing that has a record, and gone with it."""

import pytest

from vurti.errors import StoreError
from vurti.model import Row, Vds, Vm
from vurti.model.commit import Commit
from vurti.model.explanation import Explanation, Said, Waiting
from vurti.repository import open_for_reading

WHY = Explanation(
    "v",
    2000.0,
    accepted=(Said("7.3 ended", 1990.0, "h", 1989.5, "shut down", 3, True),),
    rejected=(Said("10.3 asked before the last change", 1999.0, "h", times=8),),
    waiting=(Waiting("forget", 9000.0),),
)


@pytest.fixture
def repository(opened):
    repository = opened(wall=lambda: 1000.0)
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(Vm("v", run_on="h")),)))
    return repository


def read(url: str, thing: str = "v") -> Explanation | None:
    with open_for_reading(url) as reader:
        return reader.explanations.get(thing)


def test_what_is_written_is_found_again_by_another_process(repository, url) -> None:
    repository.save_statistics([], [WHY])
    assert read(url) == WHY
    assert repository.explained() == [WHY]


def test_only_the_latest_is_kept(repository, url) -> None:
    newer = Explanation("v", 2001.0)
    repository.save_statistics([], [WHY])
    repository.save_statistics([], [newer])
    assert read(url) == newer


def test_a_thing_without_a_record_is_not_explained(repository) -> None:
    repository.save_statistics([], [Explanation("stranger", 2000.0), Explanation("h", 2000.0)])
    assert [one.thing for one in repository.explained()] == ["h"]


def test_an_explanation_goes_with_its_record(repository) -> None:
    repository.save_statistics([], [WHY, Explanation("h", 2000.0)])
    repository.commit(Commit(2, 2, vms=(Row(Vm("v"), deleted=True),)))
    assert [one.thing for one in repository.explained()] == ["h"]


def test_timers_from_before_the_last_start_are_not_told(opened, repository, url) -> None:
    repository.save_statistics([], [WHY])
    repository.close()
    again = opened(wall=lambda: 3000.0)
    again.start()
    told = read(url)
    assert told is not None
    assert (told.accepted, told.waiting) == (WHY.accepted, ())


def test_a_hostile_text_is_stored_as_text(repository, url) -> None:
    repository.save_statistics([], [Explanation("v", 1.0, (Said("r", 1.0, about="\ud800\x00"),))])
    told = read(url)
    assert told is not None
    assert told.accepted[0].about == "?\x00"


def test_one_that_cannot_be_read_names_its_thing(repository, store, url) -> None:
    repository.save_statistics([], [WHY])
    store.sql("update explanation set body = '{'")
    with pytest.raises(StoreError, match="the explanation of 'v' cannot be read"):
        read(url)
