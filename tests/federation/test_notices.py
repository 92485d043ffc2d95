"""A notice and what is said under it from another node: at its home alone, and only by who may."""

from typing import Any

from node.acts import comments, posts, responses
from node.clock import now
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.response import Response, ResponseState
from node.storage import responses as kept
from tests import town
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until

SHOWN, HIDDEN, GONE = ResponseState.ACCEPTED, ResponseState.DECLINED, ResponseState.WITHDRAWN
Said = dict[str, Any]


async def tells(place: Place, **change: Any) -> Post:
    draft = town.tells(**{"audience": "adjacent", **change})
    return await place.database.writing(posts.post, place.cast.poster, draft, now())


async def under(place: Place, post: Post) -> list[Response]:
    """What can be read under a notice at its home."""
    return await place.database.reading(kept.page, post.id, None, None, 100, SHOWN)


def reply(liar: Liar, uri: str, note: Said | None = None, **change: Any) -> Said:
    """A public answer as a node of ours would say it, but for what is changed."""
    usual = {
        "id": liar.uri("m"),
        "type": "Note",
        "attributedTo": liar.actor,
        "inReplyTo": uri,
        "party": {"id": liar.uri("p"), "name": "Lou"},
        "source": {"content": "Goedkope horloges!", "mediaType": "text/plain"},
        "content": "<p>Goedkope horloges!</p>",
    }
    filled = {name: value for name, value in {**usual, **(note or {})}.items() if value is not None}
    return liar.activity("Create", filled, **change)


async def test_what_is_said_is_read_at_home_and_nowhere_else(trio: Nodes) -> None:
    a, b, c = trio
    post = await tells(a)
    assert (await b.holds(post)).kind is Kind.NOTICE
    said = await b.answers(post, "Die is van Jan.")
    assert said.state is SHOWN
    heard = await a.heard(said)
    assert (heard.text, heard.name, heard.state) == ("Die is van Jan.", "Merel", SHOWN)
    await a.answers(post, "Jan is gebeld.", part="other")
    await trio.quiet()
    assert [one.text for one in await under(a, post)] == ["Jan is gebeld.", "Die is van Jan."]
    assert await a.letters("answered") == [a.cast.poster.id] * 2
    assert not [e for e in trio.wire.log if e.to == c.origin and b"Jan" in e.body]
    back = [e for e in trio.wire.log if e.sender == a.origin and e.to == b.origin and b"gebeld" in e.body]
    assert not back, "nothing about it is sent to other holders"


async def test_who_wrote_it_takes_it_away_everywhere(pair: Nodes) -> None:
    a, b = pair
    post = await tells(a)
    said = await b.answers(post, "Vergissing.")
    await a.heard(said)
    await b.takes_back(said)
    gone = await a.heard(said, state=GONE)
    assert gone.text == ""
    assert await under(a, post) == []
    words = await b.rows()
    assert not [row for table in words.values() for row in table if "Vergissing." in str(row)]


async def test_what_its_home_hid_stays_hidden(pair: Nodes) -> None:
    a, b = pair
    post = await tells(a)
    said = await b.answers(post, "Lelijk.")
    there = await a.heard(said)
    await a.database.writing(responses.decline, a.cast.supervisor, there.id, now())
    assert await under(a, post) == []
    await pair.quiet()
    assert (await b.heard(said)).state is SHOWN, "who wrote it is not told"
    await b.takes_back(said)
    await a.heard(said, state=GONE)


async def test_what_a_liar_says_under_a_notice(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a, b = nodes.places
    post, asked = await tells(a), await a.asks()
    event = await a.database.writing(posts.post, a.cast.poster, town.plans(at=now()), now())
    near = await tells(a, title="Alleen voor ons", audience="neighbourhood")
    before = await a.count("responses")
    foreign = {"id": b.home.uri("p", "1" * 32), "name": "Merel"}
    for said in (
        reply(liar, post.uri, {"id": b.home.uri("m", "2" * 32)}),
        reply(liar, post.uri, {"id": a.home.uri("m", "2" * 32)}),
        reply(liar, post.uri, {"attributedTo": b.home.actor}),
        reply(liar, post.uri, {"party": foreign}),
        reply(liar, post.uri, {"party": None}),
        reply(liar, post.uri, {"source": {"content": "x" * 5000}}),
        reply(liar, post.uri, {"source": {"content": " "}}),
        reply(liar, post.uri, {"source": None}),
        reply(liar, post.uri, type="Update"),
        reply(liar, asked.uri),
        reply(liar, event.uri),
        reply(liar, near.uri),
        reply(liar, a.home.uri("o", "3" * 32)),
        reply(liar, liar.uri("o")),
    ):
        assert (await liar.says(a, said)).status_code == 202
    assert await a.count("responses") == before
    assert await under(a, post) == []


async def test_nobody_takes_away_or_revives_what_another_wrote(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a = nodes.places[0]
    post = await tells(a)
    said = reply(liar, post.uri)
    await liar.says(a, said)
    own = await a.answers(post, "Van hier.", part="other")
    for uri in (own.uri, post.uri):
        await liar.says(a, liar.activity("Delete", {"id": uri, "type": "Tombstone"}))
    assert len(await under(a, post)) == 2
    uri = said["object"]["id"]
    await liar.says(a, liar.activity("Delete", {"id": uri, "type": "Tombstone"}))
    assert [one.text for one in await under(a, post)] == ["Van hier."]
    await liar.says(a, reply(liar, post.uri, {"id": uri}))
    early = liar.uri("m")
    await liar.says(a, liar.activity("Delete", {"id": early, "type": "Tombstone"}))
    await liar.says(a, reply(liar, post.uri, {"id": early}))
    assert [one.text for one in await under(a, post)] == ["Van hier."]


async def test_said_twice_it_stands_there_once(lied_to: tuple[Nodes, Liar]) -> None:
    nodes, liar = lied_to
    a = nodes.places[0]
    post = await tells(a)
    said = reply(liar, post.uri)
    for again in (said, said, {**said, "id": liar.uri("a")}):
        assert (await liar.says(a, again)).status_code == 202
    assert len(await under(a, post)) == 1


async def test_of_a_public_notice_any_node_may_say_something(strangers: Nodes) -> None:
    a = strangers.places[0]
    liar = Liar(strangers.wire)
    public, near = await tells(a, audience="public"), await tells(a, title="Hiernaast")
    for post in (near, public):
        await liar.says(a, reply(liar, post.uri))

    async def read() -> list[Response]:
        return await under(a, public)

    assert len(await until(read)) == 1
    assert await under(a, near) == []
    node = await a.knows(liar)
    assert not await a.database.writing(comments.deleted, node, liar.uri("m"), now())
