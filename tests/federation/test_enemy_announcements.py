"""A neighbour that lies with an Announce: its id is all that is believed of it, and what it names is read at
its own home (`security.md`, A12; `federation.md` 7, rules 14 and 15)."""

from dataclasses import dataclass
from typing import Any

import pytest

from node.acts import announcements, nodes
from node.clock import now
from node.federation.gate import KEYS_A_MINUTE_OF_ORIGIN, POSTS_A_MINUTE_OF_ORIGIN, Gate
from node.federation.lookups import AT_ONCE_OF
from node.neighbourhood.block import Block, Severity, Source
from node.neighbourhood.node import Follow
from node.neighbourhood.resident import console
from node.storage import blocks, lookups
from node.storage import nodes as kept_nodes
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from tests.federation.liar import Document, Liar
from tests.federation.stranger import PUBLIC, Stranger
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until, until_true


@dataclass
class Lied:
    """Centrum, whose neighbour the liar is; and an honest node that Centrum never met."""

    nodes: Nodes
    place: Place
    liar: Liar
    home: Liar

    def note(self, **change: Any) -> Document:
        """A public post of the honest node, as it serves it."""
        note = {"@context": PUBLIC.partition("#")[0], **self.home.note(to=[PUBLIC]), **change}
        self.home.serve(note["id"], note)
        return note

    async def hears(self, thing: Any, by: Liar | None = None, **change: Any) -> Document:
        """The liar announces it; all that comes of that has come."""
        by = by or self.liar
        said = by.activity("Announce", thing, to=[PUBLIC], **change)
        assert (await by.says(self.place, said)).status_code == 202
        await until(self.place.idle)
        return said

    async def shows(self, uri: str) -> str | None:
        """The title under which it is here."""
        found = await self.place.database.reading(kept_posts.by_uri, uri)
        return found.title if found is not None else None

    async def waiting(self) -> list[str]:
        rows = await self.place.database.reading(lookups.open_for, announcements.ANNOUNCED)
        return [row.subject.partition(" ")[0] for row in rows]

    async def goes_by(self) -> None:
        """What is to be looked at again is looked at."""
        await self.place.change("lookups", due=now())
        await until(self.place.idle)


@pytest.fixture
async def lied(pair: Nodes) -> Lied:
    place, liar, home = pair.places[0], Liar(pair.wire), Liar(pair.wire, "eerlijk")
    await liar.befriend(place)
    liar.asked.clear()
    place.door.gate = Gate()  # a while later: it has seen who is a neighbour now
    return Lied(pair, place, liar, home)


async def test_an_announce_of_a_post_elsewhere_is_read_there(lied: Lied) -> None:
    note = lied.note()
    await lied.hears(note["id"])
    assert await lied.shows(note["id"]) == note["name"]
    assert len(lied.home.asked) == 2
    await lied.hears({"id": note["id"]})
    await lied.hears([note["id"]])
    assert len(lied.home.asked) == 2


async def test_A12_an_announce_of_what_is_not_public_is_not_shown(lied: Lied) -> None:
    for to in ([lied.home.adjacent], [lied.place.home.actor], [f"{lied.home.actor}/followers"], []):
        note = lied.note(to=to)
        await lied.hears(note["id"])
        await lied.hears({**note, "to": [PUBLIC]})
        assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []


async def test_A12_an_announce_of_a_private_post_that_is_here_changes_nothing(lied: Lied) -> None:
    noord = lied.nodes.places[1]
    post = await noord.asks()
    before = await lied.place.holds(post)
    await lied.nodes.quiet()
    sent = len(lied.place.wire.log)
    await lied.hears(post.uri)
    await lied.hears({"type": "Note", "id": post.uri, "name": "Gekaapt", "to": [PUBLIC]})
    assert await lied.place.post(post) == before
    assert not [e for e in lied.place.wire.log[sent:] if e.to == noord.origin]


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("by", ["host", "domain", "actor"])
async def test_A12_an_announce_of_a_blocked_author_is_not_shown(
    lied: Lied, severity: Severity, by: str
) -> None:
    note, host = lied.note(), lied.home.origin.removeprefix("https://")
    subject = {"host": host, "domain": host.partition(".")[2], "actor": lied.home.actor}[by]
    block = Block(subject, severity, "", Source.OWN, now())
    await lied.place.database.writing(blocks.put, block)
    if by == "domain":
        said = lied.liar.activity("Announce", note["id"])
        assert (await lied.liar.says(lied.place, said)).status_code in (202, 403)  # its own domain too
        await until(lied.place.idle)
    else:
        await lied.hears(note["id"])
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []
    assert lied.home.asked == [] or by == "actor"  # whose it is, is not known before it was read


