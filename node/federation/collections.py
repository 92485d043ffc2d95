"""What others may read: posts, the outbox, the neighbours next door. Each sees what its origin may hold
(`wire.md` 9)."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from node.acts import publish
from node.acts.publish import stamp
from node.federation import activities, objects, proofs, vocabulary
from node.federation.door import Federation
from node.neighbourhood.audience import may_hold
from node.neighbourhood.node import Home, Node, advisories_of
from node.neighbourhood.post import Audience, Post, State
from node.storage import accounts, nodes, outbox, posts, replies, tombstones
from node.storage.advisories import Advisory
from node.storage.database import Transaction

PAGE = 20
PAGE_LETTERS = 40_000  # of its texts together: also as JSON, and twice as HTML, a reader takes that
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A post of ours that somebody may read, and what it says."""

    post: Post
    facts: dict[str, Any]


def post(tx: Transaction, node: Node | None, key: str) -> Shown | None:
    """A post of ours, for a node that may hold it; None for all others, as if it never was."""
    found = posts.by_uri(tx, tx.home.uri("o", key))
    if found is None or not may_hold(node, found):
        return None
    return Shown(found, publish.told(tx, [found])[0])


def taken_back(tx: Transaction, node: Node | None, key: str) -> dict[str, Any] | None:
    """What is left of a post that was taken back: of a public one for everybody, else for a node that once
    got it."""
    uri = tx.home.uri("o", key)
    if node is not None and node.blocked:
        return None
    found, buried = posts.by_uri(tx, uri), tombstones.buried_at(tx, uri)
    if buried is not None:
        return {"@context": vocabulary.CONTEXT, **objects.tombstone(uri, _former(tx, uri), stamp(buried))}
    if found is None or found.state is not State.WITHDRAWN or node is None or found.ended is None:
        return None
    if not outbox.was_sent(tx, uri, node.id):
        return None
    facts = publish.deletion(found, found.ended)
    return {"@context": vocabulary.CONTEXT, **objects.tombstone(uri, facts["former"], facts["deleted"])}


def _former(tx: Transaction, uri: str) -> str:
    """What it was, as its Delete said; that is forgotten earlier than that it was."""
    told = outbox.latest(tx, "Delete", uri)
    return str((told.facts or {}).get("former", "Note")) if told is not None else "Note"


def key_of(tx: Transaction, page: str) -> str:
    """The key of the post with this page: its last part, unless it was shared anew."""
    found = posts.known(tx, {page}).get(page)
    if found is None or outbox.first_of_post(tx, found.uri) is None:
        return page
    return found.uri.rpartition("/")[2]


def public(tx: Transaction, key: str) -> tuple[str, list[str]] | None:
    """A public post of ours and the replies to it, as ids: nothing else has a conversation that others may
    read."""
    found = posts.by_uri(tx, tx.home.uri("o", key))
    if found is None or found.audience is not Audience.PUBLIC or not may_hold(None, found):
        return None
    return found.uri, replies_to(tx, found)


def replies_to(tx: Transaction, found: Post) -> list[str]:
    """The ids of the public replies from elsewhere that a supervisor let in, the first said first."""
    return replies.shown(tx, found.id)


def featured(tx: Transaction, at: datetime) -> list[str]:
    """Our own public posts that somebody can still answer, newest first: what a server shows of us that
    never heard of us before. As ids, which every server takes, and looks up at their own address."""
    wanted = posts.Filter(own=True, answerable=True, limit=PAGE)
    return [found.uri for found in posts.listing(tx, None, wanted, at)]


def given_out(tx: Transaction, node: Node, found: list[Shown], at: datetime) -> set[str]:
    """Enter in the ledger what a node of ours is given to read: the ids of the posts that it may have now.

    What was taken back since it was looked up is not among them: its Delete went out without this reader.
    """
    given = set()
    for shown in found:
        now = posts.by_uri(tx, shown.post.uri, lock=True)
        if now is not None and may_hold(node, now):
            outbox.reached(tx, now.uri, node.id, "delivered", at, now.id)
            given.add(now.uri)
    return given


