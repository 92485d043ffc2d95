"""Other nodes: their actors as last seen, their keys, and the border between us."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select

from node.neighbourhood.node import Follow, Home, Membership, Node, NodeKind
from node.neighbourhood.post import Audience
from node.neighbourhood.refusal import NotFound, phrase
from node.storage.database import Prepared, Transaction
from node.storage.tables import keys, nodes

_NAMES = [column.name for column in nodes.c if column.name != "receipts_due"]
_SELECT = select(*(nodes.c[name] for name in _NAMES))
ACTIVE = and_(
    nodes.c.we_claim == True,
    nodes.c.they_claim == True,
    nodes.c.our_follow == Follow.ACCEPTED,
    nodes.c.their_follow == Follow.ACCEPTED,
    nodes.c.blocked == False,
)
"""`Node.active` as SQL."""
MEMBER = and_(nodes.c.membership == Membership.MEMBER, nodes.c.blocked == False)
"""`Node.member` as SQL."""
PARTNER = or_(
    nodes.c.we_claim == True,
    nodes.c.membership.in_([Membership.ASKED, Membership.MEMBER]),
)
"""`Node.partner` as SQL."""
_FOLLOWS = and_(nodes.c.their_follow == Follow.ACCEPTED, nodes.c.blocked == False)

ONLY_FOLLOWS = and_(_FOLLOWS, not_(ACTIVE), not_(MEMBER))


def may_hold(audience: Audience) -> ColumnElement[bool]:
    """`audience.may_hold` as SQL, for the nodes that are sent a post without asking."""
    if audience is Audience.ADJACENT:
        return ACTIVE
    return or_(ACTIVE, MEMBER) if audience is Audience.MUNICIPALITY else or_(ACTIVE, MEMBER, _FOLLOWS)


def sent_directly(home: Home, audience: Audience) -> ColumnElement[bool]:
    """Those of `may_hold` to whom we send ourselves; the hub passes it on to our fellow members
    (`wire.md` 4)."""
    if home.is_hub:
        return may_hold(audience)
    through_hub = and_(MEMBER, nodes.c.kind != NodeKind.HUB, not_(ACTIVE), not_(_FOLLOWS))
    return and_(may_hold(audience), not_(through_hub))


SEEN_EVERY = timedelta(minutes=1)
# Asked for each message that comes in:
_ACTOR = _SELECT.where(nodes.c.actor == bindparam("actor"))
_BY_ACTOR, _BY_ACTOR_LOCKED = Prepared(_ACTOR), Prepared(_ACTOR.with_for_update())
_BY_ORIGIN = Prepared(_SELECT.where(nodes.c.origin == bindparam("origin")))
_TOUCH = Prepared(nodes.update().where(nodes.c.id == bindparam("node")).values(last_seen=bindparam("moment")))
_KEY = Prepared(select(keys.c.owner, keys.c.multibase, keys.c.fetched).where(keys.c.id == bindparam("key")))


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
    row = tx.row(_BY_ACTOR_LOCKED if lock else _BY_ACTOR, actor=actor)
    return _node(row) if row else None


def by_origin(tx: Transaction, origin: str) -> Node | None:
    row = tx.row(_BY_ORIGIN, origin=origin)
    return _node(row) if row else None


def known(tx: Transaction, node_ids: set[str]) -> dict[str, Node]:
    """The nodes with these ids of ours, by id."""
    found = tx.run(_SELECT.where(nodes.c.id.in_(node_ids))).mappings() if node_ids else ()
    return {row["id"]: _node(row) for row in found}


def everyone(tx: Transaction) -> list[Node]:
    """All nodes known here, by name."""
    return [_node(row) for row in tx.run(_SELECT.order_by(nodes.c.name, nodes.c.id)).mappings()]


def neighbours(tx: Transaction) -> list[Node]:
    """The neighbourhoods next door: active now."""
    return [_node(row) for row in tx.run(_SELECT.where(ACTIVE).order_by(nodes.c.name, nodes.c.id)).mappings()]


def members(tx: Transaction) -> list[Node]:
    """Who shares the municipality's posts with us: our hub and its members, or the members of us as hub."""
    return [_node(row) for row in tx.run(_SELECT.where(MEMBER).order_by(nodes.c.name, nodes.c.id)).mappings()]


