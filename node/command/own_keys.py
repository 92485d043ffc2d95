"""The keys of this node from the machine itself: a new one for its Group, told to all who know it.

The two kinds change apart from each other: Ed25519 for our own kind, RSA for all other software.
"""

from datetime import datetime, timedelta

from node import clock
from node.acts import nodes as borders
from node.command.answers import Answer
from node.federation import keys
from node.federation.message import Kind
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage.database import Transaction


def key_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    own = keys.load_or_make(settings.dir, settings.home)
    now = own.of_group()
    signing = {now.ed25519.key_id, now.rsa.key_id}
    shown = own.all_shown(at)
    return {"keys": [{"id": key.key_id, "signs": key.key_id in signing} for key in shown]}


def key_rotate(tx: Transaction, settings: Settings, at: datetime, rsa: bool = False) -> Answer:
    """The new key is made and told, signed with the old one; `begin` has it sign from then on."""
    keys.prepare(settings.dir, _kind(rsa))
    own = keys.load_or_make(settings.dir, settings.home)
    shown = own.all_shown(at)
    borders.new_keys(tx, console(at), {key.key_id: keys.public(key) for key in shown}, at)
    newest = {own.shown(at)[-1].key_id, own.rsa_shown(at)[-1].key_id}
    told = [{"id": key.key_id, "signs": key.key_id in newest} for key in shown]
    return {"keys": told, "rsa": rsa}


def begin(settings: Settings, at: datetime, answer: Answer) -> None:
    """What is said after this moment is signed with the newest key."""
    keys.begin(settings.dir, max(at, clock.now()) + timedelta(milliseconds=1), _kind(bool(answer["rsa"])))


def _kind(rsa: bool) -> Kind:
    return Kind.RSA if rsa else Kind.ED25519
