"""Borders: becoming neighbours with another node by an operator's yes on both sides, and ceasing to be
(`wire.md` 2)."""

from dataclasses import replace
from datetime import datetime

from node.acts import decision, held, hub, responses
from node.acts.standing import moved
from node.neighbourhood.activity import Happening, checked_why
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Follow, Membership, Node
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.storage import letters, log, lookups, matches, nodes, outbox, posts, residents, spread
from node.storage import responses as kept_responses
from node.storage.database import Transaction


def ask(tx: Transaction, by: Resident, address: str, at: datetime) -> None:
    """Want a node as neighbour, by the address an operator typed. It is looked up first. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    address = address.strip()
    plain = address.isprintable() and not any(c.isspace() for c in address)
    if not plain or not 3 < len(address) <= 500 or "." not in address:
        raise Invalid(
            {"address": phrase("Write the address of the other node, such as https://buurt.example.")}
        )
    if address.rstrip("/") in (tx.home.origin, tx.home.actor):
        raise Invalid({"address": phrase("This is our own address.")})
    known = nodes.by_actor(tx, address) or nodes.by_origin(tx, address.rstrip("/"))
    if known is not None:
        say_yes(tx, by, known.id, at)
    else:
        lookups.ask(tx, "neighbour", address, at, by.id)


def stop_looking(tx: Transaction, by: Resident, lookup_id: int) -> None:
    """No longer look an address up that an operator typed. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    typed = [*lookups.open_for(tx, "neighbour"), *lookups.open_for(tx, "hub")]
    asked = next((one for one in typed if one.id == lookup_id), None)
    if asked is None:
        raise NotFound(phrase("This is not here, or no longer."))
    lookups.done(tx, asked)