async def test_A12_an_announce_of_a_node_that_is_blocked_is_not_fetched(lied: Lied) -> None:
    note = lied.note()
    await lied.home.says(lied.place, lied.home.activity("Follow", lied.place.home.actor))
    await lied.place.blocks(lied.home)
    lied.home.asked.clear()
    await lied.hears(note["id"])
    assert await lied.shows(note["id"]) is None
    assert not [path for path in lied.home.asked if path.startswith("/ap/o/")]


async def test_A12_a_post_whose_author_is_blocked_later_goes(lied: Lied) -> None:
    note = lied.note()
    await lied.hears(note["id"])
    block = Block("eerlijk.example", Severity.HOLD, "", Source.OWN, now())
    await lied.place.database.writing(blocks.put, block)
    await lied.goes_by()
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []


async def test_A06_what_an_announce_says_of_a_post_is_not_believed(lied: Lied) -> None:
    """Rule 14: somebody else's words in its mouth, as an object or in an activity."""
    for number, wrapped in enumerate(("", "Create", "Update")):
        note = lied.note(name=f"Echt {number}")
        forged = {
            **note,
            "name": "Gekaapt",
            "source": {"content": "Bel dit nummer", "mediaType": "text/plain"},
        }
        inner = {"type": wrapped, "id": lied.home.uri(), "actor": lied.home.actor, "to": [PUBLIC]}
        await lied.hears({**inner, "object": forged} if wrapped else forged)
        assert await lied.shows(note["id"]) == f"Echt {number}"
    rows = repr((await lied.place.rows())["posts"])
    assert "Gekaapt" not in rows
    assert "Bel dit nummer" not in rows


async def test_A06_a_post_that_its_home_does_not_have(lied: Lied) -> None:
    never = lied.home.note(to=[PUBLIC])
    await lied.hears(never)
    await lied.hears(lied.home.activity("Create", never))
    assert await lied.shows(never["id"]) is None
    assert await lied.waiting() == []


async def test_A05_A06_a_post_that_is_attributed_to_another(lied: Lied) -> None:
    noord = lied.nodes.places[1].home.actor
    mine = lied.liar.note(to=[PUBLIC], attributedTo=lied.home.actor)
    lied.liar.serve(mine["id"], mine)
    await lied.hears(mine["id"])
    await lied.hears(mine)
    assert lied.liar.asked == []  # what is its own it sends itself
    for author in (noord, lied.liar.actor, lied.home.application, [lied.home.actor, noord], None, []):
        note = lied.note(attributedTo=author)
        await lied.hears(note["id"])
        assert await lied.shows(note["id"]) is None, author
    assert await lied.waiting() == []


@pytest.mark.parametrize("kind", ["Announce", "Like", "Delete", "Undo", "Add", "Collection"])
async def test_an_announce_of_an_announce_leads_nowhere(lied: Lied, kind: str) -> None:
    """`federation.md` 6, 40."""
    note = lied.note()
    inner = {"type": kind, "id": lied.home.uri(), "actor": lied.home.actor, "object": note["id"]}
    lied.home.serve(inner["id"], inner)
    await lied.hears(inner)
    assert lied.home.asked == []
    await lied.hears(inner["id"])
    assert [path for path in lied.home.asked if path.startswith("/ap/o/")] == []
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []


