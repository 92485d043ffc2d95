"""The hub from the machine itself: joining and leaving one, and at the hub who is a member. As *console*."""

from datetime import datetime

from node.acts import hub
from node.command.answers import Answer
from node.command.others import find_node, not_looked_up, told
from node.neighbourhood.node import Node
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage import lookups, nodes
from node.storage.database import Transaction


def hub_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    ours = None if settings.home.is_hub else nodes.hub(tx)
    asks = [node for node in nodes.everyone(tx) if node.membership == "asked"] if settings.home.is_hub else []
    found = [one for one in (*asks, *nodes.members(tx)) if ours is None or one.id != ours.id]
    asked = lookups.open_for(tx, "hub")
    return {
        "hub": _told(ours) if ours else None,
        "members": [_told(node) for node in found],
        "looked_up": [{"address": one.subject, "tries": one.attempts, "error": one.error} for one in asked],
    }


def hub_join(tx: Transaction, settings: Settings, at: datetime, address: str) -> Answer:
    hub.ask(tx, console(at), address, at)
    return {"address": address}


def hub_leave(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    asked = lookups.open_for(tx, "hub")
    if asked and nodes.hub(tx) is None:
        return not_looked_up(tx, asked, at)
    return _told(hub.leave(tx, console(at), at))


def hub_admit(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _told(hub.admit(tx, console(at), find_node(tx, which).id, at))


def hub_refuse(tx: Transaction, settings: Settings, at: datetime, which: str, reason: str) -> Answer:
    return _told(hub.refuse(tx, console(at), find_node(tx, which).id, reason, at))


def hub_expel(tx: Transaction, settings: Settings, at: datetime, which: str, reason: str) -> Answer:
    return _told(hub.expel(tx, console(at), find_node(tx, which).id, reason, at))


def _told(node: Node) -> Answer:
    return {**told(node), "membership": node.membership}