def directory(tx: Transaction) -> list[str]:
    """The actors of the members of us as hub."""
    return list(tx.run(select(nodes.c.actor).where(MEMBER).order_by(nodes.c.actor)).scalars())


def hub(tx: Transaction) -> Node | None:
    """The hub that we name as ours: asked, or joined."""
    named = nodes.c.membership.in_([Membership.ASKED, Membership.MEMBER])
    row = tx.run(_SELECT.where(nodes.c.kind == NodeKind.HUB, named)).mappings().first()
    return _node(row) if row else None


def hub_actor(tx: Transaction) -> str | None:
    """The hub through which posts reach the municipality: the one we joined, or ourselves."""
    if tx.home.is_hub:
        return tx.home.actor
    found = tx.run(select(nodes.c.actor).where(nodes.c.kind == NodeKind.HUB, MEMBER)).scalar()
    return str(found) if found else None


def claimed(tx: Transaction) -> list[str]:
    """The actors that our operator said yes to: what the `adjacent` collection shows."""
    yes = and_(nodes.c.we_claim == True, nodes.c.blocked == False)
    return list(tx.run(select(nodes.c.actor).where(yes).order_by(nodes.c.actor)).scalars())


def partner_origins(tx: Transaction) -> frozenset[str]:
    """Where our neighbours, our hub and its members live."""
    statement = select(nodes.c.origin).where(PARTNER, nodes.c.blocked == False)
    return frozenset(tx.run(statement).scalars())


def count_others(tx: Transaction) -> int:
    """How many nodes are known that are no partner."""
    return int(tx.run(select(func.count()).select_from(nodes).where(not_(PARTNER))).scalar_one())


def followers(tx: Transaction) -> int:
    accepted = nodes.c.their_follow == Follow.ACCEPTED
    return len(tx.run(select(nodes.c.id).where(accepted)).all())


def heard(tx: Transaction, node: Node, at: datetime) -> None:
    """Note that the node was heard of, to the minute."""
    if node.last_seen is None or node.last_seen < at - SEEN_EVERY:
        tx.change(_TOUCH, {"node": node.id, "moment": at})


def key(tx: Transaction, key_id: str) -> tuple[str, str, datetime] | None:
    """A public key as last fetched: (owner, multibase, when)."""
    row = tx.row(_KEY, key=key_id)
    return (row["owner"], row["multibase"], row["fetched"]) if row else None


def keep_keys(tx: Transaction, owner: str, origin: str, found: dict[str, str], at: datetime) -> None:
    """Replace what is known of an actor's keys by what its own document says now.

    A key may get another owner within its origin, unless that is a partner: then who came first keeps it. One
    that another origin showed first stays what it is.
    """
    partners = select(nodes.c.origin).where(PARTNER)
    here = and_(keys.c.origin == origin, keys.c.id.in_(found), keys.c.origin.not_in(partners))
    tx.run(keys.delete().where(or_(keys.c.owner == owner, here)))
    for key_id, multibase in found.items():
        tx.add_new(keys, id=key_id, owner=owner, origin=origin, multibase=multibase, fetched=at)


def forget_keys(tx: Transaction, origin: str) -> None:
    """Forget all keys of an origin: they are fetched anew when next needed."""
    tx.run(keys.delete().where(keys.c.origin == origin))


def keys_of(tx: Transaction, owner: str) -> dict[str, str]:
    """An actor's keys: id -> multibase."""
    return {
        row[0]: row[1] for row in tx.run(select(keys.c.id, keys.c.multibase).where(keys.c.owner == owner))
    }


def _values(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in _NAMES}


def _node(row: Mapping[Any, Any]) -> Node:
    return Node(**row)
