"""Answers by mail: what somebody sends back on a letter about a conversation is a message in it.

The address that they answer to holds a secret, made for that letter. It alone says who writes, and where: who
a mail says it is from is believed of nobody.
"""

import secrets
from datetime import datetime

from node.acts import alerts, threads
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.resident import Resident
from node.storage import idle, reply_ways, residents, seen
from node.storage.access import hashed
from node.storage.database import Transaction


def make_way(tx: Transaction, person: Resident, response_id: str, at: datetime) -> str:
    """The secret for one letter to one of the two. In small letters, for mail servers change them. Only for
    the letter itself."""
    secret = secrets.token_hex(16)
    reply_ways.add(tx, secret, person.id, response_id, at)
    return secret


def arrived(tx: Transaction, secret: str, key: str, text: str, at: datetime) -> None:
    """A mail came to such an address: the same act as writing on the page, with its rules. `key`: what tells
    this mail from others, for it may be handed in twice.

    Of a secret that nobody has nothing happens, and nobody hears: who it says it is from may be anybody. When
    it cannot be placed, whose secret it is gets a letter about that: one, and one an hour at most.
    """
    found = reply_ways.whose(tx, secret, at)
    if found is None or not seen.first_time(tx, f"mail:{hashed(secret + key)}", "mail", at):
        return
    person, response_id = residents.get(tx, found[0], at), found[1]
    idle.seen(tx, person.id, at)
    try:
        threads.write(tx, person, response_id, text, at)
    except Refusal:
        alerts.to(tx, "reply refused", at, person.id, talk=response_id)
