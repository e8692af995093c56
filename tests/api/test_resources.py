"""What is stored is what is told."""

import pytest

from tests.api.conftest import HOSTILE, NOW, Api
from vurti.api.v1.asked import Hosts, Vms
from vurti.clock import Timeout
from vurti.errors import StoreError
from vurti.model import Guest, Hardware, Vm, VmStatus
from vurti.repository import Reader


def test_hosts_are_listed_with_their_age_of_truth(api: Api) -> None:
    told = api.get("/hosts").json
    assert told is not None
    assert [(one["id"], one["status"], one["stale"]) for one in told["items"]] == [
        ("alpha", "Up", False),
        ("beta/2", "NonResponsive", True),
    ]
    assert told["items"][0]["heard_at"] == NOW - 5
    assert told["items"][0]["statistics"]["cpu_percent"] == 41.6
    assert told["now"] == NOW


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("status=Up", ["vm0", "vm1", "vm2", "vm3"]),
        ("status=Paused", ["bad"]),
        ("host=alpha&limit=2", ["vm0", "vm1"]),
        ("cluster=west", ["bad"]),
        ("name=name2", ["vm2"]),
        ("after=vm1", ["vm2", "vm3"]),
        ("status=Nowhere", []),
    ],
)
def test_vms_are_filtered(api: Api, query: str, ids: list[str]) -> None:
    told = api.get(f"/vms?{query}").json
    assert told is not None
    assert [one["id"] for one in told["items"]] == ids


def test_pages_follow_each_other_until_there_is_no_next(api: Api) -> None:
    found, after = [], ""
    for _ in range(10):
        told = api.get(f"/vms?limit=2{after}").json
        assert told is not None
        found += [one["id"] for one in told["items"]]
        if told["next"] is None:
            break
        after = f"&after={told['next']}"
    assert found == ["bad", "vm0", "vm1", "vm2", "vm3"]


def test_vms_are_told_alike_whether_or_not_their_fields_are_named(api: Api) -> None:
    """Without names the database makes their objects."""
    told = api.get("/vms").json
    assert told is not None
    assert {one["stale"] for one in told["items"]} == {False, True}
    named = api.get(f"/vms?fields={','.join(told['items'][0])}").json
    assert named is not None
    assert told["items"] == named["items"]


def test_only_the_fields_that_are_asked_for_are_told(api: Api) -> None:
    told = api.get("/vms?fields=id,status&limit=1").json
    assert told is not None
    assert told["items"] == [{"id": "bad", "status": "Paused"}]
    refused = api.get("/vms?fields=id,statu")
    assert refused.status_code == 422
    assert "did you mean status?" in refused.text


def test_a_list_leaves_out_what_is_long_and_one_object_has_it(api: Api) -> None:
    listed = api.get("/vms?limit=1").json
    everything = api.get("/vms?limit=1&fields=*").json
    one = api.get("/vms/vm0").json
    assert listed is not None
    assert everything is not None
    assert one is not None
    assert "hardware" not in listed["items"][0]
    assert "hardware" in everything["items"][0]
    assert "hardware" in one


@pytest.mark.parametrize("fields", ["*", "id,hardware", "hardware , status", "guest,hardware"])
def test_what_is_long_is_told_whole_to_who_asks_for_it(api: Api, fields: str) -> None:
    api.put(Vm("aaa", hardware=Hardware("hash-7"), guest=Guest(fqdn="a.example"), run_on="alpha"))
    told = api.get(f"/vms?limit=1&fields={fields}").json
    assert told is not None
    assert told["items"][0]["hardware"]["hash"] == "hash-7"


def test_a_thing_is_found_by_its_id_whatever_that_is(api: Api) -> None:
    found = api.get("/hosts/beta/2").json
    assert found is not None
    assert (found["id"], found["cluster"]) == ("beta/2", "west")
    api.put(Vm("ü/ %\u2028", "odd", VmStatus.UP, run_on="alpha"))
    told = api.client().get("/api/v1/vms/%C3%BC%2F%20%25%E2%80%A8").json
    assert told is not None
    assert told["name"] == "odd"


