"""The envelopes of JSON-RPC: what is a reply, what a notification, and what is refused."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vurti.wire import jsonrpc
from vurti.wire.error import WireError
from vurti.wire.jsonrpc import Error, Notification, Reply, read, reread

ID = "e32621e5-753f-45b8-b071-2eb929408efd"


def reply(body: bytes) -> Reply:
    message = read(body)
    assert isinstance(message, Reply)
    return message


def result(body: bytes) -> bytes | None:
    return reread(reply(body)).result


@pytest.mark.parametrize(
    "body",
    [
        b'{"jsonrpc": "2.0", "id": "%s", "result": [1, 2]}',
        b'{"id":"%s","jsonrpc":"2.0","result":[1, 2]}',
        b'{"result": [1, 2], "jsonrpc": "2.0", "id": "%s"}',
        b' {"jsonrpc": "2.0", "id": "%s", "result": [1, 2], "error": null} ',
        b'{"jsonrpc": "2.0", "id": "%s", "result": [1, 2], "more": "}"}',
    ],
)
def test_a_reply_is_read_in_whatever_order_its_parts_stand(body: bytes) -> None:
    told = reread(reply(body % ID.encode()))
    assert (told.id, json.loads(told.result or b""), told.error) == (ID, [1, 2], None)


def test_a_reply_that_lacks_its_end_is_none() -> None:
    with pytest.raises(WireError):
        read(b'{"jsonrpc": "2.0", "id": "%s", "result": 12' % ID.encode())


def test_an_error_is_read_with_its_code_and_a_bounded_text() -> None:
    told = reply(json.dumps({"id": ID, "error": {"code": 99, "message": "x" * 9999}}).encode())
    assert told.error == Error(99, "x" * 300)
    assert told.result is None


def test_the_answer_to_what_could_not_be_understood_has_no_id() -> None:
    told = reply(b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse"}}')
    assert told.id is None


def test_a_notification_keeps_its_parameters_as_json() -> None:
    told = read(b'{"jsonrpc":"2.0","method":"|net|host_conn|no_id","params":{"notify_time":5}}')
    assert told == Notification("|net|host_conn|no_id", b'{"notify_time":5}')


def test_a_result_of_true_is_a_result() -> None:
    assert result(b'{"jsonrpc":"2.0","id":"a","result":true}') == b"true"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no JSON-RPC"),
        (b"[]", "no JSON-RPC"),
        (b'[{"id":"a","result":1},{"id":"b","result":2}]', "no JSON-RPC"),
        (b"{}", "neither a reply nor a notification"),
        (b'{"id":"a"}', "neither result nor error"),
        (b'{"id":"a","error":{"message":"m"}}', "no JSON-RPC"),
        (b'{"id":"a","error":"m"}', "no JSON-RPC"),
        (b'{"id":[],"result":1}', "no JSON-RPC"),
        (b'{"id":"a","method":"Host.getStats"}', "a request"),
        (b'{"id":"a","result":[1', "no JSON-RPC"),
        (b'{"id":"a","more":' + b"[" * 100_000, "nested too deeply"),
        (b'{"id":"a","more":NaN,' + b'"result":' + b"[" * 100_000, "nested too deeply"),
        (b'{"id":"a","result":' + b"9" * 5000 + b',"more":NaN}', "no JSON-RPC"),
    ],
)
def test_contract_18_what_is_no_message_is_refused_with_its_reason(body: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        reread(reply(body))


@pytest.mark.parametrize(
    ("inner", "mended"),
    [(b"NaN", None), (b"-Infinity", None), (b'"\\udc80b"', "?b"), (b'"\xffb"', "\ufffdb")],
)
def test_what_a_strict_reader_refuses_is_replaced_and_the_rest_is_read(
    inner: bytes, mended: str | None
) -> None:
    told = reply(b'{"result": [1, %s], "id": "a", "more": NaN}' % inner)
    assert told.mended
    assert json.loads(told.result or b"") == [1, mended]


def test_the_result_of_a_plain_reply_is_cut_out_unread() -> None:
    told = reply(b'{"jsonrpc": "2.0", "id": "a", "result": "\xff"}')
    assert (told.result, told.mended) == (b' "\xff"', False)
    assert reread(told).result is not None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values, st.booleans())
def test_whatever_a_host_writes_as_json_is_read(value: object, plain: bool) -> None:
    parts = {"jsonrpc": "2.0", "id": "a", "result": value}
    parts = parts if plain else dict(reversed(parts.items()))
    told = read(json.dumps(parts).encode())
    assert isinstance(told, Reply)
    assert told.id == "a"
    assert told.result is not None
    json.loads(told.result)


@given(st.binary() | values.map(lambda value: json.dumps(value).encode()), st.integers(0, 99))
@example(b'{"jsonrpc":"2.0","id":"a","result":[{"x":1}', 99)
@example(b'{"jsonrpc":"2.0","id":"a","result":1,"method":"m"}', 99)
def test_contract_18_arbitrary_bytes_give_a_message_or_a_reason(body: bytes, cut: int) -> None:
    try:
        message = read(body[: max(len(body) - cut, cut)])
        if isinstance(message, Reply):
            reread(message)
    except WireError:
        pass


def test_a_request_is_one_object() -> None:
    sent = json.loads(jsonrpc.request("Host.getStats", {}, ID))
    assert sent == {"jsonrpc": "2.0", "method": "Host.getStats", "params": {}, "id": ID}
