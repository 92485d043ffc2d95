"""Who stays away for half a year is told what will happen and how to stay, told again, and then erased.

Never who holds a role, nor whom no mail reaches: what happens by itself is only what somebody was asked
about. Coming back, or anything else that one does here, puts an end to it.
"""

from datetime import datetime

from node.acts import erasing
from node.neighbourhood.idle import AGAIN, AWAY, FORGOTTEN
from node.storage import idle, letters, residents
from node.storage.database import Transaction

MOST = 100  # letters in one go
MOST_GONE = 10  # and so many are erased: each is more work, and tomorrow is another day


def look(tx: Transaction, at: datetime) -> int:
    """Write to whoever stays away, each letter once, and erase who did not come back; says how many of these
    there were. Done by the node itself, once a day."""
    first = idle.to_tell(tx, at - AWAY, at, MOST)
    for resident_id in first:
        idle.told(tx, resident_id, at)
        letters.add(tx, "idle", at, resident_id=resident_id)
    second = idle.to_tell_again(tx, at - AGAIN, at, MOST)
    for resident_id in second:
        idle.told_again(tx, resident_id, at)
        letters.add(tx, "idle last", at, resident_id=resident_id)
    gone = idle.to_forget(tx, at - FORGOTTEN, at, MOST_GONE)
    for resident_id in gone:
        erasing.erase(tx, residents.get(tx, resident_id, at), at)
    return len(first) + len(second) + len(gone)
