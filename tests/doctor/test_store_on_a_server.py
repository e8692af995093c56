"""The store on a server of PostgreSQL: there, in order, and whose it is."""

import pytest

from tests.doctor.conftest import SetUp, bad
from tests.postgres.server import Server
from tests.repository.stores import ServerStore
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.doctor import Finding
from vurti.doctor.store import holder_of, look_at_the_store
from vurti.repository import open_repository

pytestmark = pytest.mark.postgres


def of_store(setup: SetUp, url: str) -> list[Finding]:
    setup.write(f'[repository]\nurl = "{url}"')
    return list(look_at_the_store(setup.config, GeventClock()))


def test_a_server_with_nothing_in_it_yet_is_no_fault(setup: SetUp, postgres: Server) -> None:
    (found,) = of_store(setup, ServerStore(postgres).url)
    assert found.verdict == "ok"
    assert found.what.startswith("PostgreSQL ")
    assert "nothing in it yet: vurti makes it; no vurti holds it" in found.what


def test_a_server_that_a_vurti_writes_says_which_and_looking_takes_it_from_nobody(
    setup: SetUp, postgres: Server
) -> None:
    url = ServerStore(postgres).url
    with open_repository(url, "system", VirtualClock().worker()) as repository:
        repository.start()
        found = of_store(setup, url)
        assert bad(found) == []
        assert "a vurti holds it (vurti" in found[0].what
        assert "can be read" in found[1].what
        assert holder_of(setup.config)
        assert repository.prune() == 0
    assert holder_of(setup.config) == ""


def test_a_user_that_may_make_no_tables_is_told_what_to_be_granted(
    setup: SetUp, postgres: Server
) -> None:
    store = ServerStore(postgres)
    postgres.sql(f"create role guest{store.schema} login")
    postgres.sql(f"grant usage on schema {store.schema} to guest{store.schema}")
    url = store.url.replace(postgres.url(), postgres.url(user=f"guest{store.schema}"))
    (found,) = bad(of_store(setup, url))
    assert found.way_out == "grant it CREATE on the schema"


def test_contract_19_a_server_that_lets_nobody_in_is_bad_and_no_password_is_told(
    setup: SetUp, postgres: Server
) -> None:
    url = postgres.url(database="nowhere", password="hunter2")
    (found,) = of_store(setup, url)
    assert found.verdict == "bad"
    assert "nowhere" in found.what
    assert "hunter2" not in str(found)