def say_yes(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Our operator wants this node as neighbour: it enters our collection and gets our Follow. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.blocked:
        raise Conflict(phrase("This node is blocked. Lift the block first."))
    if tx.home.is_hub or node.adjacent is None or node.area is None:
        raise Conflict(phrase("This is not the node of a neighbourhood."))
    if node.we_claim and node.our_follow is not Follow.REJECTED:
        return node
    outbox.send_to(tx, outbox.add(tx, "Follow", node.actor, {"node": node.id}, at), node.id)
    log.record(tx, Happening.NODE_ASKED, by.id, node.id, at)
    return moved(tx, node, at, we_claim=True, our_follow=Follow.PENDING)


def say_no(tx: Transaction, by: Resident, node_id: str, reason: str, at: datetime) -> Node:
    """Our operator does not want it: it hears why. Only an operator, and not once they said yes."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.their_follow is not Follow.ACCEPTED or node.their_follow_uri is None:
        raise Conflict(phrase("This node does not ask anything."))
    if node.we_claim:
        raise Conflict(phrase("We said yes to this node. End the border instead."))
    facts = {"node": node.id, "reason": checked_why(reason) or "declined"}
    outbox.send_to(tx, outbox.add(tx, "Reject", node.their_follow_uri, facts, at), node.id)
    log.record(tx, Happening.NODE_REFUSED, by.id, node.id, at)
    return moved(tx, node, at, their_follow=Follow.REJECTED, they_claim=False)


def end(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """No longer neighbours: our posts are called back; agreements that run live on. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if not node.we_claim:
        return node
    _undo_follow(tx, node, at)
    log.record(tx, Happening.NODE_ENDED, by.id, node.id, at)
    return moved(tx, node, at, we_claim=False, our_follow=Follow.NONE)


def block(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Have nothing to do with a node: agreements end, what we hold of it goes, it is answered 403. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.blocked:
        return node
    _part(tx, by, node, at)
    hub.parted(tx, node, at)
    node = nodes.get(tx, node_id, lock=True)
    held.drop_all(tx, node, at)
    log.record(tx, Happening.NODE_BLOCKED, by.id, node.id, at)
    none = {"our_follow": Follow.NONE, "their_follow": Follow.NONE, "we_claim": False, "they_claim": False}
    return moved(tx, node, at, blocked=True, membership=Membership.NONE, **none)


def unblock(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Lift a block; the border itself has to be asked for anew, and whether it is a fellow member we look up.
    Only an operator."""
    require(by, Deed.RUN_BORDERS)
    node, shared = nodes.get(tx, node_id, lock=True), nodes.hub(tx)
    if shared is not None and shared.member:
        lookups.ask(tx, "directory", shared.id, at)
    return moved(tx, node, at, blocked=False)


def pause(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """For a while nothing goes to a node, and what it sends waits at its own end. Only an operator."""
    return _rested(tx, by, node_id, True, at)


def resume(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """Go on where it was left: what waits goes out. Only an operator."""
    return _rested(tx, by, node_id, False, at)


def _rested(tx: Transaction, by: Resident, node_id: str, paused: bool, at: datetime) -> Node:
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.paused is paused:
        return node
    what = Happening.NODE_PAUSED if paused else Happening.NODE_RESUMED
    log.record(tx, what, by.id, node.id, at)
    return moved(tx, node, at, paused=paused)


def new_keys(tx: Transaction, by: Resident, keys: dict[str, str], at: datetime) -> None:
    """Tell everybody who has to do with us which keys our Group has from now on: key id -> multibase.

    It is signed with the key of before, which is how the others know that it is true. Only an operator.
    """
    require(by, Deed.RUN_BORDERS)
    told = outbox.add(tx, "Update", tx.home.actor, {"keys": keys}, at)
    outbox.send_to_partners(tx, told)
    spread.to_followers(tx, told, None, at)
    log.record(tx, Happening.KEY_ROTATED, by.id, by.id, at)


def confirm_keys(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """The operator rang the other side: its new keys are good. They are fetched again and kept. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.alarm is None:
        return node
    nodes.forget_keys(tx, node.origin)
    log.record(tx, Happening.KEY_CONFIRMED, by.id, node.id, at)
    lookups.ask(tx, "actor", node.id, at)
    return moved(tx, node, at, alarm=None)


def _part(tx: Transaction, by: Resident, node: Node, at: datetime) -> None:
    """Undo every yes between our people and theirs that is not done yet; ours hear of it."""
    for response in kept_responses.live_with(tx, node.id):
        post, match = posts.get(tx, response.post_id, lock=True), matches.of_response(tx, response.id)
        if match is not None and match.state is MatchState.DONE:
            continue
        if not post.own:
            responses.give_up(tx, response, by.id, at)
            continue
        decision.part(tx, post, response, by.id, at)


# What the other node does


def met(tx: Transaction, found: Node, keys: dict[str, str], at: datetime) -> Node:
    """An actor was fetched from its own origin: keep what it says of itself. Pinned keys of a partner stay.

    `keys` is key id -> multibase. A key that a partner's actor names anew counts only when it was told in a
    message signed with one we know (`vouched`). A partner that names none of those we know is held, with an
    alarm for the operator, until a person confirms (`wire.md` 5).
    """
    known = nodes.by_actor(tx, found.actor, lock=True)
    if known is None:
        if not nodes.add(tx, found):
            raise Conflict(phrase("This address belongs to another node already."))
        nodes.keep_keys(tx, found.actor, found.origin, keys, at)
        return found
    pinned = nodes.keys_of(tx, found.actor)
    if known.partner and pinned:
        keys = {key: value for key, value in keys.items() if pinned.get(key) == value}
        if not keys:
            alarmed = replace(known, alarm="keys changed")
            nodes.save(tx, alarmed)
            return alarmed
    nodes.keep_keys(tx, found.actor, found.origin, keys, at)
    kept = {name: getattr(known, name) for name in _BORDER}
    node = replace(found, id=known.id, **kept)
    nodes.save(tx, node)
    if node.member and node.hub != tx.home.actor:
        hub.left(tx, node, at)
    return node


def changed_key(tx: Transaction, origin: str, owner: str, key_id: str) -> bool:
    """Whether a partner speaks with another key than its actor had: then the operator has to look first
    (A22)."""
    node, pinned = nodes.by_origin(tx, origin), nodes.keys_of(tx, owner)
    if node is None or not node.partner or not pinned or key_id in pinned:
        return False
    nodes.save(tx, replace(node, alarm="keys changed"))
    return True


def vouched(tx: Transaction, node: Node, keys: dict[str, str], at: datetime) -> None:
    """An actor names its keys in a message signed with one we know: how keys change safely (`wire.md` 5).
    Another key under an id that was used before is held, with an alarm."""
    known = nodes.keys_of(tx, node.actor)
    if any(known.get(key_id, key) != key for key_id, key in keys.items()):
        nodes.save(tx, replace(node, alarm="keys changed"))
    elif set(keys) & set(known):
        nodes.keep_keys(tx, node.actor, node.origin, keys, at)
        log.record(tx, Happening.KEY_ROTATED, node.id, node.id, at)


def followed(tx: Transaction, node: Node, follow_uri: str, at: datetime) -> None:
    """A node follows us: accepted at once, as for anyone; then its collection is read, to see if it asks for
    more."""
    facts = {"node": node.id, "follow": follow_uri}
    outbox.send_to(tx, outbox.add(tx, "Accept", follow_uri, facts, at), node.id)
    if not tx.home.is_hub and node.area is not None and node.adjacent is not None:
        lookups.ask(tx, "adjacent", node.id, at)
    moved(tx, node, at, their_follow=Follow.ACCEPTED, their_follow_uri=follow_uri)


def unfollowed(tx: Transaction, node: Node, at: datetime) -> None:
    """A node undid its Follow: no longer neighbours, if we were."""
    if node.their_follow is not Follow.NONE:
        log.record(tx, Happening.NODE_ENDED, node.id, node.id, at)
        after = moved(tx, node, at, their_follow=Follow.NONE, their_follow_uri=None, they_claim=False)
        hub.left(tx, after, at)


def follow_accepted(tx: Transaction, node: Node, at: datetime) -> None:
    """The other side took our Follow in; only for one that we sent and that waits."""
    if node.our_follow is Follow.PENDING:
        moved(tx, node, at, our_follow=Follow.ACCEPTED)


def follow_rejected(tx: Transaction, node: Node, reason: str | None, at: datetime) -> None:
    """The other side does not want us as neighbour: it leaves our collection, and the operator sees why."""
    if node.our_follow in (Follow.PENDING, Follow.ACCEPTED):
        log.record(tx, Happening.NODE_REFUSED, node.id, node.id, at, reason)
        moved(tx, node, at, our_follow=Follow.REJECTED, we_claim=False)


def claimed(tx: Transaction, node_id: str, stands: bool, at: datetime) -> None:
    """Its `adjacent` collection was read: we stand in it, or not (any more)."""
    node = nodes.get(tx, node_id, lock=True)
    if node.they_claim == stands or node.blocked:
        return
    after = moved(tx, node, at, they_claim=stands)
    if after.asks:
        log.record(tx, Happening.NODE_ASKS, node.id, node.id, at)
        for operator in residents.holding(tx, Role.OPERATOR, at):
            letters.add(tx, "node asks", at, resident_id=operator, node=node.id)


_BORDER = (
    "we_claim",
    "they_claim",
    "our_follow",
    "their_follow",
    "their_follow_uri",
    "membership",
    "membership_uri",
    "blocked",
    "paused",
    "last_seen",
    "moved_to",
    "moved",
)


def _undo_follow(tx: Transaction, node: Node, at: datetime) -> None:
    follow = outbox.latest(tx, "Follow", node.actor)
    if follow is not None:
        facts = {"node": node.id, "follow": follow.uri}
        outbox.send_to(tx, outbox.add(tx, "Undo", follow.uri, facts, at), node.id)