@pytest.mark.parametrize(
    "path", ["/vms/nix", "/hosts/nix", "/vms/nix/explain", "/nix", "/events/1"]
)
def test_what_is_not_there_is_told_as_a_problem(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["status"], answer.json["title"]) == (404, "Not Found")


def test_an_answer_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    first = api.get("/vms?limit=2")
    tag = first.headers["ETag"]
    same = api.get("/vms?limit=2", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    api.put(Vm("aaa", "new", VmStatus.UP, run_on="alpha"))
    assert api.get("/vms?limit=2", headers={"If-None-Match": tag}).status_code == 200


def test_events_are_told_in_the_order_of_the_log_and_by_cursor(api: Api) -> None:
    told = api.get("/events?after=2&limit=3").json
    assert told is not None
    assert [one["cursor"] for one in told["items"]] == [3, 4, 5]
    assert told["next"] == 5
    rest = api.get("/events?after=5").json
    assert rest is not None
    assert [one["cursor"] for one in rest["items"]] == [6, 7]
    assert rest["next"] is None


def test_events_are_filtered_by_kind_and_thing(api: Api) -> None:
    for query, cursors in (
        ("kind=VdsAdded", [1, 2]),
        ("vm=vm1", [4]),
        ("host=alpha", [1]),
        ("kind=VmMigrated", []),
    ):
        told = api.get(f"/events?{query}").json
        assert told is not None
        assert [one["cursor"] for one in told["items"]] == cursors, query
    history = api.get("/vms/vm1/events").json
    assert history is not None
    assert [one["kind"] for one in history["items"]] == ["VmAdded"]


def test_a_cursor_that_the_log_has_forgotten_says_so_and_from_where_it_can_be_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "log_bounds", lambda _self: (5, 7))
    answer = api.get("/events?after=2")
    assert answer.status_code == 410
    assert answer.json is not None
    assert answer.json["type"] == "urn:vurti:problem:cursor-too-old"
    assert (answer.json["first"], answer.json["last"]) == (5, 7)
    assert api.get("/events?after=4").status_code == 200
    assert api.get("/events?after=8").status_code == 404


def test_a_history_is_paged_back_from_its_end_to_its_beginning(api: Api) -> None:
    api.put(Vm("vm1", "name1", VmStatus.DOWN))
    found, before = [], 0
    for _ in range(10):
        told = api.get(f"/events?before={before}&limit=3").json
        assert told is not None
        found += [one["cursor"] for one in told["items"]]
        if told["next"] is None:
            break
        before = told["next"]
    assert found == [8, 7, 6, 5, 4, 3, 2, 1]
    history = api.get("/vms/vm1/events?before=0").json
    assert history is not None
    assert [one["cursor"] for one in history["items"]] == [8, 4]
    assert history["next"] is None
    early = api.get("/events?before=8&vm=vm1").json
    assert early is not None
    assert [one["cursor"] for one in early["items"]] == [4]


def test_who_pages_back_is_not_told_that_the_log_has_forgotten_its_beginning(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "log_bounds", lambda _self: (5, 7))
    assert api.get("/vms/vm1/events").status_code == 410
    assert api.get("/vms/vm1/events?before=0").status_code == 200


def test_an_event_says_who_holds_the_vm(api: Api) -> None:
    api.put(Vm("vm9", "web", VmStatus.MIGRATING_FROM, "alpha", migrating_to="beta/2"))
    told = api.get("/vms/vm9/events").json
    assert told is not None
    assert (told["items"][0]["run_on"], told["items"][0]["migrating_to"]) == ("alpha", "beta/2")


def test_whole_events_have_the_states_before_and_after(api: Api) -> None:
    told = api.get("/events?vm=vm1&whole=true").json
    assert told is not None
    assert api.get("/vms/vm1/events?whole=true").json == told
    (one,) = told["items"]
    assert one["event"]["after"]["run_on"] == "alpha"
    assert one["committed_at"] == NOW - 29


