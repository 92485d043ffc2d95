"""What has to be fetched from other nodes, as rows that this worker answers: a neighbour's address, its
collections."""

import logging
from datetime import datetime, timedelta

from node import clock
from node.acts import advice, held, moving
from node.acts import hub as hubs
from node.acts import nodes as acts
from node.federation import announcements, identity, moves, reading, websites
from node.federation.documents import listed, origin_of, uri_of, uris_of
from node.federation.door import Federation
from node.federation.errands import Errands
from node.federation.guarded import Unreachable
from node.neighbourhood.node import Membership, Node, NodeKind, advisories_of
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.resident import Resident, console
from node.storage import advisories, deliveries, lookups, nodes, residents
from node.storage.database import Transaction
from node.storage.lookups import Lookup

AT_ONCE = 64
PAGES = 10  # of an outbox, at backfill (`wire.md` 9)
SOON = timedelta(seconds=15)  # a neighbourhood asks to join us, and does not name us yet: perhaps by then
EVERY = timedelta(days=1)  # how often a partner's actor and collections are read again (`wire.md` 2.4)
DAILY = ("actor", "adjacent", "directory", "outbox", "advisories")
_AGAIN = [timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 1800, 3600, 6 * 3600)]
# An address that a person typed: tell them soon. A move that is not true at once is not waited for.
TRIES = {"neighbour": 6, "hub": 6, "new home": 6, "move": 3, "node moves": 3}
AT_ONCE_OF = {"outbox": 2, "announced": 4, "website": 2}  # for the long breath (`wire.md` 9)

log = logging.getLogger(__name__)


async def run(door: Federation) -> None:
    """Answer look-ups as they fall due, for ever. At start every partner is visited: a sign that we are
    here."""
    await door.database.writing(_visit_partners, clock.now())
    errands = Errands(AT_ONCE)
    try:
        while True:
            change = door.database.change()
            for lookup in await door.database.reading(lookups.due, clock.now(), 2 * AT_ONCE):
                name = f"{lookup.what} look-up {lookup.id}"
                if errands.free and not errands.under_way(name) and _has_turn(errands, lookup):
                    errands.begin(name, _answer(door, lookup))
            await errands.wait(change)
    finally:
        await errands.stop()


def _has_turn(errands: Errands, lookup: Lookup) -> bool:
    most = AT_ONCE_OF.get(lookup.what, AT_ONCE)
    return errands.count(f"{lookup.what} look-up") < most


def _visit_partners(tx: Transaction, at: datetime) -> None:
    for node in nodes.everyone(tx):
        if node.partner and not node.blocked:
            lookups.ask(tx, "actor", node.id, at)
            if node.we_claim:
                lookups.ask(tx, "adjacent", node.id, at)
            if node.member and node.kind is NodeKind.HUB:
                lookups.ask(tx, "directory", node.id, at)
                lookups.ask(tx, "advisories", node.id, at)
            if node.active or node.member:
                lookups.ask(tx, "outbox", node.id, at)


async def _answer(door: Federation, lookup: Lookup) -> None:
    try:
        await _ANSWERS[lookup.what](door, lookup)
    except (Unreachable, Refusal) as error:
        log.info("look-up of %s failed: %s", lookup.what, error)
        await door.database.writing(_failed, lookup, str(error), clock.now())
    else:
        origin = await door.database.writing(_answered, lookup, clock.now())
        door.sleeping.discard(origin)
        door.unheard.discard(origin)


def _answered(tx: Transaction, lookup: Lookup, at: datetime) -> str:
    """Done; what is read daily stands ready for tomorrow. Who can be read can be written to: gives its
    origin."""
    if lookup.what not in DAILY:
        lookups.done(tx, lookup)  # unless it was put off meanwhile
        return ""
    node = nodes.get(tx, lookup.subject)
    asks_in_vain = node.membership is Membership.ASKED and tx.home.is_hub and node.hub != tx.home.actor
    lookups.again(tx, lookup, at + (SOON if asks_in_vain and lookup.what == "actor" else EVERY))
    origin = node.origin
    deliveries.revive(tx, origin, at)
    return origin


