"""What others may read: a post, its twin, the outbox; each sees what its origin may hold (`wire.md` 9)."""

import json
from typing import Any

import httpx
import pytest

from node.acts import posts
from node.clock import now
from node.federation import proofs
from node.federation.signatures import SigningKey, VerificationKey
from node.neighbourhood.post import Post
from tests import town
from tests.federation import by_hand
from tests.federation.by_hand import Raw
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Model, Nodes, Place, opened
from tests.federation.wire import those, until, until_true

NEVER = "/ap/o/" + "0" * 32


async def get(place: Place, path: str, key: SigningKey | None = None) -> httpx.Response:
    """Read something, unsigned or signed by the holder of a key."""
    if key is None:
        return await by_hand.knock(place, Raw("GET", place.origin + path, {}))
    return await by_hand.signed(place, "GET", path, key)


def path_of(post: Post) -> str:
    return "/ap/o/" + post.uri.rsplit("/", 1)[1]


def same(*found: httpx.Response) -> bool:
    return len({(one.status_code, tuple(one.headers.raw), one.content) for one in found}) == 1


@pytest.fixture
async def town_with_stranger(trio: Nodes) -> tuple[Nodes, Liar]:
    """Noord is Centrum's neighbour, Zuid was; and there is somebody nobody knows."""
    a, _, c = trio
    await a.ends(c)
    await trio.quiet()
    return trio, Liar(trio.wire, "vreemde")


async def test_a_post_for_neighbours_is_there_for_them_alone(town_with_stranger: tuple[Nodes, Liar]) -> None:
    nodes, stranger = town_with_stranger
    a, b, c = nodes
    post = await a.asks()
    await b.holds(post)
    never = await get(a, NEVER)
    assert never.status_code == 404
    for path in (path_of(post), path_of(post) + "/proposal"):
        for key in (None, stranger.reader, stranger.key, c.door.keys.application):
            assert same(await get(a, path, key), never), "as if it never was"
        for key in (b.door.keys.application, b.door.keys.group):
            found = await get(a, path, key)
            assert found.status_code == 200
            assert found.headers["cache-control"] == "private, no-store"
            assert found.headers["content-type"] == "application/activity+json"
            assert "Signature" in found.headers["vary"]
    assert same(await get(a, NEVER, b.door.keys.application), never)


@pytest.mark.parametrize(
    "path", ["/ap/o/x", "/ap/o/", "/ap/o/" + "f" * 32 + "/proposal", "/ap/o/%00", "/ap/p/1"]
)
async def test_what_never_was_is_not_there(three: Nodes, path: str) -> None:
    a, b, _ = three
    for key in (None, b.door.keys.application):
        assert (await get(a, path, key)).status_code == 404


async def test_who_stands_behind_a_post_cannot_be_fetched(three: Nodes) -> None:
    a, b, _ = three
    post = await a.asks()
    response = await b.answers(post)
    for party, place in ((post.party, a), (response.party, b)):
        path = party.removeprefix(place.origin)
        for key in (None, a.door.keys.application, b.door.keys.application):
            assert (await get(place, path, key)).status_code == 404


async def test_a_post_for_the_neighbourhood_is_there_for_nobody(three: Nodes) -> None:
    a, b, _ = three
    post = await a.asks(audience="neighbourhood")
    never = await get(a, NEVER)
    for key in (None, b.door.keys.application):
        for path in (path_of(post), path_of(post) + "/proposal"):
            assert same(await get(a, path, key), never)


async def test_after_it_was_taken_back_a_holder_sees_the_tombstone(
    town_with_stranger: tuple[Nodes, Liar],
) -> None:
    nodes, stranger = town_with_stranger
    a, b, c = nodes
    post = await a.asks("Geheimpje")
    await b.holds(post)
    await a.withdraws(post)
    found = await get(a, path_of(post), b.door.keys.application)
    assert found.status_code == 410
    said = found.json()
    assert {name: said[name] for name in ("id", "type", "formerType")} == {
        "id": post.uri,
        "type": "Tombstone",
        "formerType": "Note",
    }
    assert set(said) == {"@context", "id", "type", "formerType", "deleted"}
    assert b"Geheimpje" not in found.content
    for key in (None, stranger.reader, c.door.keys.application):
        assert same(await get(a, path_of(post), key), await get(a, NEVER))


