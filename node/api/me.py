"""Who a token stands for."""

from msgspec import Struct

from node.api.nodes import NodeName
from node.api.operation import Call, Nothing
from node.neighbourhood.roles import Role
from node.storage.database import Transaction


class Me(Struct):
    """The resident whose token this is. `roles` are the offices held now."""

    id: str
    name: str
    roles: list[Role]
    language: str
    node: NodeName


def show(tx: Transaction, call: Call[Nothing]) -> Me:
    """Oneself."""
    me = call.by
    here = NodeName(call.settings.name, call.settings.origin)
    return Me(me.id, me.name, sorted(me.roles), me.language, here)
