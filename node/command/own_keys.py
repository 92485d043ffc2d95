"""The keys of this node from the machine itself: a new one for its Group, told to all who know it."""

from datetime import datetime, timedelta

from node import clock
from node.acts import nodes as borders
from node.command.answers import Answer
from node.federation import keys
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage.database import Transaction


def key_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    own = keys.load_or_make(settings.dir, settings.home)
    shown = [{"id": key.key_id, "signs": key.key_id == own.group.key_id} for key in own.shown(at)]
    return {"keys": shown}


def key_rotate(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    """The new key is made and told, signed with the old one; `begin` has it sign from then on."""
    keys.prepare(settings.dir)
    own = keys.load_or_make(settings.dir, settings.home)
    shown = own.shown(at)
    borders.new_keys(tx, console(at), {key.key_id: keys.public(key) for key in shown}, at)
    return {"keys": [{"id": key.key_id, "signs": key is shown[-1]} for key in shown]}


def begin(settings: Settings, at: datetime, _answer: Answer) -> None:
    """What is said after this moment is signed with the newest key."""
    keys.begin(settings.dir, max(at, clock.now()) + timedelta(milliseconds=1))
