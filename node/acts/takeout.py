"""What somebody takes along of what they put up, as other nodes are told of it."""

from dataclasses import dataclass
from typing import Any

from node.acts import publish
from node.neighbourhood.post import PRIVATE
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import erasing, nodes, outbox, posts
from node.storage.database import Transaction


@dataclass(frozen=True)
class Put:
    """A post of theirs as it is told (`facts`, of `publish.facts_of`), and the id of the message by which it
    went out; None when it stayed here."""

    facts: dict[str, Any]
    uri: str | None


def put_up(tx: Transaction, by: Resident) -> list[Put]:
    """All that somebody put up and did not take back, the newest first: also what never left this node, for
    it is their own. Only of oneself."""
    require(by, Deed.READ_OWN)
    own = [posts.get(tx, post_id) for post_id in reversed(erasing.own_posts(tx, by.id))]
    hub = nodes.hub_actor(tx)
    shown = [post for post in own if post.title and post.state not in PRIVATE]
    return [Put(publish.facts_of(post, hub), _uri(tx, post.uri)) for post in shown]


def _uri(tx: Transaction, post_uri: str) -> str | None:
    first = outbox.first_of_post(tx, post_uri)
    return first.uri if first is not None else None
