"""What the inbox reads and how much of it (`security.md`, P), and that no field of any shape breaks it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from node.federation import bodies, receiving
from node.federation.bodies import BODY_MOST
from node.federation.gate import Gate
from tests.federation import by_hand
from tests.federation.by_hand import TYPE, Raw
from tests.federation.liar import Document, Liar, stamp
from tests.federation.stillness import HEARD, untouched
from tests.federation.town_of_nodes import Nodes, Place

Lied = tuple[Nodes, Liar]


async def read(
    place: Place, headers: Mapping[str, str], pieces: AsyncIterator[bytes | None]
) -> tuple[int, int]:
    """Post piece by piece, for ever if there is no end; None: the client is gone. The status, pieces read."""
    count, answered = 0, 0

    async def receive() -> Message:
        nonlocal count
        piece = await anext(pieces, b"")
        count += 1
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def send(message: Message) -> None:
        nonlocal answered
        answered = message.get("status", answered)

    scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "https", "path": "/inbox"}
    raw = Headers(headers).raw if not isinstance(headers, Headers) else headers.raw
    more = {"raw_path": b"/inbox", "query_string": b"", "root_path": "", "client": None, "server": None}
    await place.app({**scope, **more, "headers": raw}, receive, send)
    return answered, count


async def endless() -> AsyncIterator[bytes | None]:
    while True:
        yield b"x" * 1024


async def gone() -> AsyncIterator[bytes | None]:
    yield b"{"
    yield None


async def test_p01_too_long_is_refused_before_it_is_read(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    async with untouched(place):
        said = {"content-type": TYPE, "content-length": str(BODY_MOST + 1)}
        assert await read(place, said, endless()) == (413, 0)
        assert (await liar.says(place, b" " * (BODY_MOST + 1))).status_code == 413
    activity = json.dumps(liar.activity("Create", liar.note())).encode()
    assert (await liar.says(place, activity.ljust(BODY_MOST))).status_code == 202


@pytest.mark.parametrize("length", [None, "2", "0"])
async def test_p02_without_end(lied_to: Lied, length: str | None) -> None:
    (place, _), _ = lied_to
    headers = {"content-type": TYPE, **({"content-length": length} if length else {})}
    async with untouched(place):
        assert await read(place, headers, endless()) == (413, BODY_MOST // 1024 + 1)


async def test_p02_the_client_is_gone(lied_to: Lied, caplog: pytest.LogCaptureFixture) -> None:
    (place, _), _ = lied_to
    async with untouched(place):
        status, _ = await read(place, {"content-type": TYPE}, gone())
    assert status == 400
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


async def test_p02_r08_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it waits for ever")

    headers = [(b"content-type", TYPE.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/inbox", "headers": headers}, receive)
    with pytest.raises(HTTPException) as refused:
        await bodies.body_of(request, seconds=0.01)
    assert refused.value.status_code == 408
    assert refused.value.headers == {"Connection": "close"}
    assert bodies.BODY_SECONDS == 10


@pytest.mark.parametrize("length", ["-1", "1e3", "²", "9" * 5000, "0x10", "1_0", " ", "٣"])
async def test_p19_a_content_length_that_lies(lied_to: Lied, length: str) -> None:
    (place, _), _ = lied_to
    if not length.isascii():
        length = length.encode("utf-8").decode("latin-1")
    async with untouched(place):
        status, pieces = await read(place, {"content-type": TYPE, "content-length": length}, endless())
        assert (status, pieces) in ((400, 0), (413, 0))


async def test_p19_a_content_length_in_latin_1(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    status, pieces = await read(place, {"content-type": TYPE, "content-length": "\xb2"}, endless())
    assert (status, pieces) in ((400, 0), (413, 0))


async def test_p19_two_lengths(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    headers = Headers(
        raw=[(b"content-type", TYPE.encode()), (b"content-length", b"2"), (b"content-length", b"3")]
    )
    async with untouched(place):
        assert (await read(place, headers, endless()))[0] == 400


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, identity", "x"])
async def test_p03_compressed(lied_to: Lied, coding: str) -> None:
    (place, _), _ = lied_to
    async with untouched(place):
        headers = {"content-type": TYPE, "content-encoding": coding}
        assert await read(place, headers, endless()) == (415, 0)


@pytest.mark.parametrize("kind", ["", "text/html", "application/activity+jsonx", "multipart/form-data"])
async def test_another_content_type(lied_to: Lied, kind: str) -> None:
    (place, _), _ = lied_to
    async with untouched(place):
        assert await read(place, {"content-type": kind}, endless()) == (415, 0)


def nested(depth: int) -> bytes:
    """An object that is so deep, itself counted."""
    return b'{"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def twice(name: str) -> bytes:
    return b'{"type":"Create","%s":1,"%s":1}' % (name.encode(), name.encode())


BODIES = {
    "P04 100,000 brackets": b"[" * 100_000,
    "P04 100,000 objects": b'{"a":' * 40_000,
    "P04 closed as well": nested(100_000),
    "P04 33 deep": nested(33),
    "P05 1,001 keys": json.dumps({str(number): 0 for number in range(1001)}).encode(),
    "P05 1,000 items": json.dumps({"x": [0] * 1000}).encode(),
    "P05 in pieces": json.dumps({str(number): [0] * 30 for number in range(40)}).encode(),
    "P08 a key twice": twice("actor"),
    "P08 deep inside": b'{"object":{"to":[' + twice("id") + b"]}}",
    "P08 spelled otherwise": b'{"actor":1,"\\u0061ctor":2}',
    "P11 UTF-16": '{"type":"Create"}'.encode("utf-16"),
    "P11 UTF-16 without mark": '{"type":"Create"}'.encode("utf-16-le"),
    "P11 UTF-32": '{"type":"Create"}'.encode("utf-32"),
    "P11 a byte order mark": b"\xef\xbb\xbf" + b'{"type":"Create"}',
    "P11 latin-1": b'{"type":"Cr\xe9ate"}',
    "P11 half a pair in UTF-8": b'{"type":"\xed\xa0\x80"}',
    "nothing": b"",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "no number": b'{"x":NaN}',
    "endless": b'{"x":-Infinity}',
    "a number of 5,000 digits": b'{"x":' + b"9" * 5000 + b"}",
    "@graph": b'{"@graph":[]}',
    "@reverse inside": b'{"object":{"@reverse":{}}}',
    "@included": b'{"@included":[]}',
    "more after it": b'{"type":"Create"}{}',
    "NUL": b'{"type":"Create"}\x00',
}


@pytest.mark.parametrize("name", BODIES)
async def test_p04_p05_p08_p11_a_body_that_is_not_read(lied_to: Lied, name: str) -> None:
    (place, _), liar = lied_to
    async with untouched(place):
        assert (await liar.says(place, BODIES[name])).status_code == 400


async def test_p04_p05_up_to_the_limit_it_is_read(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    for more in (json.loads(nested(31))["x"], [0] * 900):
        before = await place.count("posts")
        assert (await liar.says(place, liar.activity("Create", liar.note(), x=more))).status_code == 202
        assert await place.count("posts") == before + 1


async def test_p12_long_words_are_cut(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    source = {"content": "t" * 70_000, "mediaType": "text/plain"}
    note = liar.note(name="n" * 600, source=source, party={"id": liar.uri("p"), "name": "p" * 600})
    assert (await liar.says(place, liar.activity("Create", note))).status_code == 202
    kept = next(row for row in (await place.rows())["posts"] if note["id"] in row)
    assert max(len(value) for value in kept if isinstance(value, str)) == 64 * 1024
    assert {"n" * 500, "p" * 80} <= set(kept)
    assert not {"n" * 501, "p" * 81} & set(kept)


async def test_p13_more_tags_and_attachments_than_anybody_means(lied_to: Lied) -> None:
    """What is kept of a post is no longer for them."""
    (place, _), liar = lied_to
    link = {"type": "Document", "url": "https://leugenaar.example/x.png", "name": "plaatje"}
    tags = [{"type": "Hashtag", "name": f"#woord{number}"} for number in range(60)]
    tags += [{"type": "Mention", "href": f"{liar.origin}/{number}"} for number in range(25)]
    kept = []
    odd: list[Document] = [{}, {"tag": tags, "attachment": [link] * 11, "icon": link, "image": [link] * 5}]
    for more in odd:
        note = liar.note(**more)
        assert (await liar.says(place, liar.activity("Create", note))).status_code == 202
        row = next(row for row in (await place.rows())["posts"] if note["id"] in row)
        kept.append(sum(len(str(value)) for value in row))
    assert abs(kept[1] - kept[0]) < 2000
    assert not [url for url in liar.asked if "x.png" in url]


TIMES = [
    "-001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
]
NO_TIMES: list[Any] = [
    *TIMES,
    "2026-01-01T00:00:00+99:00",
    "1e20",
    1e20,
    -1,
    "2" * 100_000,
    {"@value": stamp()},
    [stamp()],
]


@pytest.mark.parametrize("value", NO_TIMES)
async def test_p14_times_nobody_means(lied_to: Lied, value: Any) -> None:
    (place, _), liar = lied_to
    for activity in (
        liar.activity("Create", liar.note(), published=value),
        liar.activity("Create", liar.note(endTime=value)),
        liar.activity("Create", liar.note(updated=value, published=value)),
    ):
        async with untouched(place):
            assert (await liar.says(place, activity, proved=False)).status_code == 400


async def test_p14_a_time_without_a_zone_means_nothing(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    value = "2026-01-01T00:00:00"
    for activity in (
        liar.activity("Create", liar.note(), published=value),
        liar.activity("Create", liar.note(endTime=value)),
        liar.activity("Create", liar.note(updated=value, published=value)),
    ):
        async with untouched(place, *HEARD):
            assert (await liar.says(place, activity)).status_code == 202


async def test_p14_from_the_future_is_from_now(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    note = liar.note(published="2150-01-01T00:00:00Z", updated="2150-01-01T00:00:00Z")
    assert (await liar.says(place, liar.activity("Create", note))).status_code == 202
    kept = next(row for row in (await place.rows())["posts"] if note["id"] in row)
    assert not [value for value in kept if getattr(value, "year", 0) == 2150]


@pytest.mark.parametrize(
    "tail", ["x" * 2048, "\n", "\x00", '"', " ", "\u2028", "\u202e", "\\", "<", "\ud800"]
)
async def test_p15_addresses_that_are_none(lied_to: Lied, tail: str) -> None:
    (place, _), liar = lied_to
    uri = liar.uri("o") + tail
    for activity in (
        liar.activity("Create", liar.note(), id=uri),
        liar.activity("Create", liar.note(uri)),
        liar.activity("Delete", uri),
        liar.activity("Undo", uri),
    ):
        async with untouched(place):
            assert (await liar.says(place, activity, proved=False)).status_code == 400
    async with untouched(place):
        spoken = liar.activity("Create", liar.note(), actor=liar.actor + tail)
        assert (await liar.says(place, spoken, proved=False)).status_code == 400


# Every field of everything that is read


def said(liar: Liar) -> dict[tuple[str, str | None], Document]:
    """One of everything in the table."""
    follow = {"type": "Follow", "id": liar.uri(), "actor": liar.actor, "object": "https://centrum.example"}
    agreement = {
        "type": "Agreement",
        "stipulates": {"type": "Commitment", "satisfies": liar.uri() + "#primary"},
    }
    party = {"id": liar.uri("p"), "name": "Lou"}
    source = {"content": "Ja.", "mediaType": "text/plain"}
    result = {"type": "Agreement", "id": liar.uri("g"), "attributedTo": liar.actor}
    return {
        ("Follow", None): liar.activity("Follow", "https://centrum.example/ap/buurt/centrum"),
        ("Create", "Note"): liar.activity(
            "Create", liar.note(contentMap={"nl": "x"}, location={"name": "x"})
        ),
        ("Update", "Note"): liar.activity(
            "Update", liar.note(contentMap={"nl": "x"}, location={"name": "x"})
        ),
        ("Create", "Event"): liar.activity("Create", _event(liar)),
        ("Update", "Event"): liar.activity("Update", _event(liar)),
        ("Offer", None): liar.activity("Offer", liar.actor, target="https://centrum.example/ap/hub/nodes"),
        ("Join", None): liar.activity("Join", liar.uri("o"), party=party, source=source),
        ("Invite", None): liar.activity(
            "Invite", liar.uri("o"), target="https://centrum.example/ap/o/1", endTime="2099-01-01T10:00:00Z"
        ),
        ("Add", None): liar.activity("Add", liar.actor, target="https://centrum.example/ap/hub/nodes"),
        ("Remove", None): liar.activity("Remove", liar.actor, target="https://centrum.example/ap/hub/nodes"),
        ("Update", "Agreement"): liar.activity("Update", {**result, "listingState": "fulfilled"}),
        ("Update", "Group"): liar.activity("Update", {"type": "Group", "id": liar.actor}),
        ("Update", None): liar.activity("Update", liar.actor),
        ("Delete", None): liar.activity("Delete", {"id": liar.uri("o"), "type": "Tombstone"}),
        ("Offer", "Agreement"): liar.activity("Offer", agreement, party=party, source=source),
        ("Accept", None): liar.activity("Accept", follow, result=result, party=party),
        ("Reject", None): liar.activity("Reject", liar.uri(), reason="taken"),
        ("Undo", None): liar.activity("Undo", liar.uri(), reason="x"),
        ("Move", None): liar.activity("Move", liar.actor, target="https://ver.example/ap/buurt/ver"),
        ("Announce", None): liar.activity(
            "Announce", {"type": "Create", "id": liar.uri(), "object": {"id": "https://ver.example/ap/o/1"}}
        ),
    }


def _event(liar: Liar) -> Document:
    when: Document = {
        "startTime": "2099-01-01T10:00:00Z",
        "maximumAttendeeCapacity": 5,
        "remainingAttendeeCapacity": 5,
    }
    return liar.note(type="Event", kind="event", **when)


def fields(thing: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The way to everything in it."""
    members = (
        thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    )
    for name, inner in members:
        yield (*path, name)
        yield from fields(inner, *path, name)


