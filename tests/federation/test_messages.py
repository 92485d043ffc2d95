"""The messages between our own nodes have the shapes of `wire.md`, field by field, and hold nothing else."""

import re
from typing import Any

from node.acts import matches, nodes, responses
from node.clock import now
from node.federation import proofs
from node.federation.signatures import VerificationKey
from node.neighbourhood.match import Match
from node.neighbourhood.post import Post, State
from node.neighbourhood.resident import console
from node.neighbourhood.response import Response, ResponseState
from node.storage.tables import metadata
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until_true

ONE = {"hasUnit": "one", "hasNumericalValue": "1"}
ID = re.compile(r"https://\w+\.example/ap/[oagp]/[0-9a-f]{32}(#primary|/proposal)?")
STAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def bare(said: dict[str, Any]) -> dict[str, Any]:
    """Without what every activity has: `@context`, `published` and `proof`."""
    assert {"@context", "published", "proof"} <= set(said)
    assert STAMP.fullmatch(said["published"])
    return {name: value for name, value in said.items() if name not in ("@context", "published", "proof")}


def the_one(place: Place, kind: str, number: int = -1) -> dict[str, Any]:
    """The newest activity of this type that this place sent."""
    return bare(place.wire.said(kind, place.origin)[number])


def note(post: Post, home: Place, **change: Any) -> dict[str, Any]:
    """`wire.md` 4, with the fields of `federation.md` 2.3, and `decide`, which tells who chooses."""

    def stamp(moment: Any) -> str:
        return str(moment.isoformat(timespec="milliseconds")).replace("+00:00", "Z")

    origin, area = home.origin, home.home.area
    content = (
        f"<p><strong>GEVRAAGD · boodschappen</strong><br>{post.title}</p><p>{post.text}</p>"  # as it is shown
    )
    return {
        "id": post.uri,
        "type": "Note",
        "attributedTo": home.home.actor,
        "to": [home.home.adjacent],
        "name": post.title,
        "content": content,
        "contentMap": {"nl": content},
        "source": {"content": post.text, "mediaType": "text/plain"},
        "url": f"{origin}/o/{post.id}",
        "published": stamp(post.created),
        "updated": stamp(post.updated),
        "endTime": stamp(post.expires),
        "sensitive": False,
        "tag": [
            {
                "type": "Link",
                "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                "href": f"{post.uri}/proposal",
                "rel": ["https://w3id.org/valueflows/ont/vf#Proposal"],
                "name": post.title,
            }
        ],
        "kind": "request",
        "purpose": "request",
        "category": "boodschappen",
        "urgency": "week",
        "decide": "choose",
        "listingState": "open",
        "party": {"id": post.party, "name": "Bea"},
        "location": {
            "type": "Place",
            "id": f"{origin}/ap/gebied/{area.code}",
            "name": area.name,
            "areaCode": area.code,
        },
        "unitBased": False,
        "publishes": {
            "type": "Intent",
            "id": f"{post.uri}#primary",
            "action": "deliverService",
            "resourceConformsTo": f"{origin}/ap/category/boodschappen",
            "resourceQuantity": ONE,
            "availableQuantity": ONE,
        },
        **change,
    }


async def test_borders(strangers: Nodes) -> None:
    a, b, c = strangers
    await strangers.join(a, b)
    follow = strangers.wire.said("Follow", a.origin)[0]
    assert bare(follow) == {
        "id": follow["id"],
        "type": "Follow",
        "actor": a.home.actor,
        "object": b.home.actor,
        "to": [b.home.actor],
    }
    accept = strangers.wire.said("Accept", b.origin)[0]
    embedded = {"id": follow["id"], "type": "Follow", "actor": a.home.actor, "object": b.home.actor}
    assert bare(accept) == {
        "id": accept["id"],
        "type": "Accept",
        "actor": b.home.actor,
        "to": [a.home.actor],
        "object": embedded,
    }
    changed = the_one(a, "Update")
    assert changed == {
        "id": changed["id"],
        "type": "Update",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": a.home.actor,
    }
    await a.ends(b)
    await strangers.quiet()
    undo = the_one(a, "Undo")
    assert undo == {
        "id": undo["id"],
        "type": "Undo",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": embedded,
    }
    await c.wants(b)
    await until_true(lambda: strangers.wire.said("Follow", c.origin))
    await strangers.quiet()
    await b.database.writing(nodes.say_no, console(now()), (await b.knows(c)).id, "te ver", now())
    await strangers.quiet()
    reject = the_one(b, "Reject")
    assert reject == {
        "id": reject["id"],
        "type": "Reject",
        "actor": b.home.actor,
        "to": [c.home.actor],
        "object": the_one(c, "Follow")["id"],
        "reason": "te ver",
        "content": "<p>te ver</p>",
    }