async def test_a_bad_signature_sees_what_an_unsigned_request_sees(three: Nodes) -> None:
    a, b, _ = three
    post = await a.asks()
    never = await get(a, NEVER)
    key = b.door.keys.application

    def old(raw: Raw) -> None:
        raw.headers["signature-input"] = raw.headers["signature-input"].replace("created=1", "created=2")

    def cut(raw: Raw) -> None:
        raw.headers["signature"] = raw.headers["signature"][:20] + "AAAA" + raw.headers["signature"][24:]

    def elsewhere(raw: Raw) -> None:
        raw.url = a.origin + path_of(post) + "?x=1"

    for spoil in (old, cut, elsewhere):
        assert same(await by_hand.signed(a, "GET", path_of(post), key, spoil=spoil), never)


async def test_a_document_of_today_with_a_proof_of_today(three: Nodes) -> None:
    a, b, _ = three
    post = await a.asks()
    await a.edits(post, text="Intussen anders")
    found = (await get(a, path_of(post), b.door.keys.application)).json()
    assert found["source"]["content"] == "Intussen anders"
    private = a.door.keys.group
    key = VerificationKey(private.key_id, a.home.actor, private.private.public_key())
    proofs.verify(proofs.read(found), key)


async def read_all(place: Place, key: SigningKey | None) -> list[dict[str, Any]]:
    """An outbox, page by page."""
    top = (await get(place, f"/ap/buurt/{place.home.slug}/outbox", key)).json()
    assert top["type"] == "OrderedCollection"
    url, items = top["first"], []
    while url:
        page = (await get(place, url.removeprefix(place.origin), key)).json()
        assert (page["type"], page["partOf"]) == ("OrderedCollectionPage", top["id"])
        assert len(page["orderedItems"]) <= 20
        items += page["orderedItems"]
        url = page.get("next")
    assert top["totalItems"] == len(items)
    return items


async def test_the_outbox_shows_open_posts_to_neighbours_newest_first(
    town_with_stranger: tuple[Nodes, Liar],
) -> None:
    nodes, stranger = town_with_stranger
    a, b, c = nodes
    shown = [await a.asks(f"Vraag {number}") for number in range(23)]
    edited = await a.edits(shown[3], title="Vraag 3, anders")
    await a.asks("Van ons", audience="neighbourhood")
    await a.withdraws(await a.asks("Weg"))
    closed = await a.asks("Dicht")
    await a.database.writing(posts.close, a.cast.poster, closed.id, now())
    items = await read_all(a, b.door.keys.application)
    assert [item["object"]["id"] for item in items] == [post.uri for post in reversed(shown)]
    assert {item["type"] for item in items} == {"Create"}
    assert [item["object"]["name"] for item in items][-4] == edited.title, "as it is now"
    for key in (None, stranger.reader, c.door.keys.application):
        assert await read_all(a, key) == []


async def test_a_cursor_that_is_not_ours_finds_nothing(three: Nodes) -> None:
    a, b, _ = three
    for cursor in ("x", "....", "MTIz", "é", "%00", "a" * 3000, "LTEuMQ", "OTk5OTk5OTk5OTk5OTk5OTk5LjE"):
        path = f"/ap/buurt/{a.home.slug}/outbox?before={cursor}"
        found = await get(a, httpx.URL(a.origin + path).raw_path.decode(), b.door.keys.application)
        assert found.status_code in (200, 404)


async def test_a_new_neighbour_gets_the_open_posts(strangers: Nodes) -> None:
    a, b, _ = strangers
    old = [await a.asks(f"Vraag {number}") for number in range(45)]
    closed = await a.asks("Dicht")
    await a.database.writing(posts.close, a.cast.poster, closed.id, now())
    mine = await a.asks("Van ons", audience="neighbourhood")
    await strangers.join(a, b)
    for post in old:
        await b.holds(post, title=post.title)
    await strangers.quiet()
    assert await b.post(closed) is None
    assert await b.post(mine) is None
    assert not strangers.wire.said("Create")

    async def confirmed() -> bool:
        await b.change("nodes", receipts_due=now())
        return all([await a.copies(post) == {b.name: "holds"} for post in old])

    await until(confirmed)
    await a.edits(old[0], text="Ook de wijziging komt aan")
    await b.holds(old[0], text="Ook de wijziging komt aan")


