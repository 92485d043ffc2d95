"""What somebody put up here, as a file that software for ActivityPub can read: an outbox of Create activities
(ActivityStreams 2.0, `OrderedCollection`), the newest first. Pure: no I/O.

It is a copy for its owner: it holds also what never left this node, addressed to nobody, and no proof.
"""

from typing import Any

from node.federation import objects
from node.federation.vocabulary import CONTEXT, addressing
from node.neighbourhood.node import Home
from node.neighbourhood.post import Audience

FILE = "outbox.json"


def outbox(home: Home, put: list[tuple[dict[str, Any], str | None]]) -> dict[str, Any]:
    """`put`: the facts of each post, and the id of its Create."""
    items = [_create(home, facts, uri) for facts, uri in put]
    return {
        "@context": CONTEXT,
        "id": FILE,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    }


def _create(home: Home, facts: dict[str, Any], uri: str | None) -> dict[str, Any]:
    stays = facts["audience"] == Audience.NEIGHBOURHOOD
    whom: dict[str, Any] = {"to": []} if stays else addressing(home, facts["audience"], facts["hub"])
    return {
        "id": uri or f"{facts['uri']}#create",
        "type": "Create",
        "actor": home.actor,
        "published": facts["created"],
        **whom,
        "object": {**objects.post(home, facts), **whom},
    }