async def test_posts(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    create = the_one(a, "Create")
    assert create == {
        "id": create["id"],
        "type": "Create",
        "actor": a.home.actor,
        "to": [a.home.adjacent],
        "object": note(post, a),
    }
    edited = await a.edits(post, title="Wie haalt woensdag medicijnen?")
    await b.holds(edited, title=edited.title)
    update = the_one(a, "Update")
    assert update == {**create, "id": update["id"], "type": "Update", "object": note(edited, a)}
    assert update["object"]["updated"] > create["object"]["updated"]
    await a.withdraws(post)
    await b.loses(post)
    await pair.quiet()
    delete = the_one(a, "Delete")
    assert STAMP.fullmatch(delete["object"].pop("deleted"))
    assert delete == {
        **create,
        "id": delete["id"],
        "type": "Delete",
        "object": {"id": post.uri, "type": "Tombstone", "formerType": "Note"},
    }
    receipt = the_one(b, "Accept")
    assert receipt == {
        "id": receipt["id"],
        "type": "Accept",
        "actor": b.home.actor,
        "to": [a.home.actor],
        "object": [create["id"]],
    }


async def test_an_offer_of_things_is_a_transfer_and_a_group_job_counts_places(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks(category="spullen", places=3, decide="first")
    await b.holds(post, places=3, places_left=3, decide="first", category="spullen")
    said = the_one(a, "Create")["object"]
    assert (said["unitBased"], said["decide"], said["publishes"]["action"]) == (
        True,
        "first",
        "deliverService",
    )
    assert said["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "3"}
    await b.answers(post)
    await b.holds(post, places_left=2, state=State.OPEN)
    said = the_one(a, "Update")["object"]
    assert said["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "2"}


async def answered(a: Place, b: Place) -> tuple[Post, Response, Match]:
    post = await a.asks()
    response = await b.answers(post)
    return post, response, await a.agrees(post, response)


async def test_answers(pair: Nodes) -> None:
    a, b = pair
    post, response, match = await answered(a, b)
    await b.heard(response, state=ResponseState.ACCEPTED)
    await pair.quiet()
    assert the_one(b, "Offer") == {
        "id": response.uri,
        "type": "Offer",
        "actor": b.home.actor,
        "to": [a.home.actor],
        "party": {"id": response.party, "name": "Merel"},
        "source": {"content": "Ik kan om tien uur.", "mediaType": "text/plain"},
        "content": "<p>Ik kan om tien uur.</p>",
        "object": {
            "type": "Agreement",
            "stipulates": {
                "type": "Commitment",
                "satisfies": f"{post.uri}#primary",
                "resourceQuantity": ONE,
            },
        },
    }
    accept = the_one(a, "Accept")
    assert accept == {
        "id": accept["id"],
        "type": "Accept",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": response.uri,
        "party": {"id": post.party, "name": "Bea"},
        "result": {
            "type": "Agreement",
            "id": match.uri,
            "attributedTo": a.home.actor,
            "stipulates": {
                "type": "Commitment",
                "id": f"{match.uri}#primary",
                "satisfies": f"{post.uri}#primary",
                "resourceQuantity": ONE,
            },
        },
    }
    matched = the_one(a, "Update")["object"]
    assert matched["listingState"] == "matched"
    assert matched["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "0"}
    await a.database.writing(matches.cancel, a.cast.poster, match.id, now(), "toch niet nodig")
    await b.heard(response, state=ResponseState.DECLINED)
    off = the_one(a, "Undo")
    assert off == {
        "id": off["id"],
        "type": "Undo",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": accept["id"],
        "reason": "toch niet nodig",
    }


async def test_taking_back_and_saying_no(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    first = await b.answers(post)
    there = await a.heard(first)
    await a.database.writing(responses.decline, a.cast.poster, there.id, now())
    await b.heard(first, state=ResponseState.DECLINED)
    no = the_one(a, "Reject")
    assert no == {
        "id": no["id"],
        "type": "Reject",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": first.uri,
        "reason": "declined",
        "content": "<p>Deze keer niet, dank je wel.</p>",
    }
    second = await b.answers(post, "Toch nog eens")
    await a.heard(second)
    await b.takes_back(second, "ziek")
    await a.heard(second, state=ResponseState.WITHDRAWN)
    undo = the_one(b, "Undo")
    assert undo == {
        "id": undo["id"],
        "type": "Undo",
        "actor": b.home.actor,
        "to": [a.home.actor],
        "object": second.uri,
        "reason": "ziek",
    }


def keys_of(place: Place) -> dict[str, VerificationKey]:
    keys = (place.door.keys.group, place.door.keys.application)
    owners = (place.home.actor, place.home.application)
    return {
        key.key_id: VerificationKey(key.key_id, owner, key.private.public_key())
        for key, owner in zip(keys, owners, strict=True)
    }


async def everything_happens(some: Nodes) -> None:
    """A little of all that is ever said."""
    a, b, c = some
    post, response, match = await answered(a, b)
    late = await a.asks("Nog een vraag")
    said = await c.answers(late)
    await a.heard(said)
    await a.edits(late, text="Nog iets")
    await a.database.writing(matches.cancel, a.cast.poster, match.id, now(), None)
    again = await b.answers(late, "Ik ook")
    await a.agrees(late, again)
    await c.heard(said, state=ResponseState.TAKEN)
    await b.takes_back(again)
    await a.withdraws(post)
    await a.ends(c)
    await b.loses(post)
    assert response.party != again.party
    await some.quiet()


async def test_every_activity_is_proved_once_and_the_same_for_all(trio: Nodes) -> None:
    await everything_happens(trio)
    keys = {name: key for place in trio for name, key in keys_of(place).items()}
    bodies: dict[str, set[bytes]] = {}
    for exchange in [e for e in trio.wire.log if e.method == "POST"]:
        said = exchange.said
        assert said["proof"]["@context"] == said["@context"]
        assert said["proof"]["verificationMethod"] == said["actor"] + "#ed25519-key"
        proofs.verify(proofs.read(said), keys[said["proof"]["verificationMethod"]])
        bodies.setdefault(said["id"], set()).add(exchange.body)
        assert ID.fullmatch(said["id"])
    assert {len(made) for made in bodies.values()} == {1}
    kinds = {e.kind for e in trio.wire.log if e.method == "POST"}
    assert kinds == {"Create", "Update", "Delete", "Offer", "Accept", "Reject", "Undo"}


def signed_as(exchange: Exchange) -> tuple[str, str]:
    """What the signature covers, and by whose key."""
    text = dict(exchange.headers)[b"signature-input"].decode()
    found = re.fullmatch(r'sig1=\(([^)]*)\);created=\d+;keyid="([^"]*)";alg="ed25519"', text)
    assert found, text
    return found[1], found[2]


async def test_posts_are_signed_by_the_group_and_reads_by_the_application(trio: Nodes) -> None:
    await everything_happens(trio)
    await trio.places[1].change("lookups", due=now())
    await trio.quiet()
    homes = {place.origin: place.home for place in trio}
    assert {e.method for e in trio.wire.log} == {"GET", "POST"}
    for exchange in trio.wire.log:
        covered, key = signed_as(exchange)
        home = homes[exchange.sender]
        if exchange.method == "POST":
            assert covered == '"@method" "@target-uri" "content-digest" "content-type"'
            assert key == f"{home.actor}#ed25519-key"
            assert exchange.path == "/inbox"
        else:
            assert covered == '"@method" "@target-uri"'
            assert key == f"{home.application}#ed25519-key"
        agent = dict(exchange.headers)[b"user-agent"].decode()
        assert re.fullmatch(rf"buurtknoop/[\d.]+ \(\+{exchange.sender}\)", agent)


async def test_nothing_private_is_ever_on_the_wire(trio: Nodes) -> None:
    """Every value of every private column, looked for in every byte that went over the wire."""
    await everything_happens(trio)
    for place in trio:
        private = {
            value
            for table, columns in PRIVATE.items()
            for row in (await place.rows())[table]
            for name, value in zip(metadata.tables[table].c.keys(), row, strict=True)
            if name in columns and isinstance(value, str) and len(value) > 3
        }
        names = {one.name for one in place.cast.all().values()} - {"Bea", "Merel"}
        assert len(private) > 50
        for exchange in trio.wire.log:
            for value in private | names:
                assert value.encode() not in exchange.raw, (value, exchange.url)


PRIVATE = {
    "residents": {"id", "email"},
    "roles": {"resident_id"},
    "nodes": {"id"},
    "responses": {"resident", "node_id"},
    "posts": {"author", "node_id"},
    "letters": {"resident_id", "address"},
    "log": {"who"},
    "audit": {"seal", "who"},
}


async def test_who_stands_behind_a_post_is_not_linkable(trio: Nodes) -> None:
    a, b, c = trio
    one, other = await a.asks("Een"), await a.asks("Twee")
    first, second = await b.answers(one), await b.answers(other)
    parties = [one.party, other.party, first.party, second.party]
    assert len(set(parties)) == 4
    await b.takes_back(first)
    await a.heard(first, state=ResponseState.WITHDRAWN)
    assert (await b.answers(one, "Toch wel")).party == first.party, "one person under one post is one party"
    assert (await c.answers(one)).party not in parties


async def test_words_arrive_as_they_were_written(pair: Nodes) -> None:
    a, b = pair
    title = 'Tom & Jerry <script>alert("x")</script> \'s ochtends?'
    text = (
        "Een\u00a0vaste spatie, een smalle\u2009ook.\n\nTwee\tkolommen; gezin 👨‍👩‍👧, سلام، می‌خواهم, é, ﬁ, 🫨"
    )
    post = await a.asks(title, text=text)
    held = await b.holds(post)
    assert (held.title, held.text) == (title, text)
    said = the_one(a, "Create")["object"]
    assert "<script>" not in said["content"]
    assert said["content"].count("<p>") == 3
    response = await b.answers(post, text)
    assert (await a.heard(response)).text == text


async def test_the_twin_is_a_proposal(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    twin = await b.door.remote.document(f"{post.uri}/proposal")
    full = note(post, a)
    kept = ("attributedTo", "to", "name", "content", "published", "updated", "endTime", "purpose", "location")
    assert {name: value for name, value in twin.items() if name != "@context"} == {
        "id": f"{post.uri}/proposal",
        "type": "Proposal",
        **{name: full[name] for name in (*kept, "unitBased", "listingState")},
        "publishes": {**full["publishes"], "id": f"{post.uri}/proposal#primary"},
    }
