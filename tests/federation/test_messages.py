"""The messages between our own nodes have the shapes of `wire.md`, field by field, and hold nothing else."""

import re
from typing import Any

from node.acts import matches, nodes, responses
from node.clock import now
from node.neighbourhood.post import Post, State
from node.neighbourhood.resident import console
from node.neighbourhood.response import ResponseState
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until_true

ONE = {"hasUnit": "one", "hasNumericalValue": "1"}
ID = re.compile(r"https://\w+\.example/ap/[oagp]/[0-9a-f]{32}(#primary|/proposal)?")
STAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def bare(said: dict[str, Any]) -> dict[str, Any]:
    """Without what every activity has: `@context`, `published` and `proof`."""
    assert {"@context", "published", "proof"} <= set(said)
    assert STAMP.fullmatch(said["published"])
    return {name: value for name, value in said.items() if name not in ("@context", "published", "proof")}


async def the_one(place: Place, kind: str, number: int = -1) -> dict[str, Any]:
    """The newest activity of this type that this place sent, as soon as none is on its way: what it says is
    held at the other side a moment before the answer is back."""
    sent = those(kind, place.origin)
    await until_true(lambda: all(one.status or one.error for one in place.wire.log if sent(one)))
    return bare(place.wire.said(kind, place.origin)[number])


def note(post: Post, home: Place, **change: Any) -> dict[str, Any]:
    """`wire.md` 4, with the fields of `federation.md` 2.3, and `decide`, which tells who chooses."""

    def stamp(moment: Any) -> str:
        return str(moment.isoformat(timespec="milliseconds")).replace("+00:00", "Z")

    origin, area = home.origin, home.home.area
    head = f"<strong>GEVRAAGD · boodschappen · {area.name}</strong>"
    content = f"<p>{head}<br>{post.title}</p><p>{post.text}</p>"  # as it is shown
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
    changed = await the_one(a, "Update")
    assert changed == {
        "id": changed["id"],
        "type": "Update",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": a.home.actor,
    }
    await a.ends(b)
    await strangers.quiet()
    undo = await the_one(a, "Undo")
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
    reject = await the_one(b, "Reject")
    assert reject == {
        "id": reject["id"],
        "type": "Reject",
        "actor": b.home.actor,
        "to": [c.home.actor],
        "object": (await the_one(c, "Follow"))["id"],
        "reason": "te ver",
        "content": "<p>te ver</p>",
    }


async def test_posts(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    create = await the_one(a, "Create")
    assert create == {
        "id": create["id"],
        "type": "Create",
        "actor": a.home.actor,
        "to": [a.home.adjacent],
        "object": note(post, a),
    }
    await pair.quiet()  # its receipt went out
    edited = await a.edits(post, title="Wie haalt woensdag medicijnen?")
    await b.holds(edited, title=edited.title)
    update = await the_one(a, "Update")
    assert update == {**create, "id": update["id"], "type": "Update", "object": note(edited, a)}
    assert update["object"]["updated"] > create["object"]["updated"]
    await a.withdraws(post)
    await b.loses(post)
    await pair.quiet()
    delete = await the_one(a, "Delete")
    assert STAMP.fullmatch(delete["object"].pop("deleted"))
    assert delete == {
        **create,
        "id": delete["id"],
        "type": "Delete",
        "object": {"id": post.uri, "type": "Tombstone", "formerType": "Note"},
    }
    receipt = await the_one(b, "Accept")
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
    said = (await the_one(a, "Create"))["object"]
    assert (said["unitBased"], said["decide"], said["publishes"]["action"]) == (
        True,
        "first",
        "deliverService",
    )
    assert said["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "3"}
    await b.answers(post)
    await b.holds(post, places_left=2, state=State.OPEN)
    said = (await the_one(a, "Update"))["object"]
    assert said["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "2"}


async def test_answers(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    match = await a.agrees(post, response)
    await b.heard(response, state=ResponseState.ACCEPTED)
    await pair.quiet()
    assert await the_one(b, "Offer") == {
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
    accept = await the_one(a, "Accept")
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
    matched = (await the_one(a, "Update"))["object"]
    assert matched["listingState"] == "matched"
    assert matched["publishes"]["availableQuantity"] == {"hasUnit": "one", "hasNumericalValue": "0"}
    await a.database.writing(matches.cancel, a.cast.poster, match.id, now(), "toch niet nodig")
    await b.heard(response, state=ResponseState.DECLINED)
    off = await the_one(a, "Undo")
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
    no = await the_one(a, "Reject")
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
    undo = await the_one(b, "Undo")
    assert undo == {
        "id": undo["id"],
        "type": "Undo",
        "actor": b.home.actor,
        "to": [a.home.actor],
        "object": second.uri,
        "reason": "ziek",
    }


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
