"""A file of somebody who moves house: signed by their node, and believed by its key alone (FEP-8b32)."""

import json
import logging
from datetime import datetime
from typing import Any

from node.federation import identity, proofs
from node.federation.documents import origin_of
from node.federation.door import Federation
from node.federation.signatures import Refused
from node.federation.vocabulary import CONTEXT
from node.neighbourhood.block import Severity
from node.neighbourhood.parcel import LONGEST, spoilt
from node.neighbourhood.refusal import NotAllowed, NotReachable, phrase
from node.storage import blocks, nodes
from node.storage.database import Transaction

log = logging.getLogger(__name__)


def sealed(door: Federation, said: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What our node signs, for one of its own to take along."""
    return proofs.add({"@context": CONTEXT, **said}, door.keys.of_group(at).ed25519, at)


async def opened(door: Federation, text: str) -> dict[str, Any]:
    """What such a file says, when the node that it is of wrote every letter of it. Raises Invalid, NotAllowed
    for a node we keep out, and NotReachable when its key is not known here and cannot be had now."""
    said = _read(text)
    home = said.get("attributedTo")
    origin = origin_of(home) if isinstance(home, str) else None
    if origin is None or not str(said.get("id", "")).startswith(f"{origin}#"):
        raise spoilt()
    if await door.database.reading(_kept_out, origin, str(home)):
        raise NotAllowed(phrase("We have no contact with that neighbourhood any more."))
    if origin == door.settings.origin:
        return said  # `acts.parcels` says kindly that it is from here
    try:
        await identity.carried(door, said, str(home))
    except identity.Unfetched:
        raise NotReachable(phrase("Your old neighbourhood does not answer now. Try again later.")) from None
    except Refused as refused:
        log.info("a parcel was not believed: %s", refused)
        raise spoilt() from None
    return said


def _read(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        raise spoilt() from None
    if not isinstance(said, dict):
        raise spoilt()
    return said


def _kept_out(tx: Transaction, origin: str, actor: str) -> bool:
    node = nodes.by_origin(tx, origin)
    return (node is not None and node.blocked) or blocks.severity(tx, origin, actor) is Severity.BLOCK
