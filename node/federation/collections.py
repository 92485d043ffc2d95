"""What others may read: posts, the outbox, the neighbours next door. Each sees what its origin may hold
(`wire.md` 9)."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any

from node.acts import publish
from node.federation import proofs, vocabulary
from node.federation.door import Federation
from node.neighbourhood.audience import may_hold
from node.neighbourhood.node import Node
from node.neighbourhood.post import Post, State
from node.storage import nodes, outbox, posts
from node.storage.database import Transaction

PAGE = 20
PAGE_LETTERS = 40_000  # of its texts together: also as JSON, and twice as HTML, a reader takes that
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def post(tx: Transaction, node: Node | None, key: str) -> Post | None:
    """A post of ours, for a node that may hold it; None for all others, as if it never was."""
    found = posts.by_uri(tx, tx.home.uri("o", key))
    return found if found is not None and may_hold(node, found) else None


def taken_back(tx: Transaction, node: Node | None, key: str) -> dict[str, Any] | None:
    """What is left of a withdrawn post, for a node that once got it."""
    found = posts.by_uri(tx, tx.home.uri("o", key))
    if found is None or found.state is not State.WITHDRAWN or node is None or node.blocked:
        return None
    if not outbox.was_sent(tx, found.uri, node.id) or found.ended is None:
        return None
    return {"@context": vocabulary.CONTEXT, **vocabulary.tombstone(found.uri, _stamp(found.ended))}


def given_out(tx: Transaction, node: Node, given: list[Post], at: datetime) -> None:
    """Enter in the ledger what a node of ours was given to read."""
    for found in given:
        outbox.reached(tx, found.uri, node.id, "delivered", at, found.id)


def outbox_page(
    tx: Transaction, node: Node | None, cursor: str, at: datetime
) -> tuple[list[Post], list[str], str | None]:
    """One page of the outbox: the posts, the ids of their Creates, and the cursor of the next page."""
    before = decoded(cursor) if cursor else None
    public = node is None or not node.active
    found = posts.shared_open(tx, at, before, PAGE + 1, public)
    shown = found[:PAGE]
    while len(shown) > 1 and sum(len(p.text) for p in shown) > PAGE_LETTERS:
        shown.pop()
    creates = [
        create.uri if (create := outbox.first_of_post(tx, p.uri)) else f"{p.uri}#create" for p in shown
    ]
    return shown, creates, encoded(shown[-1]) if len(found) > len(shown) else None


def counted(tx: Transaction, node: Node | None, at: datetime) -> int:
    public = node is None or not node.active
    return len(posts.shared_open(tx, at, None, 10_000, public))


def note_document(door: Federation, found: Post, at: datetime) -> dict[str, Any]:
    """A post as it is now, with a fresh proof."""
    note = vocabulary.note(door.home, publish.facts_of(found))
    return proofs.add({"@context": vocabulary.CONTEXT, **note}, door.keys.group, at)


def proposal_document(door: Federation, found: Post) -> dict[str, Any]:
    """The twin of a post, for software that looks for type Proposal."""
    return vocabulary.proposal(door.home, publish.facts_of(found))


def create_document(door: Federation, found: Post, uri: str, at: datetime) -> dict[str, Any]:
    """The Create of a post, holding it as it is now, with a fresh proof."""
    facts = publish.facts_of(found)
    create = vocabulary.activity(door.home, "Create", uri, found.uri, facts, facts["created"], "")
    return proofs.add(create, door.keys.group, at)


def collection(uri: str, total: int, first: str | None = None) -> dict[str, Any]:
    """A collection that says how much is in it, and where it begins if that may be seen."""
    more = {"first": first} if first else {}
    return {"@context": vocabulary.AS, "id": uri, "type": "OrderedCollection", "totalItems": total, **more}


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


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