async def test_A21_only_whom_we_follow_may_point_somewhere(lied: Lied) -> None:
    note = lied.note()
    unknown, mo = Liar(lied.nodes.wire, "vreemd"), Stranger(lied.nodes.wire)
    follower = Liar(lied.nodes.wire, "volger")
    await follower.says(lied.place, follower.activity("Follow", lied.place.home.actor))
    for by in (unknown, follower):
        await lied.hears(note["id"], by)
    said = mo.does("Announce", note["id"], to=[PUBLIC])
    assert (await mo.says(lied.place, said, key=mo.pen)).status_code == 202
    assert (await lied.place.knows(follower)).our_follow is Follow.NONE
    await lied.place.database.writing(nodes.ask, console(now()), follower.origin, now())
    await until_true(lambda: [said for said in follower.got if said["type"] == "Follow"])
    await lied.hears(note["id"], follower)  # our Follow waits: nobody there said yes
    assert lied.home.asked == []
    assert await lied.waiting() == []


async def test_A13_a_document_that_is_another_than_was_asked_for(lied: Lied) -> None:
    real = lied.note()
    for number, uri in enumerate((real["id"], lied.liar.uri("o"), lied.place.home.uri("o", "1" * 32))):
        there = f"{lied.home.origin}/anders/{number}"
        lied.home.serve(there, {**real, "id": uri})
        await lied.hears(there)
        assert await lied.shows(there) is None
        assert await lied.shows(uri) is None
    await lied.hears(f"{real['id']}#1")
    for _ in range(announcements.TRIES):
        await lied.goes_by()
    assert await lied.shows(real["id"]) is None
    assert await lied.waiting() == []


async def test_A14_a_redirect_to_another_host(lied: Lied) -> None:
    note = lied.note()
    lied.liar.serve(f"{lied.liar.origin}/hier", note)
    noted = lied.liar.note(to=[PUBLIC])
    lied.liar.serve(noted["id"], noted)
    for target in (f"{lied.liar.origin}/hier", noted["id"]):
        with lied.nodes.wire.answering(lambda e: e.url == note["id"], 302, {"location": target}):
            await lied.hears(note["id"])
            for _ in range(announcements.TRIES):
                await lied.goes_by()
        assert await lied.shows(note["id"]) is None
        assert await lied.shows(noted["id"]) is None
        assert await lied.waiting() == []


async def test_A15_an_announced_post_of_another_media_type(lied: Lied) -> None:
    note = lied.note()
    lied.home.serve(note["id"], note, kind="text/html")
    await lied.hears(note["id"])
    for _ in range(announcements.TRIES):
        await lied.goes_by()
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []


@pytest.mark.parametrize("field", ["id", "type", "kind", "attributedTo", "to", "party", "updated", "endTime"])
async def test_odd_things_in_an_announced_post(lied: Lied, field: str) -> None:
    odd: list[Any] = [
        None,
        True,
        0,
        1.5,
        "",
        "x",
        "\x00",
        [],
        {},
        [[]],
        [{}],
        {"id": {}},
        [None, 1],
        {"a": ["b"]},
    ]
    for value in odd:
        note = lied.home.note(to=[PUBLIC])
        lied.home.serve(note["id"], {**note, field: value})
        await lied.hears(note["id"])
        assert await lied.shows(note["id"]) in (None, note["name"])
    sound = lied.note()
    await lied.hears(sound["id"])
    assert await lied.shows(sound["id"]) == sound["name"]  # whoever reads them goes on


async def test_A16_an_announce_of_what_is_ours(lied: Lied) -> None:
    ours = await lied.place.asks(audience="public")
    await lied.nodes.quiet()
    before = (await lied.place.rows())["posts"]
    for uri in (ours.uri, lied.place.home.uri("o", "f" * 32), lied.place.home.actor):
        await lied.hears(uri)
        await lied.hears({"type": "Note", "id": uri, "name": "Gekaapt", "attributedTo": lied.liar.actor})
    assert (await lied.place.rows())["posts"] == before
    assert await lied.waiting() == []
    assert lied.nodes.wire.asked(lied.place.origin, lied.place.origin) == []