def test_a_snapshot_is_of_one_moment_of_the_log(api: Api) -> None:
    told = api.get("/snapshot?vm_fields=id").json
    assert told is not None
    assert told["cursor"] == 7
    assert [one["id"] for one in told["hosts"]] == ["alpha", "beta/2"]
    assert told["vms"] == [{"id": one} for one in ("bad", "vm0", "vm1", "vm2", "vm3")]


def test_why_a_vm_is_as_it_is_is_told_with_its_last_events(api: Api) -> None:
    told = api.get("/vms/vm2/explain?events=1").json
    assert told is not None
    assert (told["status"], told["rule"]) == ("Up", "a rule")
    assert [one["kind"] for one in told["events"]] == ["VmAdded"]


def test_hostile_names_come_out_harmless_everywhere(api: Api) -> None:
    for path in ("/vms?limit=1", "/vms/bad", "/events?vm=bad", "/vms/bad/explain", "/snapshot"):
        answer = api.get(path)
        assert answer.status_code == 200, path
        assert all(one.isprintable() for one in answer.text), path
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert HOSTILE in _texts(answer.json), path


def _texts(told: object) -> list[str]:
    match told:
        case dict():
            return [text for value in told.values() for text in _texts(value)]
        case list():
            return [text for value in told for text in _texts(value)]
        case str():
            return [told]
        case _:
            return []


def test_a_store_that_cannot_be_read_is_no_bug_and_shows_no_secret(api: Api) -> None:
    def broken(_question: object) -> object:
        raise StoreError("postgresql://vurti:geheim@db/vurti: connection refused")

    answer = api.client(ask=broken).get("/api/v1/vms")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "geheim" not in answer.text


def test_a_bug_of_ours_is_not_described_to_others(api: Api) -> None:
    def broken(_question: object) -> object:
        raise RuntimeError("with /etc/secret in it")

    answer = api.client(ask=broken).get("/api/v1/vms")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_what_vurti_tells_of_itself_is_what_was_handed_in(api: Api) -> None:
    client = api.client(running={"pipeline": lambda: {"decide": {"queued": 3}}})
    assert client.get("/api/v1/pipeline").json == {"decide": {"queued": 3}}
    assert client.get("/api/v1/inventories").status_code == 404


def test_the_stream_begins_behind_the_snapshot_and_ends_when_its_reader_leaves(api: Api) -> None:
    answer = api.get("/stream?after=5&kind=VmAdded", buffered=False)
    pieces = iter(answer.response)
    assert next(pieces) == b"retry: 2000\n\n"
    sent = next(pieces)
    assert isinstance(sent, bytes)
    assert [line for line in sent.decode().split("\n") if line.startswith("id: ")] == [
        "id: 6",
        "id: 7",
    ]
    assert api.hub.readers == 1
    answer.close()
    assert api.hub.readers == 0


def test_a_browser_that_comes_back_says_where_it_was(api: Api) -> None:
    answer = api.get("/stream", headers={"Last-Event-ID": "6"}, buffered=False)
    pieces = iter(answer.response)
    next(pieces)
    assert b"id: 7" in next(pieces)  # type: ignore[operator]
    answer.close()
    assert api.get("/stream", headers={"Last-Event-ID": "x"}).status_code == 422


def test_while_the_loop_is_too_busy_to_be_asked_it_is_worth_trying_again(api: Api) -> None:
    def too_busy() -> None:
        raise Timeout("not within 10 s")

    answer = api.client(running={"pipeline": too_busy}).get("/api/v1/pipeline")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.mimetype == "application/problem+json"


def test_what_a_question_may_have_is_described_once_and_the_same_as_by_itself() -> None:
    kept = {asked: asked.model_json_schema() for asked in (Vms, Hosts)}
    for asked, schema in kept.items():
        assert asked.model_json_schema() is schema
        assert schema == asked.model_json_schema(by_alias=True)
    assert kept[Vms] != kept[Hosts]