def outbox_page(
    tx: Transaction, node: Node | None, cursor: str, at: datetime
) -> tuple[list[Shown], list[str], str | None]:
    """One page of the outbox: the posts, the ids of their Creates, and the cursor of the next page."""
    before = decoded(cursor) if cursor else None
    found = posts.shared_open(tx, at, before, PAGE + 1, _rings(node))
    shown = found[:PAGE]
    while len(shown) > 1 and sum(len(p.text) for p in shown) > PAGE_LETTERS:
        shown.pop()
    creates = [
        create.uri if (create := outbox.first_of_post(tx, p.uri)) else f"{p.uri}#create" for p in shown
    ]
    return (
        [Shown(p, facts) for p, facts in zip(shown, publish.told(tx, shown), strict=True)],
        creates,
        encoded(shown[-1]) if len(found) > len(shown) else None,
    )


def counted(tx: Transaction, node: Node | None, at: datetime) -> int:
    return len(posts.shared_open(tx, at, None, 10_000, _rings(node)))


def _rings(node: Node | None) -> list[Audience]:
    """The audiences that a node belongs to."""
    if node is not None and node.active:
        return [Audience.ADJACENT, Audience.MUNICIPALITY, Audience.PUBLIC]
    if node is not None and node.member:
        return [Audience.MUNICIPALITY, Audience.PUBLIC]
    return [Audience.PUBLIC]


def post_document(door: Federation, found: Shown, at: datetime) -> dict[str, Any]:
    """A post as it is now, with a fresh proof."""
    document = objects.post(door.home, found.facts)
    return proofs.add({"@context": vocabulary.CONTEXT, **document}, door.keys.group, at)


def proposal_document(door: Federation, found: Shown) -> dict[str, Any] | None:
    """The twin of a request or an offer, for software that looks for type Proposal."""
    return objects.proposal(door.home, found.facts) if objects.is_proposal(found.facts) else None


def create_document(door: Federation, found: Shown, uri: str, at: datetime) -> dict[str, Any]:
    """The Create of a post, holding it as it is now, with a fresh proof."""
    facts = found.facts
    create = activities.activity(door.home, "Create", uri, facts["uri"], facts, facts["created"], "")
    return proofs.add(create, door.keys.group, at)


def collection(uri: str, total: int, first: str | None = None) -> dict[str, Any]:
    """A collection that says how much is in it, and where it begins if that may be seen."""
    more = {"first": first} if first else {}
    return {"@context": vocabulary.AS, "id": uri, "type": "OrderedCollection", "totalItems": total, **more}


def followers(tx: Transaction) -> int:
    """How many follow us: nodes of our own kind, and accounts of other software."""
    return nodes.followers(tx) + accounts.followers(tx)


def adjacent(tx: Transaction) -> dict[str, Any]:
    """The neighbourhoods that our operator said yes to: public, and what makes a border mutual."""
    claimed = nodes.claimed(tx)
    return {
        "@context": vocabulary.AS,
        "id": tx.home.adjacent,
        "type": "Collection",
        "totalItems": len(claimed),
        "items": claimed,
    }


def directory(tx: Transaction) -> dict[str, Any]:
    """The members of this hub: public, as ids."""
    listed = nodes.directory(tx)
    return {
        "@context": vocabulary.AS,
        "id": tx.home.directory,
        "type": "Collection",
        "totalItems": len(listed),
        "items": listed,
    }


def advisories(home: Home, found: list[Advisory]) -> dict[str, Any]:
    """Whom we, a hub, advise our members to block."""
    blocks = [advisory(home, one) for one in found]
    return {
        "@context": vocabulary.CONTEXT,
        "id": advisories_of(home.actor),
        "type": "OrderedCollection",
        "totalItems": len(blocks),
        "orderedItems": blocks,
    }


def advisory(home: Home, one: Advisory) -> dict[str, Any]:
    """One piece of advice, as a Block by the hub that only its members hear of."""
    subject = one.subject if "/" in one.subject else f"https://{one.subject}/"
    return {
        "id": one.uri,
        "type": "Block",
        "actor": home.actor,
        "object": subject,
        "summary": one.summary,
        "published": publish.stamp(one.created),
        **({"endTime": publish.stamp(one.expires)} if one.expires else {}),
    }


def encoded(found: Post) -> str:
    """A cursor that means nothing to others: the moment and id of the last post shown."""
    milliseconds = (found.created - _EPOCH) // timedelta(milliseconds=1)
    return base64.urlsafe_b64encode(f"{milliseconds}.{found.id}".encode()).decode().rstrip("=")


def decoded(cursor: str) -> tuple[datetime, str] | None:
    """What a cursor of ours means; None for one that is not."""
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        milliseconds, key = words.split(".", 1)
        if not key.isalnum():
            return None
        return _EPOCH + timedelta(milliseconds=int(milliseconds)), key
    except (ValueError, binascii.Error, OverflowError):
        return None
