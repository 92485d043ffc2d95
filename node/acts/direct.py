"""Direct Notes: what our Group writes to one account of other software, for that person alone to read.

Such an account knows no Accept of an Offer and no thread: whatever we have to say to it is a Note. It never
holds contact details, for it would stay on somebody else's server (`wire.md` 7).
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from node.neighbourhood.account import Account
from node.neighbourhood.post import Audience, Post
from node.storage import accounts, outbox, spread
from node.storage.database import Transaction


def word(tx: Transaction, account_id: str, post: Post, reply_to: str, what: str, at: datetime) -> None:
    """Let somebody know what became of their answer; `what` is `agreed`, `done`, `called off` or a Reason."""
    key = uuid4().hex
    facts = _facts(accounts.get(tx, account_id), post, tx.home.uri("m", key), reply_to)
    _send(tx, {**facts, "word": what}, account_id, at)


def message(
    tx: Transaction, account_id: str, post: Post, uri: str, reply_to: str, text: str, at: datetime
) -> None:
    """What the poster writes to somebody who answered, under the name that stands with the post."""
    facts = _facts(accounts.get(tx, account_id), post, uri, reply_to)
    _send(tx, {**facts, "text": text, "name": post.author_name}, account_id, at)


def unsay(tx: Transaction, account_id: str, deletion: dict[str, Any], at: datetime) -> None:
    """Take a message back that was written to an account."""
    facts = {**deletion, "to": accounts.get(tx, account_id).actor}
    spread.to_account(tx, outbox.add(tx, "Delete", deletion["uri"], facts, at), account_id)


def _facts(account: Account, post: Post, uri: str, reply_to: str) -> dict[str, Any]:
    return {
        "direct": uri,
        "to": account.actor,
        "handle": account.handle,
        "profile": account.url or account.actor,
        "reply_to": reply_to,
        "title": post.title if post.audience is Audience.PUBLIC else "",  # else it became for fewer since
        "page": post.id,
        "language": post.language,
    }


def _send(tx: Transaction, facts: dict[str, Any], account_id: str, at: datetime) -> None:
    spread.to_account(tx, outbox.add(tx, "Create", facts["direct"], facts, at), account_id)
