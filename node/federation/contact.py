"""What is for one other node alone: contact details while they are released, and messages of a thread.

Contact details are fetched at the moment of looking, and kept nowhere (`wire.md` 7).
"""

import logging
from datetime import datetime
from typing import Any

from node.acts import contacts
from node.federation import objects
from node.federation.documents import name_of, origin_of, words_of
from node.federation.door import Federation
from node.federation.guarded import Unreachable
from node.federation.vocabulary import CONTEXT
from node.neighbourhood.contact import ADDRESS_LENGTH, Contact, Elsewhere, out_of_reach
from node.neighbourhood.node import Node
from node.neighbourhood.resident import EMAIL_LENGTH, NAME_LENGTH
from node.neighbourhood.thread import Side
from node.storage import nodes, posts, responses, threads
from node.storage.database import Transaction

PHONE_LENGTH = 40

log = logging.getLogger(__name__)


async def fetch(door: Federation, there: Elsewhere) -> Contact | None:
    """What the other side released, asked for at its own node, now. Raises NotReachable."""
    node = await door.database.reading(nodes.get, there.node_id)
    if node.blocked or origin_of(there.uri) != node.origin:
        return None
    try:
        said = await door.remote.private(f"{there.uri}/contact")
    except Unreachable as error:
        log.info("contact could not be fetched: %s", error)
        return await out_of_reach(there)
    return _read(said) if said is not None else None


def shown(tx: Transaction, node: Node, key: str, at: datetime) -> dict[str, Any] | None:
    """What this node may see under one of our Offers or Accepts; the look is recorded."""
    found = contacts.looked_at(tx, node, tx.home.uri("a", key), at)
    return vars(found) if found is not None else None


def message(tx: Transaction, node: Node, key: str) -> dict[str, Any] | None:
    """A message that one of ours wrote to somebody at this node; None for all others, and once taken back."""
    found = threads.by_uri(tx, tx.home.uri("m", key))
    if found is None or found.deleted is not None or node.blocked:
        return None
    response = responses.get(tx, found.response_id)
    post = posts.get(tx, response.post_id)
    theirs = response.node_id if post.own else post.node_id
    ours = Side.POSTER if post.own else Side.HELPER
    if theirs != node.id or found.side is not ours:
        return None
    facts = {"uri": found.uri, "context": response.uri, "text": found.text}
    return {"@context": CONTEXT, **objects.message(tx.home, facts, node.actor)}


def _read(said: dict[str, Any]) -> Contact:
    """Within limits, and without anything that cannot be seen: it is shown to a person."""
    return Contact(
        name_of(said.get("name"), NAME_LENGTH) or "",
        name_of(said.get("phone"), PHONE_LENGTH),
        name_of(said.get("email"), EMAIL_LENGTH),
        (words_of(said.get("address"), ADDRESS_LENGTH) or "").strip() or None,
    )
