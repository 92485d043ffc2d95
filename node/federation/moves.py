"""An account or a neighbour says that it lives elsewhere now: believed when both documents, as they are at
this moment, say so (`federation.md` 7, rule 17; FEP-7628)."""

from node import clock
from node.acts import accounts as account_acts
from node.acts import moving
from node.federation import identity
from node.federation.door import Federation
from node.federation.guarded import Unreachable
from node.federation.reading import Actor
from node.storage import accounts, nodes
from node.storage.lookups import Lookup


async def account(door: Federation, lookup: Lookup) -> None:
    """Whether an account moved: its conversations go on with the new one."""
    account_id, _, target = lookup.subject.partition(" ")
    old = await door.database.reading(accounts.get, account_id)
    found = await _as_both_say(door, old.actor, target)
    if found.account is None:
        raise Unreachable(f"{target} is no account")
    await door.database.writing(account_acts.moved, old.id, found.account, found.keys, clock.now())


async def node(door: Federation, lookup: Lookup) -> None:
    """Whether a node moved, to one of the same kind that did not move on itself: our operator is told."""
    node_id, _, target = lookup.subject.partition(" ")
    old = await door.database.reading(nodes.get, node_id)
    found = await _as_both_say(door, old.actor, target)
    if found.node is None or found.node.kind is not old.kind or found.moved_to is not None:
        raise Unreachable(f"{target} is not where a node can have moved to")
    await door.database.writing(moving.leaves, old.id, found.id, clock.now())


async def _as_both_say(door: Federation, actor: str, target: str) -> Actor:
    """The new one. Raises Unreachable when one of the two does not say so."""
    found = await identity.fetch_actor(door, target)
    if actor not in found.also_known_as:
        raise Unreachable(f"{target} does not say that it was {actor}")
    if (await identity.fetch_actor(door, actor)).moved_to != found.id:
        raise Unreachable(f"{actor} does not say that it is {found.id} now")
    return found
