"""This node, those it knows, and an operator's yes and no at the borders."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from node import __version__
from node.acts import hub
from node.acts import nodes as acts
from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood.node import Node as Known
from node.neighbourhood.node import NodeKind, Standing
from node.neighbourhood.resident import Resident
from node.storage import nodes as kept
from node.storage.database import Transaction

AreaCode = Annotated[str, Meta(description="CBS code.", examples=["BU00000001"])]


class NodeName(Struct):
    """A node by name, with its address."""

    name: str
    url: str


class ThisNode(Struct):
    """The node that answers. `hub` is the actor of its hub, null without one."""

    kind: NodeKind
    name: str
    area: AreaCode
    actor: str
    acct: str
    hub: str | None
    version: str


class Node(Struct):
    """A node known here. `standing` is how it stands to ours; `paused`: for a while nothing goes over or
    back; `moved_to` is the actor that a neighbour or hub says it is now, null when it did not move;
    `last_seen` is null before it was heard of."""

    id: str
    name: str
    kind: NodeKind
    url: str
    actor: str
    area: AreaCode | None
    standing: Standing
    paused: bool
    moved_to: str | None
    last_seen: Moment | None


class Nodes(Struct):
    """A page of nodes, by name."""

    items: list[Node]
    next: str | None


class NewNode(Struct, forbid_unknown_fields=True):
    """Which node is wanted, as neighbour or as hub: its address, or its handle."""

    address: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 500})]


class Reason(Struct, forbid_unknown_fields=True):
    """Why, in a sentence; it may be left out."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class AskedNode(Struct):
    """The wish is written down. `node` is null while it has to be looked up; then it stands in the list."""

    address: str
    node: Node | None


def about(tx: Transaction, call: Call[Nothing]) -> ThisNode:
    """What this node says of itself to everybody."""
    home, settings, ours = tx.home, call.settings, kept.hub(tx)
    mine = ours.actor if ours is not None and ours.member else None
    return ThisNode(home.kind, settings.name, home.area.code, home.actor, settings.acct, mine, __version__)


def listing(tx: Transaction, call: Call[PageAsked]) -> Nodes:
    """The nodes known here."""
    end = lists.ended(call.asked)
    everyone = sorted(kept.everyone(tx), key=_place)  # a database may sort names otherwise than a cursor does
    found = [node for node in everyone if end is None or _place(node) > end]
    shown, more = lists.page(found, call.asked.limit, _place)
    return Nodes([_shown(node) for node in shown], more)


def ask(tx: Transaction, call: Call[NewNode]) -> AskedNode:
    """Want a node as neighbour."""
    address = call.asked.address.strip()
    acts.ask(tx, call.by, address, call.at)
    known = kept.by_actor(tx, address) or kept.by_origin(tx, address.rstrip("/"))
    return AskedNode(address, _shown(known) if known else None)


def join(tx: Transaction, call: Call[NewNode]) -> AskedNode:
    """Want to join a hub."""
    address = call.asked.address.strip()
    hub.ask(tx, call.by, address, call.at)
    known = kept.by_actor(tx, address) or kept.by_origin(tx, address.rstrip("/"))
    return AskedNode(address, _shown(known) if known else None)


def leave(tx: Transaction, call: Call[Nothing]) -> None:
    """Leave the hub."""
    hub.leave(tx, call.by, call.at)


Decision = Callable[[Transaction, Resident, str, datetime], Known]


def decide(decision: Decision, tx: Transaction, call: Call[Nothing]) -> Node:
    """Say yes or no to a node, end a border, block or unblock."""
    return _shown(decision(tx, call.by, call.key, call.at))


Explained = Callable[[Transaction, Resident, str, str, datetime], Known]


def explain(decision: Explained, tx: Transaction, call: Call[Reason]) -> Node:
    """Decide about a member of the hub, and say why."""
    return _shown(decision(tx, call.by, call.key, call.asked.reason, call.at))


def refuse(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Known:
    """Say no to a node that asks, without giving a reason."""
    return acts.say_no(tx, by, node_id, "", at)


def address(url: str) -> str:
    """The address of a node, spelled the same everywhere: without a slash at its end."""
    return url.rstrip("/")


def _place(node: Known) -> tuple[str, str]:
    return node.name, node.id


def _shown(node: Known) -> Node:
    return Node(
        id=node.id,
        name=node.name,
        kind=node.kind,
        url=address(node.url or node.origin),
        actor=node.actor,
        area=node.area,
        standing=node.standing,
        paused=node.paused,
        moved_to=node.leaves_for,
        last_seen=node.last_seen,
    )
