"""XML-RPC as bytes. The standard library is the other side: what it reads and writes, so do we."""

import xmlrpc.client
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.wire import xmlrpc as wire
from vurti.wire.error import WireError
from vurti.wire.xmlrpc import DEPTH_MAX, TAGS_MAX, Fault, Malformed

LEGAL = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"
)
TEXTS = st.text(LEGAL)
VALUES = st.recursive(
    TEXTS
    | st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def written(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True, encoding="utf-8").encode()


def answer(value: str) -> bytes:
    head = "<?xml version='1.0'?><methodResponse><params><param><value>"
    return f"{head}{value}</value></param></params></methodResponse>".encode()


@given(VALUES)
def test_what_the_standard_library_writes_is_read(value: Any) -> None:
    assert wire.reply(written(value)) == value


@given(TEXTS, TEXTS, st.booleans())
def test_what_is_written_the_standard_library_reads(method: str, text: str, flag: bool) -> None:
    told = xmlrpc.client.loads(wire.call(method, text, flag))
    assert told == ((text, flag), method)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a &lt;b&gt; &amp; &#233;", "a <b> & é"),
        ("", ""),
        ("<string/>", ""),
        ("<i4>5</i4>", 5),
        ("<i8>9000000000</i8>", 9_000_000_000),
        ("<nil/>", None),
        ("<int>five</int>", "five"),
        ("<double>nil</double>", "nil"),
        ("<boolean> 1 </boolean>", True),
        ("<base64>YQ==</base64>", "YQ=="),
        ("<array><data/></array>", []),
        ("<struct/>", {}),
        ("\n <struct>\n <member><name>a</name><value>b</value></member>\n</struct>\n", {"a": "b"}),
    ],
)
def test_other_ways_to_write_a_value(value: str, expected: object) -> None:
    assert wire.reply(answer(value)) == expected


def test_a_fault_is_a_value() -> None:
    fault = xmlrpc.client.dumps(xmlrpc.client.Fault(1, "no verb"), methodresponse=True)
    assert wire.reply(fault.encode()) == Fault(1, "no verb")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>no</body></html>",
        b"<methodResponse/>",
        b"<methodResponse><params/></methodResponse>",
        b"<methodResponse><other/></methodResponse>",
        answer("<int>1</int><int>2</int>"),
        answer("<string><b/></string>"),
        answer("<thing>1</thing>"),
        answer("<array><value>1</value></array>"),
        answer("<array><data><int>1</int></data></array>"),
        answer("<struct><member><name>a</name></member></struct>"),
        answer("<struct><member><value>a</value><name>a</name></member></struct>"),
        answer("<struct><name>a</name></struct>"),
    ],
)
def test_what_is_no_answer_of_xml_rpc_is_the_documented_error(body: bytes) -> None:
    with pytest.raises(WireError):
        wire.reply(body)


@pytest.mark.parametrize("cut", [0, 1, 60, 150, -3, -20])
def test_a_cut_off_answer_is_told_from_a_malformed_one(cut: int) -> None:
    with pytest.raises(WireError, match="cut off") as told:
        wire.reply(written({"a": ["b"] * 9})[:cut])
    assert not isinstance(told.value, Malformed)


SPOILT = {
    b"a\x01b": "ab",
    b"a\x1b[31mb": "a[31mb",
    b"a&#27;b": "ab",
    b"a&#x0;&#xFFFF;b": "ab",
    b"a&#55555555;b": "ab",
    b"M\xfcller": "M\ufffdller",
    b"a\xef\xbf\xbfb": "ab",
    b"fine &#233;&amp;\x02": "fine é&",
}


@pytest.mark.parametrize(("spoilt", "expected"), SPOILT.items(), ids=map(repr, SPOILT))
def test_what_no_xml_can_carry_is_malformed_and_can_be_cleansed(
    spoilt: bytes, expected: str
) -> None:
    body = answer("THIS").replace(b"THIS", spoilt)
    with pytest.raises(Malformed):
        wire.reply(body)
    assert wire.reply(wire.cleansed(body)) == expected


@given(VALUES)
def test_what_is_well_is_not_changed_by_cleansing(value: Any) -> None:
    assert wire.reply(wire.cleansed(written(value))) == value


LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS + answer("&c;"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + answer("x"),
        answer("<![CDATA[x]]>"),
    ],
)
def test_nothing_is_expanded_or_fetched(body: bytes) -> None:
    with pytest.raises(WireError, match="no place in an answer"):
        wire.reply(body)


def test_entities_hidden_in_another_encoding_are_not_found_either() -> None:
    text = LAUGHS.decode() + answer("&c;").decode()
    with pytest.raises(WireError):
        wire.reply(text.encode("utf-16"))


def test_an_entity_of_nobody_is_malformed() -> None:
    with pytest.raises(Malformed):
        wire.reply(answer("&who;"))


def nested(depth: int) -> bytes:
    return answer("<array><data><value>" * depth + "x" + "</value></data></array>" * depth)


def test_depth_has_a_limit() -> None:
    assert wire.reply(nested(DEPTH_MAX))
    for depth in (DEPTH_MAX + 1, 50_000):
        with pytest.raises(WireError, match="deeper than"):
            wire.reply(nested(depth))


def test_the_number_of_tags_has_a_limit() -> None:
    with pytest.raises(WireError, match="tags, more than"):
        wire.reply(answer("<a/>" * TAGS_MAX))


def test_elements_that_are_never_closed_are_cut_off() -> None:
    with pytest.raises(WireError, match="cut off"):
        wire.reply(b"<a>" * 300_000)


@given(st.binary() | st.text().map(lambda text: answer(text)))
def test_any_bytes_are_a_value_or_the_documented_error(body: bytes) -> None:
    for one in (body, wire.cleansed(body)):
        with suppress(WireError):
            wire.reply(one)
