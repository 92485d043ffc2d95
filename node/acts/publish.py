"""Telling other nodes about a post of ours: who gets it, and what it says at this moment.

Only what stands in `facts_of` can ever leave this node with a post: it is written by hand, field by field,
and holds no id of a person.
"""

from datetime import datetime
from typing import Any

from node.neighbourhood.post import ANSWERABLE, LISTING_STATE, Post
from node.storage import outbox
from node.storage.database import Transaction


def facts_of(post: Post) -> dict[str, Any]:
    """What other nodes are told of a post, in plain values."""
    return {
        "uri": post.uri,
        "page": post.id,
        "kind": str(post.kind),
        "title": post.title,
        "text": post.text,
        "category": str(post.category),
        "audience": str(post.audience),
        "urgency": str(post.urgency),
        "listing_state": LISTING_STATE[post.state],
        "name": post.author_name,
        "party": post.party,
        "area_code": post.area.code,
        "area_name": post.area.name,
        "created": _stamp(post.created),
        "updated": _stamp(post.updated),
        "expires": _stamp(post.expires),
        "decide": str(post.decide),
        "places": post.places,
        "places_left": post.places_left,
        "language": post.language,
    }


def create(tx: Transaction, post: Post, at: datetime) -> None:
    """Send a new post to every node its audience names, and enter each in the ledger."""
    if not post.shared:
        return
    activity = outbox.add(tx, "Create", post.uri, facts_of(post), at, post.uri)
    outbox.ask_neighbours(tx, post.id, post.uri, at)
    outbox.send_to_neighbours(tx, activity)


def update(tx: Transaction, post: Post, at: datetime) -> None:
    """Tell every copy what the post is now. A post that never left is sent as new, once it is open."""
    if not post.shared:
        return
    if outbox.first_of_post(tx, post.uri) is None:
        if post.state in ANSWERABLE:
            create(tx, post, at)
        return
    activity = outbox.add(tx, "Update", post.uri, facts_of(post), at, post.uri)
    outbox.ask_neighbours(tx, post.id, post.uri, at)
    outbox.send_to_neighbours(tx, activity)


def delete(tx: Transaction, post: Post, at: datetime) -> None:
    """Ask every node that ever got the post to throw its copy away; what still waits to be sent is not
    sent."""
    if outbox.first_of_post(tx, post.uri) is None:
        return
    outbox.drop_waiting(tx, post.uri)
    outbox.erase_words(tx, post.uri)
    activity = outbox.add(tx, "Delete", post.uri, deletion(post, at), at, post.uri)
    outbox.send_to_holders(tx, activity, post.uri)
    outbox.ask_deletion(tx, post.uri, at)


def deletion(post: Post, at: datetime) -> dict[str, Any]:
    """What a Delete says: nothing but that it was there, and is not."""
    return {"uri": post.uri, "audience": str(post.audience), "deleted": _stamp(at)}


def delete_at(tx: Transaction, post: Post, node_id: str, at: datetime) -> None:
    """Ask one node, no longer a neighbour, to throw its copy away; what still waits for it is not sent."""
    outbox.drop_waiting(tx, post.uri, node_id)
    activity = outbox.add(tx, "Delete", post.uri, deletion(post, at), at, post.uri)
    outbox.send_to(tx, activity, node_id)
    outbox.ask_deletion(tx, post.uri, at, node_id)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