async def test_what_a_person_elsewhere_writes_is_not_shown(lied: Lied) -> None:
    mo = Stranger(lied.nodes.wire)
    plain = mo.writes("Mooi weer", to=[PUBLIC])["object"]
    dressed = {**lied.home.note(to=[PUBLIC]), "id": f"{mo.person}/statuses/1", "attributedTo": mo.person}
    for note in (plain, dressed):
        mo.serve(note["id"], note)
        await lied.hears(note["id"])
        assert await lied.shows(note["id"]) is None
    assert len(mo.asked) == 3  # of a Note that no node writes, nobody asks by whom it is
    assert await lied.waiting() == []
    assert await lied.place.count("accounts") == 0


async def test_X12_one_announce_leads_to_two_documents(lied: Lied) -> None:
    many = [lied.note()["id"] for _ in range(15)]
    await lied.hears(many)
    assert len(lied.home.asked) == 2
    lied.home.asked.clear()
    odd = lied.note(inReplyTo=many[3], context=many[4], replies=many[5], url=many[6], tag=[{"href": many[7]}])
    await lied.hears(odd["id"])
    assert lied.home.asked == [odd["id"].removeprefix(lied.home.origin)]


async def test_X12_many_announces_at_once_are_read_a_few_at_a_time(lied: Lied) -> None:
    notes = [lied.note(name=f"Nummer {number}") for number in range(20)]
    most = AT_ONCE_OF["announced"]

    def which(exchange: Exchange) -> bool:
        return exchange.method == "GET" and exchange.to == lied.home.origin

    with lied.nodes.wire.holding(which) as held:
        for note in notes:
            await lied.liar.says(lied.place, lied.liar.activity("Announce", note["id"]))
        await until_true(lambda: len(held) == most)
        await lied.place.wants_at("https://noord.example")  # what a person asks for waits for none of them
        other = Liar(lied.nodes.wire, "ander")
        await lied.place.wants_at(other.origin)
        await until_true(lambda: other.asked)
        assert len(held) == most
    await until(lied.place.idle)
    assert [await lied.shows(note["id"]) for note in notes] == [note["name"] for note in notes]


async def test_nobody_is_flooded_at_the_word_of_a_neighbour(lied: Lied) -> None:
    lied.place.door.gate = Gate(seconds=float)  # all of it in one moment
    number = POSTS_A_MINUTE_OF_ORIGIN + 40
    for _ in range(number):
        said = lied.liar.activity("Announce", lied.note()["id"])
        assert (await lied.liar.says(lied.place, said)).status_code == 202
    await until(lied.place.idle)
    assert len(lied.home.asked) == POSTS_A_MINUTE_OF_ORIGIN < KEYS_A_MINUTE_OF_ORIGIN
    assert len(await lied.waiting()) == number  # the rest waits
    lied.place.door.gate.ask(lied.home.origin)  # and whoever lives there can still be heard


async def test_one_neighbour_points_to_so_many_at_once(lied: Lied) -> None:
    node = await lied.place.knows(lied.liar)

    def fill(tx: Transaction) -> None:
        for number in range(announcements.MOST):
            subject = f"{lied.home.uri('o')} {node.id}"
            lookups.ask_once(
                tx, announcements.ANNOUNCED, subject, str(number), now() + announcements.EVERY, now()
            )

    await lied.place.database.writing(fill)
    note = lied.note()
    await lied.hears(note["id"])
    assert await lied.shows(note["id"]) is None
    assert lied.home.asked == []


async def test_new_nodes_by_the_word_of_a_neighbour_leave_room_for_others(lied: Lied) -> None:
    def fill(tx: Transaction) -> None:
        known = kept_nodes.by_actor(tx, lied.liar.actor)
        assert known is not None
        for number in range(2500):
            found = {
                "id": f"n{number}",
                "actor": f"https://n{number}.example/x",
                "origin": f"https://n{number}.example",
            }
            blank = {
                "we_claim": False,
                "membership": "none",
                "their_follow_uri": None,
                "membership_uri": None,
            }
            kept_nodes.add(tx, type(known)(**{**vars(known), **found, **blank}))

    await lied.place.database.writing(fill)
    note = lied.note()
    await lied.hears(note["id"])
    assert await lied.shows(note["id"]) is None
    assert await lied.place.database.reading(kept_nodes.by_actor, lied.home.actor) is None


