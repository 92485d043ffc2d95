"""Other nodes: their actors as last seen, their keys, and the border between us."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.node import Follow, Node
from node.neighbourhood.refusal import NotFound, phrase
from node.storage.database import Transaction
from node.storage.tables import keys, nodes

_NAMES = [name for name in nodes.c.keys() if name != "receipts_due"]  # noqa: SIM118
_SELECT = select(*(nodes.c[name] for name in _NAMES))
ACTIVE = and_(
    nodes.c.we_claim == True,  # noqa: E712  (SQL, not Python)
    nodes.c.they_claim == True,  # noqa: E712
    nodes.c.our_follow == Follow.ACCEPTED,
    nodes.c.their_follow == Follow.ACCEPTED,
    nodes.c.blocked == False,  # noqa: E712
)
"""`Node.active` as SQL."""


def add(tx: Transaction, node: Node) -> bool:
    """Keep a node met for the first time; False when its actor or origin is known already."""
    return tx.add_new(nodes, **_values(node))


def save(tx: Transaction, node: Node) -> None:
    tx.run(nodes.update().where(nodes.c.id == node.id), _values(node))


def get(tx: Transaction, node_id: str, *, lock: bool = False) -> Node:
    """The node with this id of ours. Raises NotFound."""
    statement = _SELECT.where(nodes.c.id == node_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This node is not known here."))
    return _node(row)


def by_actor(tx: Transaction, actor: str, *, lock: bool = False) -> Node | None:
    statement = _SELECT.where(nodes.c.actor == actor)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    return _node(row) if row else None


def by_origin(tx: Transaction, origin: str) -> Node | None:
    row = tx.run(_SELECT.where(nodes.c.origin == origin)).mappings().first()
    return _node(row) if row else None


def known(tx: Transaction, node_ids: set[str]) -> dict[str, Node]:
    """The nodes with these ids of ours, by id."""
    found = tx.run(_SELECT.where(nodes.c.id.in_(node_ids))).mappings() if node_ids else ()
    return {row["id"]: _node(row) for row in found}


def by_inbox(tx: Transaction, inbox: str) -> Node | None:
    row = tx.run(_SELECT.where(nodes.c.inbox == inbox)).mappings().first()
    return _node(row) if row else None


def everyone(tx: Transaction) -> list[Node]:
    """All nodes known here, by name."""
    return [_node(row) for row in tx.run(_SELECT.order_by(nodes.c.name, nodes.c.id)).mappings()]


def neighbours(tx: Transaction) -> list[Node]:
    """The neighbourhoods next door: active now."""
    return [_node(row) for row in tx.run(_SELECT.where(ACTIVE).order_by(nodes.c.name, nodes.c.id)).mappings()]


def claimed(tx: Transaction) -> list[str]:
    """The actors that our operator said yes to: what the `adjacent` collection shows."""
    yes = and_(nodes.c.we_claim == True, nodes.c.blocked == False)  # noqa: E712
    return list(tx.run(select(nodes.c.actor).where(yes).order_by(nodes.c.actor)).scalars())


def followers(tx: Transaction) -> int:
    accepted = nodes.c.their_follow == Follow.ACCEPTED
    return len(tx.run(select(nodes.c.id).where(accepted)).all())


def touch(tx: Transaction, node_id: str, at: datetime) -> None:
    """Note that the node was heard of just now."""
    tx.run(nodes.update().where(nodes.c.id == node_id).values(last_seen=at))


def key(tx: Transaction, key_id: str) -> tuple[str, str, datetime] | None:
    """A public key as last fetched: (owner, multibase, when)."""
    row = tx.run(select(keys.c.owner, keys.c.multibase, keys.c.fetched).where(keys.c.id == key_id)).first()
    return (row[0], row[1], row[2]) if row else None


def keep_keys(tx: Transaction, owner: str, origin: str, found: dict[str, str], at: datetime) -> None:
    """Replace what is known of an actor's keys by what its own document says now.

    A key may get another owner within its origin, unless that is a partner: then who came first keeps it. One
    that another origin showed first stays what it is.
    """
    partners = select(nodes.c.origin).where(nodes.c.we_claim == True)  # noqa: E712
    here = and_(keys.c.origin == origin, keys.c.id.in_(found), keys.c.origin.not_in(partners))
    tx.run(keys.delete().where(or_(keys.c.owner == owner, here)))
    for key_id, multibase in found.items():
        tx.add_new(keys, id=key_id, owner=owner, origin=origin, multibase=multibase, fetched=at)


def keys_of(tx: Transaction, owner: str) -> dict[str, str]:
    """An actor's keys: id -> multibase."""
    return {
        row[0]: row[1] for row in tx.run(select(keys.c.id, keys.c.multibase).where(keys.c.owner == owner))
    }


def _values(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in _NAMES}


def _node(row: RowMapping) -> Node:
    return Node(**row)
