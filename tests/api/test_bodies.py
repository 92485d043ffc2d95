"""What somebody sends: read within limits, and what is wrong with it said per field."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.api.programs import Here, asked, opened, said

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    """One neighbourhood for all of these tests: hardly anything they try is done."""
    async with opened(tmp_path_factory.mktemp("centrum")) as here:
        yield here


async def send(here: Here, body: bytes, **headers: str) -> httpx.Response:
    words = {name.replace("_", "-"): value for name, value in headers.items()}
    return await here.call("poster", "POST", "/requests", content=body, headers={**JSON, **words})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"title": "a", "title": "b"}',
        b'{"title": {"a": 1, "a": 2}}',
        b'{"places": NaN}',
        b'{"places": -Infinity}',
        b'{"places": 1' + b"0" * 5000 + b"}",
        b'{"title": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 33 + b"]" * 33,
        b"[" + b"1," * 1000 + b"1]",
        b'{"title": [' + b'{"a": 1},' * 600 + b"1]}",
    ],
)
async def test_what_cannot_be_read(here: Here, body: bytes) -> None:
    said(await send(here, body), 400)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"[" * 32 + b"]" * 32])
async def test_what_is_no_object(here: Here, body: bytes) -> None:
    assert set(said(await send(here, body), 422)["errors"]) == {"body"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 5),
        ("title", None),
        ("title", ["a"]),
        ("title", ""),
        ("title", " "),
        ("title", "a" * 121),
        ("title", "nul \x00"),
        ("text", 5),
        ("text", "a" * 4001),
        ("text", "bell \x07"),
        ("category", "auto"),
        ("category", "\x00"),
        ("audience", "everybody"),
        ("audience", ""),
        ("audience", "municipality"),
        ("urgency", "now"),
        ("urgency", True),
        ("decide", "lottery"),
        ("places", 0),
        ("places", 51),
        ("places", "2"),
        ("places", 1.5),
        ("places", True),
        ("places", 10**30),
        ("expires", "tomorrow"),
        ("expires", 5),
        ("expires", "2030-01-01T00:00:00"),
        ("expires", "2001-01-01T00:00:00Z"),
        ("expires", "9999-12-31T23:59:59-23:59"),
        ("expires", "0001-01-01T00:00:00+23:59"),
        ("starts", "2030-01-01T00:00:00Z"),
        ("state", "open"),
        ("kind", "request"),
        ("colour" * 50, 1),
    ],
)
async def test_what_is_wrong_is_named(here: Here, field: str, value: object) -> None:
    refused = await here.post("poster", "/requests", asked(**{field: value}), 422)
    assert list(refused["errors"]) == [field[:100]]
    assert refused["errors"][field[:100]]
    if field != "kind" and len(field) < 100:
        post = await here.asks()
        body = {field: value} if field != "state" else {"state": "done"}
        changed = await here.patch("poster", f"/requests/{post['id']}", body, 422)
        assert list(changed["errors"]) == [field]


async def test_everything_wrong_is_named_at_once(here: Here) -> None:
    refused = await here.post("poster", "/requests", {"text": 5, "colour": "red", "places": "two"}, 422)
    assert set(refused["errors"]) == {"title", "category", "text", "colour", "places"}


async def test_what_the_rules_refuse_is_named_with_the_rest(here: Here) -> None:
    body = asked(title="a" * 121, text=5, audience="everybody", starts="2030-01-01T00:00:00Z", colour="red")
    refused = await here.post("poster", "/requests", body, 422)
    assert refused["errors"] == {
        "title": "At most 120 letters.",
        "audience": "Choose who may see this.",
        "text": "Send text.",
        "starts": "Only an event has this.",
        "colour": "This is not known here.",
    }
    post = await here.asks()
    body = {"title": "", "places": 1.5, "state": "done"}
    changed = await here.patch("poster", f"/requests/{post['id']}", body, 422)
    assert set(changed["errors"]) == {"title", "places", "state"}
    assert await here.get("poster", f"/requests/{post['id']}") == post
    newest = (await here.get("poster", "/requests", mine="true"))["items"][0]
    assert newest == post  # of what was refused nothing is kept


async def test_what_is_of_another_sort_is_said_in_plain_words(here: Here) -> None:
    time = "Send a time with its zone (RFC 3339), such as 2030-05-31T18:00:00Z."
    for field, value, words in (
        ("title", 5, "Send text."),
        ("places", 1.5, "Send a whole number."),
        ("widen", "yes", "Say yes or no: true or false."),
        ("expires", "2030-01-01T00:00:00", time),
        ("urgency", 1, "Choose one of: urgent, week, whenever."),
    ):
        refused = await here.post("poster", "/requests", asked(**{field: value}), 422)
        assert refused["errors"] == {field: words}
    for path, body, errors in (
        ("/matches", {"request": "a b", "response": "a"}, {"request": "Send an id, as this node gave it."}),
        ("/nodes/x/expel", {"reason": "a" * 201}, {"reason": "Send text, at most 200 letters."}),
    ):
        assert (await here.post("operator", path, body, 422))["errors"] == errors
    for query, words in (
        ({"limit": "1.0"}, "Send a whole number, from 1 to 100."),
        ({"limit": "+1"}, "Send a whole number, from 1 to 100."),
        ({"own": "1"}, "Say yes or no: true or false."),
        ({"mine": "True"}, "Say yes or no: true or false."),
        ({"state": "closed"}, "Choose one of: open."),
    ):
        assert list((await here.get("poster", "/requests", 422, **query))["errors"].values()) == [words]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/matches", {"request": "a"}, "response"),
        ("/matches", {"request": 1, "response": "a"}, "request"),
        ("/matches", {"request": "a b", "response": "a"}, "request"),
        ("/matches", {"request": "a", "response": "a", "offer": "a"}, "offer"),
        ("/nodes", {"address": ""}, "address"),
        ("/nodes", {"address": "a b"}, "address"),
        ("/nodes", {"address": "a\x00b"}, "address"),
        ("/nodes", {}, "address"),
    ],
)
async def test_other_bodies_too(here: Here, path: str, body: dict[str, Any], field: str) -> None:
    assert list((await here.post("operator", path, body, 422))["errors"]) == [field]


async def test_an_answer_needs_words(here: Here) -> None:
    post = await here.asks()
    for text in ("", "  ", "a" * 2001, "bell \x07"):
        body = {"text": text}
        refused = await here.post("helper", f"/requests/{post['id']}/responses", body, 422)
        assert list(refused["errors"]) == ["text"]


async def test_where_no_words_are_needed_an_empty_object_will_do(here: Here) -> None:
    post = await here.asks()
    match = await here.agree(post, await here.answers("helper", post))
    path = f"/matches/{match['id']}"
    assert list((await here.post("poster", f"{path}/cancel", {"reason": "ill"}, 422))["errors"]) == ["reason"]
    said(await here.call("poster", "POST", f"{path}/complete", content=b"ready"), 415)
    await here.post("poster", f"{path}/complete", {}, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"content_type": "application/json; charset=utf-16"},
        {"content_type": "application/jsonp"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_read(here: Here, headers: dict[str, str]) -> None:
    said(await send(here, b"{}", **headers), 415)


async def test_the_usual_ways_to_say_json(here: Here) -> None:
    for kind in ("application/json; charset=UTF-8", "Application/JSON", 'application/json;charset="utf-8"'):
        said(await send(here, b"{}", content_type=kind), 422)


async def test_too_large_is_refused_before_it_is_read(here: Here) -> None:
    given = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(1000):
            given += 1
            yield b" " * 4096

    refused = await here.call("poster", "POST", "/requests", content=pieces(), headers=JSON)
    said(refused, 413)
    assert given == 65
    said(await send(here, b"{}", content_length=str(256 * 1024 + 1)), 413)
    said(await send(here, b" " * (256 * 1024)), 400)


async def test_whoever_may_not_is_refused_before_anything_is_read(here: Here) -> None:
    given = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal given
        given += 1
        yield b"{}"

    for part, status in ((None, 401), ("outsider", 403)):
        said(await here.call(part, "POST", "/requests", content=pieces(), headers=JSON), status)
    assert given == 0


async def test_a_query_is_checked_too(here: Here) -> None:
    for query, field in (
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=listRequests.WyJhIiwiYiJd", "cursor"),
        ("cursor=listRequests.WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiLCJiIl0=", "cursor"),
        ("cursor=listRequests.WyIxIiwiXHUwMDAwIl0=", "cursor"),
        ("cursor=listOffers.WyIxIiwiYiJd", "cursor"),
        ("cursor=WyIxIiwiYiJd", "cursor"),
        ("cursor=" + "a" * 400, "cursor"),
        ("state=closed", "state"),
        ("own=perhaps", "own"),
        ("mine=%00", "mine"),
        ("page=2", "page"),
    ):
        refused = said(await here.call("poster", "GET", f"/requests?{query}"), 422)
        assert list(refused["errors"]) == [field], query
    for path in ("/nodes", "/matches"):
        refused = said(await here.call("poster", "GET", f"{path}?limit=0&cursor=x"), 422)
        assert list(refused["errors"]) == ["limit"]
        refused = said(await here.call("poster", "GET", f"{path}?cursor=x"), 422)
        assert list(refused["errors"]) == ["cursor"]
    said(await here.call("poster", "GET", "/me?verbose=1"), 422)
