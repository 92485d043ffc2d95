"""How much of one account elsewhere a day leaves traces here, or gets an answer: as much as a person does.

What goes beyond is dropped. It is counted by what it is, so that who follows too often can still write.
"""

from datetime import datetime, timedelta

from node.neighbourhood.account import Account
from node.neighbourhood.reply import A_DAY_OF_ACCOUNT
from node.storage import access
from node.storage.database import Transaction

DAY = timedelta(days=1)


def left(tx: Transaction, account: Account, what: str, at: datetime) -> bool:
    """Whether an account may do this once more today; if so, it is counted."""
    if access.tries_since(tx, what, account.actor, at - DAY) >= A_DAY_OF_ACCOUNT:
        return False
    access.note_try(tx, what, account.actor, at)
    return True
