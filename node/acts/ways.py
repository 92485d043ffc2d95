"""The way from somebody's own server to us: how often that may be asked for.

A stranger has our node ask a server of their choice something, so that it is counted: for each of them, and
for all together.
"""

from datetime import datetime, timedelta

from node.neighbourhood.refusal import TooMany, phrase
from node.storage import access
from node.storage.database import Transaction

MINUTE = timedelta(minutes=1)
A_MINUTE = 5  # of one caller
A_MINUTE_IN_ALL = 30


def count(tx: Transaction, caller: str, at: datetime) -> None:
    """Somebody wants their own server to be asked. Anybody may, a few times a minute; `caller` is where they
    come from, and kept as a hash, for a day."""
    since = at - MINUTE
    mine, all_of_them = (access.tries_since(tx, "way", who, since) for who in (caller, None))
    if mine >= A_MINUTE or all_of_them >= A_MINUTE_IN_ALL:
        raise TooMany(phrase("That is often. Wait a minute, or do it by hand."), wait=60)
    access.note_try(tx, "way", caller, at)