def _failed(tx: Transaction, lookup: Lookup, error: str, at: datetime) -> None:
    tries = lookup.attempts + 1
    last = tries >= TRIES.get(lookup.what, 1000)
    if last and lookup.what in ("move", "node moves"):  # nobody waits to read why
        lookups.done(tx, lookup)
        return
    again = None if last else at + _AGAIN[min(tries, len(_AGAIN)) - 1]
    lookups.failed(tx, lookup, error, again)


async def _neighbour(door: Federation, lookup: Lookup) -> None:
    """An operator typed an address: find the node behind it. Typing it was the yes."""
    uri = await _actor_at(door, lookup.subject)
    found = await identity.fetch_actor(door, uri)
    if found.node is None or found.node.adjacent is None:
        raise Unreachable(f"{lookup.subject} is not a neighbourhood's node")
    await door.database.writing(_say_yes, found, lookup, clock.now())


def _say_yes(tx: Transaction, found: reading.Actor, lookup: Lookup, at: datetime) -> None:
    identity.met(tx, found, at)
    node = nodes.by_actor(tx, found.id)
    if node is not None:
        acts.say_yes(tx, _who(tx, lookup.asked_by, at), node.id, at)


def _who(tx: Transaction, asked_by: str | None, at: datetime) -> Resident:
    person = console(at)
    return person if asked_by in (None, person.id) else residents.get(tx, str(asked_by), at)


async def _hub(door: Federation, lookup: Lookup) -> None:
    """An operator typed the address of a hub: find it. Typing it was the wish to join."""
    found = await identity.fetch_actor(door, await _actor_at(door, lookup.subject))
    if found.node is None or found.node.directory is None:
        raise Unreachable(f"{lookup.subject} is not a hub")
    await door.database.writing(_join, found, lookup, clock.now())


def _join(tx: Transaction, found: reading.Actor, lookup: Lookup, at: datetime) -> None:
    identity.met(tx, found, at)
    node = nodes.by_actor(tx, found.id)
    if node is not None:
        hubs.join(tx, _who(tx, lookup.asked_by, at), node.id, at)


async def _fellow(door: Federation, lookup: Lookup) -> None:
    """Our hub's directory names a neighbourhood: meet it, at its own address."""
    found = await identity.fetch_actor(door, lookup.subject)
    if found.node is None or found.id != lookup.subject:
        raise Unreachable(f"{lookup.subject} is not a neighbourhood's node")
    await door.database.writing(_is_fellow, found, clock.now())


def _is_fellow(tx: Transaction, found: reading.Actor, at: datetime) -> None:
    identity.met(tx, found, at)
    node = nodes.by_actor(tx, found.id, lock=True)
    if node is not None:
        hubs.fellow(tx, node, at)


async def _directory(door: Federation, lookup: Lookup) -> None:
    """Read our hub's directory: who are members, and are we still?"""
    node = await door.database.reading(nodes.get, lookup.subject)
    if node.directory is None or not node.member:
        return
    document = await door.remote.document(node.directory)
    if uri_of(document) != node.directory:
        raise Unreachable(f"{node.directory} is another collection")
    members = set(uris_of(document.get("items") or document.get("orderedItems")))
    await door.database.writing(hubs.listed, node.id, members, clock.now())


async def _advisories(door: Federation, lookup: Lookup) -> None:
    """Read whom our hub advises to block; what comes of that is for our own policy."""
    node = await door.database.reading(nodes.get, lookup.subject)
    if node.kind is not NodeKind.HUB or not node.member:
        return
    uri = advisories_of(node.actor)
    document = await door.remote.document(uri)
    if uri_of(document) != uri:
        raise Unreachable(f"{uri} is another collection")
    at = clock.now()
    items = listed(document.get("orderedItems"))[: advisories.MOST]
    found = [one for item in items if (one := reading.advisory(item, node, at)) is not None]
    await door.database.writing(advice.listed, node, found, at)


