"""Who reads here, by their signature."""

from starlette.requests import Request

from node.caller import caller
from node.federation import identity
from node.federation.door import Federation
from node.federation.identity import Signer
from node.federation.signatures import Refused


async def reader(door: Federation, request: Request) -> Signer:
    """Who asks to read something. Raises Refused: 400 unreadable, 401 not proved, 403 blocked, 429 when too
    much that came from there lately was not proved."""
    address = caller(request, door.settings.trusted_proxies)
    said = await identity.claimed(door, request, b"")
    door.gate.require_room(said.origin, address)
    try:
        return await identity.proved(door, said)
    except Refused:
        door.gate.unproved(address)
        raise
