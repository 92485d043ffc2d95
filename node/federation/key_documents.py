"""From the id of a key to the actor whose key it is: each says so of the other, on one origin.

The id leads to the actor's own document, or to one that holds only the key (or a part of the actor) and names
its owner.
"""

from dataclasses import replace

from node import clock
from node.federation import keyring, reading
from node.federation.documents import origin_of
from node.federation.door import Federation
from node.federation.guarded import Unreachable
from node.federation.reading import Actor


def address(key_id: str) -> str:
    """The document in which a key stands."""
    return key_id.split("#")[0]


async def fetch_actor(door: Federation, uri: str) -> Actor:
    """An actor from its own address; when that names another id on the same origin, from there. Raises
    Unreachable."""
    found = reading.actor(await door.remote.document(uri), clock.now())
    if found is None:
        raise Unreachable(f"{uri} is no actor")
    return _met(door, found) if found.id == uri else await _at_home(door, uri, found.id)


async def owner_of(door: Federation, key_id: str) -> Actor:
    """The actor that names this key as its own, with the key in it. Two documents at most. Raises
    Unreachable."""
    uri = address(key_id)
    document = await door.remote.document(uri)
    found = reading.actor(document, clock.now())
    if found is not None and found.id == uri:
        return _met(door, found)
    named = keyring.in_document(document, key_id)
    if named is None:
        if found is None:
            raise Unreachable(f"{uri} is neither an actor nor this key")
        return await _at_home(door, uri, found.id)
    owner, text = named
    actor = await _at_home(door, uri, owner)
    if key_id in actor.elsewhere:
        return replace(actor, keys={**actor.keys, key_id: text})
    if actor.keys.get(key_id) != text:
        raise Unreachable(f"{owner} does not name {key_id} as its key")
    return actor


async def _at_home(door: Federation, uri: str, owner: str) -> Actor:
    """The actor that a document at another address names: from its own, on the same origin."""
    if origin_of(owner) != origin_of(uri):
        raise Unreachable(f"{uri} speaks for another origin")
    found = reading.actor(await door.remote.document(owner), clock.now())
    if found is None or found.id != owner:
        raise Unreachable(f"{owner} has no id of its own")
    return _met(door, found)


def _met(door: Federation, actor: Actor) -> Actor:
    """Next time its node is spoken to as it wants to be."""
    door.remote.met(actor)
    return actor