async def _new_home(door: Federation, lookup: Lookup) -> None:
    """An operator says that we live there from now on: does that one say that it was us?"""
    found = await identity.fetch_actor(door, await _actor_at(door, lookup.subject))
    if door.home.actor not in found.also_known_as:
        raise Unreachable(f"{found.id} does not say that it was {door.home.actor} (setting `formerly`)")
    await door.database.writing(moving.moved, found.id, clock.now())


async def _actor_at(door: Federation, address: str) -> str:
    """From what a person types (a handle, an address, an actor's id) to the actor's id."""
    if "://" in address:
        origin = origin_of(address)
        if origin is None:
            raise Unreachable(f"{address} is no web address")
        if address.rstrip("/").lower() != origin:
            return address
        resource = origin + "/"
    else:
        name, _, host = address.lstrip("@").rpartition("@")
        scheme = "http" if door.settings.town else "https"
        origin = origin_of(f"{scheme}://{host}")
        if origin is None:
            raise Unreachable(f"{address} is no web address or handle")
        resource = f"acct:{name}@{host}" if name else origin + "/"
    document = await door.remote.webfinger(origin, resource)
    for link in listed(document.get("links")):
        if isinstance(link, dict) and link.get("rel") == "self" and (href := uri_of(link.get("href"))):
            if origin_of(href) != origin:
                raise Unreachable(f"{address} points to another origin")
            return href
    raise Unreachable(f"{address} has no actor")


async def _actor(door: Federation, lookup: Lookup) -> None:
    node = await door.database.reading(nodes.get, lookup.subject)
    found = await identity.fetch_actor(door, node.actor)
    await door.database.writing(identity.met, found, clock.now())


async def _adjacent(door: Federation, lookup: Lookup) -> None:
    """Read a node's `adjacent` collection: do we stand in it?"""
    node = await door.database.reading(nodes.get, lookup.subject)
    if node.adjacent is None:
        return
    document = await door.remote.document(node.adjacent)
    if uri_of(document) != node.adjacent:
        raise Unreachable(f"{node.adjacent} is another collection")
    stands = door.home.actor in uris_of(document.get("items") or document.get("orderedItems"))
    await door.database.writing(acts.claimed, node.id, stands, clock.now())


async def _outbox(door: Federation, lookup: Lookup) -> None:
    """Backfill: a new neighbour's open posts, newest first (`wire.md` 9)."""
    node = await door.database.reading(nodes.get, lookup.subject)
    if not (node.active or node.member) or node.outbox is None:
        return
    document = await door.remote.document(node.outbox)
    uri, pages = uri_of(document.get("first")), 0
    while uri is not None and pages < PAGES and origin_of(uri) == node.origin:
        began = clock.now()
        page = await door.remote.document(uri)
        items = [item for item in listed(page.get("orderedItems"))[:200] if isinstance(item, dict)]
        await door.database.writing(_take_in, node, items, began, clock.now())
        uri, pages = uri_of(page.get("next")), pages + 1


def _take_in(
    tx: Transaction, node: Node, items: list[dict[str, object]], began: datetime, at: datetime
) -> None:
    """What an origin serves about itself needs no proof; items of other origins are ignored (A28)."""
    now = nodes.get(tx, node.id)
    for create in items:
        activity_uri, note = uri_of(create), create.get("object")
        if activity_uri is None or origin_of(activity_uri) != node.origin or not isinstance(note, dict):
            continue
        told = reading.post(note, now, at)
        if told is not None and create.get("type") == "Create" and uri_of(create.get("actor")) == node.actor:
            held.take_in(tx, now, told, activity_uri, at, began)


_ANSWERS = {
    "neighbour": _neighbour,
    "hub": _hub,
    "fellow": _fellow,
    "actor": _actor,
    "adjacent": _adjacent,
    "directory": _directory,
    "outbox": _outbox,
    "advisories": _advisories,
    "move": moves.account,
    "node moves": moves.node,
    "new home": _new_home,
    "announced": announcements.look_up,
    "website": websites.look_up,
}