async def test_the_same_announce_thrice_is_one(lied: Lied) -> None:
    note = lied.note()
    said = lied.liar.activity("Announce", note["id"])
    for activity in (said, said, said, {**said, "id": lied.liar.uri()}, {**said, "id": lied.liar.uri()}):
        assert (await lied.liar.says(lied.place, activity)).status_code == 202
    await until(lied.place.idle)
    assert len(lied.home.asked) == 2
    assert await lied.waiting() == [note["id"]]


async def test_A08_only_who_announced_takes_it_back(lied: Lied) -> None:
    note = lied.note()
    said = await lied.hears(note["id"])
    other = Liar(lied.nodes.wire, "tweede")
    await other.befriend(lied.place)
    for thing in (
        said["id"],
        said,
        {**said, "actor": other.actor},
        {"type": "Announce", "object": note["id"]},
    ):
        await other.says(lied.place, other.activity("Undo", thing))
    assert await lied.shows(note["id"]) == note["name"]
    again = await lied.hears(note["id"], other)
    await lied.liar.says(lied.place, lied.liar.activity("Undo", said["id"]))
    assert await lied.shows(note["id"]) == note["name"], "the other points there still"
    await other.says(lied.place, other.activity("Undo", {"type": "Announce", "object": note["id"]}))
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []
    assert again["object"] == note["id"]


async def test_what_is_taken_back_while_it_is_read_is_not_kept(lied: Lied) -> None:
    note = lied.note()
    with lied.nodes.wire.holding(lambda e: e.url == note["id"], replies=True) as held:
        said = lied.liar.activity("Announce", note["id"])
        await lied.liar.says(lied.place, said)
        await until_true(lambda: len(held))
        await lied.liar.says(lied.place, lied.liar.activity("Undo", said))
    await until_true(lambda: not lied.nodes.wire.under_way and len(lied.home.asked) == 2)
    await lied.hears(lied.note()["id"])  # whatever was under way is done
    assert await lied.shows(note["id"]) is None


async def test_A08_what_a_neighbour_sent_itself_stays_when_another_points_away(lied: Lied) -> None:
    noord = lied.nodes.places[1]
    post = await noord.asks(audience="public")
    await lied.place.holds(post)
    said = await lied.hears(post.uri)
    for thing in (said, said["id"], {"type": "Announce", "object": post.uri}):
        await lied.liar.says(lied.place, lied.liar.activity("Undo", thing))
    assert await lied.shows(post.uri) == post.title


async def test_what_was_deleted_is_not_fetched_again(lied: Lied) -> None:
    note = lied.note()
    await lied.hears(note["id"])
    lied.home.serve(note["id"], {"id": note["id"], "type": "Tombstone"}, 410)
    await lied.goes_by()
    assert await lied.shows(note["id"]) is None
    lied.home.serve(note["id"], note)
    lied.home.asked.clear()
    await lied.hears(note["id"])
    assert lied.home.asked == []


@pytest.mark.parametrize(
    "change",
    [{"to": ["https://eerlijk.example/x"]}, {"attributedTo": "https://eerlijk.example/x"}, {"kind": "?"}],
)
async def test_what_is_no_public_post_any_more_goes(lied: Lied, change: Document) -> None:
    note = lied.note()
    await lied.hears(note["id"])
    lied.home.serve(note["id"], {**note, **change})
    await lied.goes_by()
    assert await lied.shows(note["id"]) is None
    assert await lied.waiting() == []


async def test_it_is_for_no_longer_than_it_says(lied: Lied) -> None:
    over = lied.note(endTime="2020-01-01T00:00:00Z")
    await lied.hears(over["id"])
    assert await lied.shows(over["id"]) is None
    assert await lied.waiting() == []
