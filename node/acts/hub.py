"""The hub: joining and leaving it as a member, and running its directory at the hub itself (`wire.md` 3)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from node.acts.standing import moved, say_changed
from node.neighbourhood.activity import Happening, checked_why
from node.neighbourhood.node import Follow, Membership, Node, NodeKind
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.storage import letters, log, lookups, nodes, outbox, relay, residents
from node.storage.database import Transaction

# At a neighbourhood


def ask(tx: Transaction, by: Resident, address: str, at: datetime) -> None:
    """Want to join a hub, by the address an operator typed. It is looked up first. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    address = address.strip()
    plain = address.isprintable() and not any(c.isspace() for c in address)
    if not plain or not 3 < len(address) <= 500 or "." not in address:
        raise Invalid({"address": phrase("Write the address of the hub, such as https://gemeente.example.")})
    _require_no_other(tx, None)
    known = nodes.by_actor(tx, address) or nodes.by_origin(tx, address.rstrip("/"))
    if known is not None and known.kind is NodeKind.HUB:
        join(tx, by, known.id, at)
    else:
        lookups.ask(tx, "hub", address, at, by.id)


def join(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Ask a hub to be a member: it is named in our actor, and gets our Follow and our Offer. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    hub = nodes.get(tx, node_id, lock=True)
    _require_no_other(tx, hub)
    if hub.kind is not NodeKind.HUB or hub.directory is None:
        raise Conflict(phrase("This is not a hub."))
    if hub.blocked:
        raise Conflict(phrase("This node is blocked. Lift the block first."))
    if hub.membership in (Membership.ASKED, Membership.MEMBER):
        return hub
    outbox.send_to(tx, outbox.add(tx, "Follow", hub.actor, {"node": hub.id}, at), hub.id)
    offer = outbox.add(tx, "Offer", tx.home.actor, {"node": hub.id, "target": hub.directory}, at)
    outbox.send_to(tx, offer, hub.id)
    log.record(tx, Happening.HUB_ASKED, by.id, hub.id, at)
    asked = {"membership": Membership.ASKED, "membership_uri": offer.uri}
    return moved(tx, hub, at, our_follow=Follow.PENDING, **asked)


def leave(tx: Transaction, by: Resident, at: datetime) -> Node:
    """Leave the hub: what others hold through it is called back, then it hears. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    hub = nodes.hub(tx)
    if hub is None:
        raise Conflict(phrase("This node has no hub."))
    after = _out(tx, hub, Membership.NONE, at)
    follow = outbox.latest(tx, "Follow", hub.actor)
    if follow is not None:
        facts = {"node": hub.id, "follow": follow.uri}
        outbox.send_to(tx, outbox.add(tx, "Undo", follow.uri, facts, at), hub.id)
    log.record(tx, Happening.HUB_LEFT, by.id, hub.id, at)
    return after


def accepted(tx: Transaction, hub: Node, offer_uri: str, at: datetime) -> None:
    """The hub's operator said yes: we are a member, and look who else is. Only for the Offer that waits."""
    if hub.membership is Membership.ASKED and hub.membership_uri == offer_uri:
        log.record(tx, Happening.HUB_JOINED, hub.id, hub.id, at)
        moved(tx, hub, at, membership=Membership.MEMBER)
        lookups.ask(tx, "directory", hub.id, at)
        for neighbour in nodes.neighbours(tx):
            say_changed(tx, neighbour, at)


def refused(tx: Transaction, hub: Node, offer_uri: str, reason: str, at: datetime) -> None:
    """The hub's operator said no. Only for the Offer that waits."""
    if hub.membership is Membership.ASKED and hub.membership_uri == offer_uri:
        log.record(tx, Happening.HUB_REFUSED, hub.id, hub.id, at, reason)
        moved(tx, hub, at, membership=Membership.REFUSED)


def listed(tx: Transaction, node_id: str, members: Collection[str], at: datetime) -> None:
    """The hub's directory was read: who stands in it is a fellow member, and so are we, or no longer."""
    hub = nodes.get(tx, node_id, lock=True)
    if not hub.member or hub.kind is not NodeKind.HUB:
        return
    if tx.home.actor not in members:
        log.record(tx, Happening.HUB_LEFT, hub.id, hub.id, at)
        _out(tx, hub, Membership.NONE, at)
        return
    for node in nodes.members(tx):
        if node.kind is not NodeKind.HUB and node.actor not in members:
            _apart(tx, node, at)
    known = {node.actor for node in nodes.members(tx)}
    for actor in members:
        if actor not in known and actor != tx.home.actor:
            lookups.ask(tx, "fellow", actor, at)


def fellow(tx: Transaction, node: Node, at: datetime) -> None:
    """A neighbourhood of our hub's directory was looked up: a fellow, when it names that hub as its own."""
    hub = nodes.hub(tx)
    names_it = hub is not None and hub.member and node.hub == hub.actor
    if names_it and node.kind is not NodeKind.HUB and not node.blocked:
        moved(tx, node, at, membership=Membership.MEMBER)


def _require_no_other(tx: Transaction, wanted: Node | None) -> None:
    if tx.home.is_hub:
        raise Conflict(phrase("A hub does not join another hub."))
    hub = nodes.hub(tx)
    if hub is not None and (wanted is None or hub.id != wanted.id):
        raise Conflict(phrase("This node has a hub already: %(name)s. Leave it first.", name=hub.name))


def _out(tx: Transaction, hub: Node, membership: Membership, at: datetime) -> Node:
    """No longer a member: everybody we knew through the hub is asked to delete, and so is the hub."""
    for node in nodes.members(tx):
        if node.kind is not NodeKind.HUB:
            _apart(tx, node, at)
    return moved(tx, hub, at, membership=membership, our_follow=Follow.NONE)


def _apart(tx: Transaction, node: Node, at: datetime) -> None:
    moved(tx, node, at, membership=Membership.NONE)


# At the hub


def offered(tx: Transaction, node: Node, offer_uri: str, at: datetime) -> None:
    """A neighbourhood wants to be a member: our operator decides, once its actor names us as its hub, and
    hears of it once, however often it asks."""
    if not tx.home.is_hub or node.kind is NodeKind.HUB:
        return
    asked = {"membership_uri": offer_uri}
    if node.member:
        _accept(tx, moved(tx, node, at, **asked), at)
        return
    moved(tx, node, at, membership=Membership.ASKED, **asked)
    lookups.ask(tx, "actor", node.id, at)
    if node.membership is Membership.ASKED:
        return
    log.record(tx, Happening.MEMBER_ASKS, node.id, node.id, at)
    for operator in residents.holding(tx, Role.OPERATOR, at):
        letters.add(tx, "member asks", at, resident_id=operator, node=node.id)


def admit(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Take a neighbourhood in: it enters the directory, and every member hears of it. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    _require_hub(tx)
    node = nodes.get(tx, node_id, lock=True)
    if node.member:
        return node
    if node.membership is not Membership.ASKED or node.blocked:
        raise Conflict(phrase("This node does not ask to be a member."))
    if node.hub != tx.home.actor:
        raise Conflict(phrase("This node does not name us as its hub. Try again in a minute."))
    _accept(tx, node, at)
    after = moved(tx, node, at, membership=Membership.MEMBER)
    log.record(tx, Happening.MEMBER_ADMITTED, by.id, node.id, at)
    outbox.send_to_members(tx, outbox.add(tx, "Add", node.actor, {}, at))
    return after


def refuse(tx: Transaction, by: Resident, node_id: str, reason: str, at: datetime) -> Node:
    """Say no to a neighbourhood that wants to be a member: it hears why. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    _require_hub(tx)
    node = nodes.get(tx, node_id, lock=True)
    if node.membership is not Membership.ASKED or node.membership_uri is None:
        raise Conflict(phrase("This node does not ask to be a member."))
    facts = {"node": node.id, "reason": checked_why(reason) or "declined"}
    outbox.send_to(tx, outbox.add(tx, "Reject", node.membership_uri, facts, at), node.id)
    log.record(tx, Happening.NODE_REFUSED, by.id, node.id, at)
    return moved(tx, node, at, membership=Membership.REFUSED)


def expel(tx: Transaction, by: Resident, node_id: str, reason: str, at: datetime) -> Node:
    """Put a member out: it leaves the directory, what we hold of it goes, all members hear. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    _require_hub(tx)
    node = nodes.get(tx, node_id, lock=True)
    if not node.member:
        raise Conflict(phrase("This node is not a member."))
    log.record(tx, Happening.MEMBER_EXPELLED, by.id, node.id, at, checked_why(reason) or None)
    return _removed(tx, node, at)


def left(tx: Transaction, node: Node, at: datetime) -> None:
    """A member left, or names another hub: it leaves the directory, and the others hear."""
    if tx.home.is_hub and node.member:
        log.record(tx, Happening.MEMBER_LEFT, node.id, node.id, at)
        _removed(tx, node, at)
    elif tx.home.is_hub and node.membership is Membership.ASKED:
        nodes.save(tx, replace(node, membership=Membership.NONE))


def parted(tx: Transaction, node: Node, at: datetime) -> None:
    """Our operator blocks a node: whatever we shared through the hub ends first."""
    if node.kind is NodeKind.HUB:
        _out(tx, node, Membership.NONE, at)
    elif tx.home.is_hub and node.member:
        _removed(tx, node, at)


def _require_hub(tx: Transaction) -> None:
    """Nobody else has members: a neighbourhood leaves its hub, and ends its borders."""
    if not tx.home.is_hub:
        raise Conflict(phrase("Only a hub decides about members."))


def _accept(tx: Transaction, node: Node, at: datetime) -> None:
    if node.membership_uri is not None:
        facts = {"node": node.id, "membership": True}
        outbox.send_to(tx, outbox.add(tx, "Accept", node.membership_uri, facts, at), node.id)


def _removed(tx: Transaction, node: Node, at: datetime) -> Node:
    """Out of the directory. It hears of it too, so that it asks for its copies back itself; what the others
    said to all members is not passed on to it any more."""
    outbox.send_to_members(tx, outbox.add(tx, "Remove", node.actor, {}, at))
    relay.drop_passed_on(tx, node.origin)
    return moved(tx, node, at, membership=Membership.NONE)
