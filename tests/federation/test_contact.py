"""Contact details are fetched at the moment of looking, from who released them, and kept nowhere."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from node.acts import matches
from node.clock import now
from node.federation import contact
from node.federation.signatures import SigningKey
from node.neighbourhood.activity import Happening
from node.neighbourhood.contact import Contact, Elsewhere
from node.neighbourhood.refusal import NotReachable
from node.neighbourhood.response import ResponseState
from tests.federation import by_hand, talks
from tests.federation.liar import Liar
from tests.federation.talks import ADDRESS, PHONE, Talk
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, Forward, those

BEA = Contact("Bea", PHONE, "bea@example.org", ADDRESS)
MEREL = Contact("Merel", PHONE, "merel@example.org", ADDRESS)


@pytest.fixture
async def talk(pair: Nodes) -> Talk:
    """Bea in Centrum and Merel in Noord agreed."""
    a, b = pair
    return await talks.agreed(pair, a, b)


def files(place: Place) -> Iterator[bytes]:
    """All that the database of a node has on disk: the file, and the log it writes ahead."""
    found = sorted(place.directory.glob("*.db*"))
    assert any(path.name.endswith("-wal") for path in found)
    for path in found:
        yield path.read_bytes()


async def asked(place: Place, url: str, key: SigningKey) -> httpx.Response:
    return await by_hand.signed(place, "GET", url.removeprefix(place.origin), key)


async def nothing(place: Place, url: str, *keys: SigningKey) -> None:
    """Whoever asks hears what is said of what never was, to the byte, and it is not recorded."""
    never = await asked(place, f"{place.origin}/ap/a/{'0' * 32}/contact", keys[0])
    post = await asked(place, f"{place.origin}/ap/o/{'0' * 32}", keys[0])
    assert (never.status_code, never.content, never.headers.raw) == (404, post.content, post.headers.raw)
    before = await recorded(place)
    for key in keys:
        found = await asked(place, url, key)
        assert (found.status_code, found.content, found.headers.raw) == (
            404,
            never.content,
            never.headers.raw,
        )
    assert await recorded(place) == before


async def recorded(place: Place) -> int:
    """How often anybody here was looked at."""
    return sum(row[2] is Happening.CONTACT_SEEN for row in (await place.rows())["log"])


# Looking


async def test_each_sees_the_other_s_as_far_as_released(talk: Talk) -> None:
    a, b = talk.home, talk.away
    assert (await talk.looks(a), await talk.looks(b)) == (None, None)
    await talk.shows(b, frozenset({"phone"}))
    assert await talk.looks(a) == Contact("Merel", PHONE)
    assert await talk.looks(b) is None, "each releases separately"
    await talk.shows(a)
    await talk.shows(b)
    assert (await talk.looks(a), await talk.looks(b)) == (MEREL, BEA)
    assert (await talk.seen(a), await talk.seen(b)) == (1, 2)


async def test_it_is_asked_for_by_the_application_and_never_kept(talk: Talk, pair: Nodes) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    assert await talk.looks(b) == BEA
    exchange = pair.wire.asked(b.origin, a.origin, "/contact")[-1]
    assert exchange.url == await talk.contact_of(a)
    assert b"accept: application/json" in exchange.raw.lower()
    assert f'keyid="{b.home.application}#ed25519-key"'.encode() in exchange.raw
    answer = await asked(a, exchange.url, b.door.keys.application)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"name": "Bea", "phone": PHONE, "email": "bea@example.org", "address": ADDRESS}


async def test_nothing_of_it_is_on_the_disk_of_who_looked(talk: Talk, pair: Nodes) -> None:
    a, b = talk.home, talk.away
    await a.change("residents", phone=None)
    await talk.shows(a)
    number = "0199-77 66 55"
    await a.change("residents", phone=number, email=None, address="Kanarielaan 7")
    for _ in range(3):
        assert await talk.looks(b) == Contact("Bea", number, None, "Kanarielaan 7")
    await talk.writes(b, "Ik bel je zo.")
    await talk.reads(a, "Ik bel je zo.")
    await pair.quiet()
    assert any(number.encode() in content for content in files(a)), "the search finds it where it is"
    for content in files(b):
        assert number.encode() not in content
        assert b"Kanarielaan" not in content


async def test_taking_back_works_at_the_next_look(talk: Talk) -> None:
    a, b = talk.home, talk.away
    for place, other in ((a, b), (b, a)):
        await talk.shows(place)
        assert await talk.looks(other) is not None
        await talk.hides(place)
        assert await talk.looks(other) is None
        await nothing(place, await talk.contact_of(place), other.door.keys.application)
        assert await talk.seen(place) == 1


async def test_it_ends_with_the_agreement(talk: Talk) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    await talk.shows(b)
    urls = [await talk.contact_of(a), await talk.contact_of(b)]
    assert talk.match is not None
    await a.database.writing(matches.cancel, a.cast.poster, talk.match.id, now(), None)
    await nothing(a, urls[0], b.door.keys.application)
    await b.heard(talk.merel, state=ResponseState.DECLINED)
    await nothing(b, urls[1], a.door.keys.application)


async def test_a_helper_who_takes_back_the_answer_shows_nothing_at_once(talk: Talk, pair: Nodes) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    await talk.shows(b)
    url = await talk.contact_of(a)
    with pair.wire.holding(those("Undo")):
        await b.takes_back(talk.merel)
        await nothing(b, await talk.contact_of(b), a.door.keys.application)
        assert (await asked(a, url, b.door.keys.application)).status_code == 200, "home does not know yet"
    await a.heard(talk.merel, state=ResponseState.WITHDRAWN)
    await nothing(a, url, b.door.keys.application)


async def test_a_node_that_is_down_is_not_reachable_now(talk: Talk, pair: Nodes) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    pair.wire.down.add(a.origin)
    with pytest.raises(NotReachable):
        await talk.looks(b)
    pair.wire.down.discard(a.origin)
    assert await talk.looks(b) == BEA
    for status in (500, 503, 302, 200):
        answering = pair.wire.answering(those(None, b.origin, a.origin, "/contact"), status)
        with answering, pytest.raises(NotReachable):
            await talk.looks(b)
    for status in (403, 404, 410):
        with pair.wire.answering(those(None, b.origin, a.origin, "/contact"), status):
            assert await talk.looks(b) is None


# Others who ask


async def test_V02_nobody_else_gets_it(trio: Nodes) -> None:
    a, b, c = trio
    talk = await talks.agreed(trio, a, b)
    await talk.shows(a)
    await talk.shows(b)
    for place, other in ((a, b), (b, a)):
        url = await talk.contact_of(place)
        theirs, third, own = other.door.keys, c.door.keys, place.door.keys
        assert (await asked(place, url, theirs.application)).status_code == 200
        await nothing(place, url, third.application, third.group, own.application, theirs.group)
        unsigned = await by_hand.knock(place, by_hand.Raw("GET", url, {}))
        assert (unsigned.status_code, unsigned.content) == (404, b'{"error": "not found"}')
    assert talk.match is not None
    for key in (talk.post.id, talk.match.id, talk.bea.id, talk.bea.uri[-32:]):
        await nothing(a, f"{a.origin}/ap/a/{key}/contact", b.door.keys.application)


async def nowhere(place: Place, url: str, key: SigningKey) -> bytes:
    return (await asked(place, url, key)).content


async def test_V02_the_liar_gets_nothing_by_any_way(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a, b = nodes
    async with talks.working(a, b):
        talk = await talks.agreed(nodes, a, b, "Voor wie liegt")
        await talk.shows(a)
        await talk.shows(b)
        assert await talk.looks(b) == BEA
        url = await talk.contact_of(a)
        replayed = nodes.wire.asked(b.origin, a.origin, "/contact")[-1]
    await liar.reads(a, a.home.actor), await liar.reads(a, a.home.actor, liar.key)  # its keys are known now
    await nothing(a, url, liar.reader, liar.key)
    assert await talk.seen(a) == 1
    own = liar.offer(talk.post, to=[a.home.actor])
    await liar.says(a, own)
    await nothing(a, f"{a.origin}/ap/a/{own['id'][-32:]}/contact", liar.reader)
    stolen = liar.offer(talk.post, to=[a.home.actor], id=talk.merel.uri)
    assert (await liar.says(a, stolen)).status_code == 202
    await nothing(a, url, liar.reader)
    # What Noord once asked, heard on the way and sent again: after an hour it is too old, and for another
    # address it was never signed.
    moved = Exchange("GET", f"{a.origin}/ap/a/{'1' * 32}/contact", replayed.headers, b"")
    assert (await nodes.wire.carried(moved)).status_code == 404
    await talk.hides(a)
    again = await nodes.wire.carried(Exchange("GET", replayed.url, replayed.headers, b""))
    assert (again.status_code, again.content) == (404, await nowhere(a, url, liar.reader))


async def test_a_replayed_request_is_believed_for_an_hour_only(talk: Talk) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    path = (await talk.contact_of(a)).removeprefix(a.origin)
    old = int(now().timestamp()) - 3700
    found = await by_hand.signed(a, "GET", path, b.door.keys.application, created=old)
    assert found.status_code == 404


async def test_a_blocked_node_gets_nothing_and_is_not_asked(talk: Talk, pair: Nodes) -> None:
    a, b = talk.home, talk.away
    await talk.shows(a)
    await talk.shows(b)
    url = await talk.contact_of(a)
    there = Elsewhere((await a.knows(b)).id, talk.bea.uri)
    await a.blocks(b)
    await nothing(a, url, b.door.keys.application)
    sent = len(pair.wire.log)
    assert await contact.fetch(a.door, there) is None
    assert [e.url for e in pair.wire.log[sent:] if e.path.endswith("/contact")] == []


async def test_what_the_other_node_says_is_looked_at(talk: Talk, pair: Nodes) -> None:
    """A node that lies in its own answer gets no further than the page of who looks."""
    a, b = talk.home, talk.away
    await talk.shows(a)
    lies: list[tuple[bytes, Contact]] = [
        (b"{}", Contact("")),
        (b'{"name": 7, "phone": ["x"], "email": {}, "address": null}', Contact("")),
        (b'{"name": "' + b"a" * 5000 + b'", "phone": "\\u202e123", "x": "y"}', Contact("a" * 40, "123")),
    ]
    for body, found in lies:
        async with saying(pair, b, body):
            assert await talk.looks(b) == found
    for body in (b"not json", b"[]", b'{"name": "a", "name": "b"}', b"\xff"):
        async with saying(pair, b, body):
            with pytest.raises(NotReachable):
                await talk.looks(b)


@asynccontextmanager
async def saying(nodes: Nodes, to: Place, body: bytes) -> AsyncIterator[None]:
    async def answer(exchange: Exchange, forward: Forward) -> httpx.Response:
        if exchange.path.endswith("/contact") and exchange.sender == to.origin:
            return httpx.Response(200, content=body, headers={"content-type": "application/json"})
        return await forward()

    with nodes.wire.meddling(answer):
        yield
