"""What time itself does: posts end, copies past their end go, and what is kept for a while is forgotten."""

from datetime import datetime

from node.acts import held, posts
from node.storage import access, letters, seen
from node.storage import posts as kept_posts
from node.storage.database import Transaction


def tick(tx: Transaction, at: datetime) -> int:
    """Do all that is due; says how many posts it touched, so that a long list is done in several goes."""
    touched = posts.expire(tx, at) + posts.recall(tx, at) + held.expire(tx, at)
    kept_posts.forget_tombstones(tx, at)
    seen.forget(tx, at)
    access.forget(tx, at)
    letters.forget(tx, at)
    return touched