async def test_long_posts_come_over_as_well(strangers: Nodes) -> None:
    """A page stays under what a reader takes, also of the longest posts there can be."""
    a, b, _ = strangers
    old = [await a.asks(f"Vraag {number}", text="'" * 4000) for number in range(24)]
    await strangers.join(a, b)
    for post in old:
        await b.holds(post, text=post.text)


async def test_who_was_away_reads_what_it_missed(pair: Nodes) -> None:
    """Also what its neighbour gave up sending."""
    a, b = pair
    known = await a.asks("Kende ik al")
    await b.holds(known)
    b = await pair.restart(b)
    with pair.wire.answering(those(None, a.origin, b.origin, "inbox"), 410):
        missed = await a.asks("Gemist")
        changed = await a.edits(known, text="Intussen anders")
        await pair.quiet(a)
    assert await b.post(missed) is None
    b.start()
    await b.holds(missed)
    await b.holds(known, updated=changed.updated)


async def test_a_page_read_before_a_delete_does_not_revive_the_post(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    with pair.wire.holding(those(None, b.origin, a.origin, "/outbox"), replies=True) as held:
        await b.change("lookups", due=now())
        await until_true(lambda: len(held))
        held.let_go()  # the collection; its first page is kept on the way
        await until_true(lambda: len(held))
        assert post.uri.encode() in (await _answer(pair, b, a))
        await a.withdraws(post)
        await b.loses(post)
        held.release()
    await pair.quiet()
    assert await b.post(post) is None


async def _answer(nodes: Nodes, reader: Place, home: Place) -> bytes:
    key = reader.door.keys.application
    return (await get(home, f"/ap/buurt/{home.home.slug}/outbox?before=", key)).content


async def test_the_collection_of_neighbours_is_public(three: Nodes) -> None:
    a, b, c = three
    found = (await get(a, f"/ap/buurt/{a.home.slug}/adjacent")).json()
    assert (found["id"], found["type"]) == (a.home.adjacent, "Collection")
    assert sorted(found["items"]) == sorted([b.home.actor, c.home.actor])


async def test_actors_are_described_as_the_wire_says(three: Nodes) -> None:
    a, *_ = three
    group = (await get(a, f"/ap/buurt/{a.home.slug}")).json()
    application = (await get(a, "/ap/actor")).json()
    assert (group["type"], group["areaCode"], group["adjacentNodes"]) == (
        "Group",
        a.home.area.code,
        a.home.adjacent,
    )
    assert application["type"] == "Application"
    for actor, uri in ((group, a.home.actor), (application, a.home.application)):
        assert actor["id"] == uri
        (key,) = actor["assertionMethod"]
        assert (key["id"], key["type"], key["controller"]) == (f"{uri}#ed25519-key", "Multikey", uri)
        main = actor["publicKey"]
        assert (main["id"], main["owner"]) == (f"{uri}#main-key", uri)
        assert main["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----\n")
        assert "https://w3id.org/security/v1" in actor["@context"]
        assert [link["href"] for link in actor["generator"]["implements"]] == [
            "https://datatracker.ietf.org/doc/html/rfc9421"
        ]
        for box in ("inbox", "outbox", "followers", "following"):
            assert actor[box] == f"{uri}/{box}"
            if box != "inbox":
                found = await get(a, actor[box].removeprefix(a.origin))
                assert found.json()["type"] == "OrderedCollection"
    assert json.dumps(group).count(a.cast.operator.name) == 0


async def test_H03_reading_leaves_no_trace_but_in_the_ledger(two_neighbours: Model, tmp_path: Any) -> None:
    async with opened(tmp_path, two_neighbours, started=False) as nodes:
        a, b = nodes
        post = await a.database.writing(posts.post, a.cast.poster, town.asks(), now())
        await get(a, path_of(post), b.door.keys.application)  # here its key is fetched, once
        before = await a.rows()
        assert await a.copies(post) == {b.name: "delivered"}
        for path in (path_of(post), path_of(post) + "/proposal", f"/ap/buurt/{a.home.slug}/outbox?before="):
            for key in (None, b.door.keys.application):
                assert (await get(a, path, key)).status_code in (200, 404)
        assert await a.rows() == before
