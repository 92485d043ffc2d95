"""What a node holds of the neighbourhoods next door, put there as if it had come over the wire."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from node.acts import responses
from node.clock import now
from node.neighbourhood.category import Category
from node.neighbourhood.node import Area, Node
from node.neighbourhood.post import Audience, Kind, Post, State, Urgency
from node.storage import nodes, posts
from node.storage.database import Transaction
from tests import town


def connected(tx: Transaction, slug: str = "noord", name: str = "Oude Haven") -> Node:
    """A neighbourhood next door, with an open border."""
    node = replace(town.neighbour(tx, slug), name=name)
    nodes.save(tx, node)
    return node


def held(tx: Transaction, node: Node, title: str = "Een lamp ophangen", /, **change: Any) -> Post:
    """A copy of a post of that neighbourhood: Annie asks."""
    at, key = now(), uuid4().hex
    values: dict[str, Any] = {
        "id": key,
        "uri": f"{node.origin}/ap/o/{key}",
        "kind": Kind.REQUEST,
        "title": title,
        "text": "De lamp ligt klaar.",
        "category": Category.ODD_JOBS,
        "audience": Audience.ADJACENT,
        "urgency": Urgency.WEEK,
        "state": State.OPEN,
        "author_name": "Annie",
        "party": f"{node.origin}/ap/p/{key}",
        "area": Area(node.area or "BU00000009", node.name),
        "created": at - timedelta(hours=2),
        "updated": at - timedelta(hours=2),
        "expires": at + timedelta(days=20),
        "node_id": node.id,
        **change,
    }
    post = Post(**values)
    posts.add(tx, post)
    return post


def offered(
    tx: Transaction, node: Node, post: Post, name: str = "Youssef", text: str = "Elf uur is prima."
) -> None:
    """Somebody of that neighbourhood says yes to a post of ours."""
    key = uuid4().hex
    responses.offered(
        tx, node, f"{node.origin}/ap/a/{key}", post.uri, f"{node.origin}/ap/p/{key}", name, text, now()
    )
