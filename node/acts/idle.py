"""Who stays away for half a year is told what will happen and how to stay, and told again before it does.

Never who holds a role, nor whom no mail reaches: what happens by itself is only what somebody was asked
about. Coming back, or anything else that one does here, puts an end to it.
"""

from datetime import datetime

from node.neighbourhood.idle import AGAIN, AWAY
from node.storage import idle, letters
from node.storage.database import Transaction

MOST = 100  # in one go


def look(tx: Transaction, at: datetime) -> int:
    """Write to whoever stays away, each letter once; says how many. Done by the node itself, once a day."""
    first = idle.to_tell(tx, at - AWAY, at, MOST)
    for resident_id in first:
        idle.told(tx, resident_id, at)
        letters.add(tx, "idle", at, resident_id=resident_id)
    second = idle.to_tell_again(tx, at - AGAIN, at, MOST)
    for resident_id in second:
        idle.told_again(tx, resident_id, at)
        letters.add(tx, "idle last", at, resident_id=resident_id)
    return len(first) + len(second)