def changed(thing: Any, path: tuple[str | int, ...], value: Any) -> Any:
    whole = deepcopy(thing)
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return whole


ODD: list[Any] = [
    None,
    10**300,
    "\ud800",
    "https://[",
    [],
    [None, {}],
    {"id": []},
    {"id": "https://leugenaar.example/x", "type": []},
]


async def unbroken(lied_to: Lied, document: Document) -> None:
    (place, _), liar = lied_to
    response = await liar.says(place, document, proved=False)
    assert place.wire.broken == []
    assert response.status_code in (202, 400, 401)


def test_everything_in_the_table_is_said(lied_to: Lied) -> None:
    assert said(lied_to[1]).keys() == receiving.TABLE.keys()


@pytest.mark.parametrize("kind", receiving.TABLE, ids=str)
async def test_odd_things_in_every_field(
    lied_to: Lied, kind: tuple[str, str | None], caplog: pytest.LogCaptureFixture
) -> None:
    _, liar = lied_to
    for path in fields(said(liar)[kind]):
        for odd in ODD:
            await unbroken(lied_to, changed(said(liar)[kind], path, odd))
    for odd in ODD:
        await unbroken(lied_to, {**said(liar)[kind], "proof": odd})
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


WORDS = st.text(st.characters(), max_size=8) | st.sampled_from(["id", "type", "@context", "Note", "Follow"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(sorted(receiving.TABLE, key=str)), value=JSON, data=st.data())
async def test_anything_in_any_field(
    lied_to: Lied, kind: tuple[str, str | None], value: Any, data: st.DataObject
) -> None:
    activity = said(lied_to[1])[kind]
    path = data.draw(st.sampled_from(list(fields(activity))))
    await unbroken(lied_to, changed(activity, path, value))


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
async def test_p23_any_bytes(lied_to: Lied, body: bytes) -> None:
    (place, _), liar = lied_to
    place.door.gate = Gate()  # a minute later
    before = await place.rows()
    assert (await liar.says(place, body)).status_code in (400, 401)
    headers = dict.fromkeys(("signature", "signature-input", "content-digest"), body.decode("latin-1"))
    raw = Raw("POST", f"{place.origin}/inbox", {"content-type": TYPE, **headers}, body)
    assert (await by_hand.knock(place, raw)).status_code in (400, 401)
    assert await place.rows() == before
    assert not place.wire.broken


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/webfinger?resource=https://[",
        "/.well-known/webfinger?resource=acct:%00@%ff",
        "/.well-known/webfinger",
        "/ap/o/%00",
        "/ap/o/%ff",
        "/ap/buurt/centrum/outbox?before=%00",
        "/ap/buurt/centrum/outbox?before=MQ",
        "/ap/buurt/centrum/outbox?before=MC4A",
        "/ap/buurt/centrum/outbox?before=" + "OTk5" * 2000,
    ],
)
async def test_odd_addresses_are_not_here(lied_to: Lied, path: str) -> None:
    (place, _), liar = lied_to
    await liar.reads(place, f"{place.home.actor}/outbox")  # so that its key is known
    async with untouched(place):
        assert (await by_hand.knock(place, Raw("GET", place.origin + path, {}))).status_code in (400, 404)
        assert (await liar.reads(place, place.origin + path)).status_code in (400, 404)
