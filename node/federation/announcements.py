"""A public post that somebody whom we follow announced: its id is all that is believed of that. It is read at
its own address, and so is who wrote it: a node of our own kind, on the same origin."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from node import clock
from node.acts import announcements as acts
from node.federation import identity, reading
from node.federation.addresses import is_named
from node.federation.documents import origin_of, uri_of, uris_of
from node.federation.door import Federation
from node.federation.gate import TooMuch
from node.federation.guarded import Absent, Gone, Unreachable
from node.federation.identity import OTHERS_MOST
from node.neighbourhood.node import Home, Node
from node.neighbourhood.refusal import Conflict
from node.storage import nodes
from node.storage.database import Transaction
from node.storage.lookups import Lookup

_WRAPPED = ("Create", "Update")
_PLAIN = (None, "Note", "Event")


def announced(activity: dict[str, Any]) -> str | None:
    """The id of what an Announce is about, the first alone; of a Create inside it that of what was created.
    None for any other activity inside it, such as another Announce (`federation.md` 6, 40)."""
    thing = activity.get("object")
    thing = thing[0] if isinstance(thing, list) and thing else thing
    kind = thing.get("type") if isinstance(thing, dict) else None
    if isinstance(thing, dict) and kind in _WRAPPED:
        return uri_of(thing.get("object"))
    return uri_of(thing) if kind in _PLAIN else None


def elsewhere(home: Home, node: Node, uri: str) -> str | None:
    """The origin of something that is neither ours nor of the node that points to it; None for those, and for
    an address that is nobody's on the internet (a demo's town has no others)."""
    origin = origin_of(uri)
    if origin is None or origin in (node.origin, home.origin):
        return None
    return origin if is_named(origin) or not home.origin.startswith("https://") else None


async def look_up(door: Federation, lookup: Lookup) -> None:
    """Read it, and who wrote it if we do not know them: two documents. What cannot be read stays out."""
    uri = acts.uri_of(lookup)
    if not await door.database.writing(acts.begin, lookup, origin_of(uri), clock.now()):
        return
    try:
        note = await _asked(door, uri)
        author = _author(note, uri)
        found = await _stranger(door, author) if author is not None else None
    except Absent as error:
        await door.database.writing(acts.gone, lookup, isinstance(error, Gone), clock.now())
    except Unreachable:
        await door.database.writing(acts.unreached, lookup, clock.now())
    except TooMuch:
        await door.database.writing(acts.put_off, lookup, clock.now())
    else:
        await door.database.writing(_read, lookup, note, author, found, clock.now())


async def _asked(door: Federation, uri: str) -> dict[str, Any]:
    """A document, as often as its origin may be asked at the word of others."""
    door.gate.ask_post(str(origin_of(uri)))
    return await door.remote.document(uri)


def _author(note: dict[str, Any], uri: str) -> str | None:
    """Who wrote it, when it is what was asked for, and of a kind that nodes of ours write."""
    authors = uris_of(note.get("attributedTo"))
    if uri_of(note) != uri or not reading.is_post(note) or len(authors) != 1:
        return None
    return authors[0] if origin_of(authors[0]) == origin_of(uri) else None


async def _stranger(door: Federation, author: str) -> reading.Actor | None:
    """The actor of somebody whom we have not met; None for whom we have."""
    if await door.database.reading(nodes.by_actor, author) is not None:
        return None
    door.gate.ask_post(str(origin_of(author)))
    found = await identity.fetch_actor(door, author)
    return found if found.id == author else None


def _read(
    tx: Transaction,
    lookup: Lookup,
    note: dict[str, Any],
    author: str | None,
    found: reading.Actor | None,
    at: datetime,
) -> None:
    home = _home(tx, author, found, at) if author is not None else None
    told = reading.post(note, home, at) if home is not None else None
    if home is None or told is None:
        acts.gone(tx, lookup, False, at)
    else:
        acts.read(tx, lookup, home, told, at)


def _home(tx: Transaction, author: str, found: reading.Actor | None, at: datetime) -> Node | None:
    """Who wrote it. Somebody new is kept while half of the room for nodes that are no partners is free: the
    other half is for those that come themselves."""
    if found is not None and found.node is not None and nodes.count_others(tx) < OTHERS_MOST // 2:
        with suppress(Conflict):  # a second Group of one origin is nobody's neighbour
            identity.met(tx, found, at)
    return nodes.by_actor(tx, author, lock=True)
