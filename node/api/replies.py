"""What accounts on other software wrote to us, for a supervisor, in JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.api.responses import From
from node.neighbourhood.account import Account
from node.neighbourhood.block import Severity
from node.neighbourhood.post import Post
from node.neighbourhood.reply import Reply as Kept
from node.neighbourhood.reply import Why
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import accounts, blocks, posts
from node.storage import replies as kept
from node.storage.database import Transaction

ReplyState = Literal["waiting", "let_in", "turned_away", "gone"]
Act = Callable[[Transaction, Resident, str, datetime], Kept]
WHY = {
    Why.HELD: "An operator wants everything from this account or its server looked at first.",
    Why.NO_POST: "It was written to the neighbourhood, about no post: letting it in marks it as read.",
    Why.EVENT: "It is about an event, and no answer to it: letting it in marks it as read.",
    Why.PRIVATE: "It was written to us alone, about a notice: letting it in marks it as read.",
    Why.CHANGED: "It was let in before. Then its words were changed.",
    Why.PUBLIC: "It was written in public.",
    Why.UNKNOWN: "Nobody here knows this account yet.",
}


class Reply(Struct):
    """What an account elsewhere wrote. `post` is the post's id here, null for what is about none; `profile`
    the page of the account; `public`: everybody can read it there. `why` is an English sentence."""

    id: str
    uri: str
    post: str | None
    text: str
    by: From = msgspec.field(name="from")
    profile: str
    public: bool
    why: str
    state: ReplyState
    created: Moment


class Replies(Struct):
    """A page of replies, newest first."""

    items: list[Reply]
    next: str | None


def listing(tx: Transaction, call: Call[PageAsked]) -> Replies:
    """What waits for a supervisor."""
    require(call.by, Deed.SEE_QUEUE)
    limit = call.asked.limit
    found = kept.waiting(tx, lists.before(call.asked), limit + 1)
    shown, more = lists.page(found, limit, lambda one: lists.by_time(one.created, one.id))
    return Replies(_shown(tx, shown), more)


def decide(act: Act, tx: Transaction, call: Call[Nothing]) -> Reply:
    """Let it in, or turn it away."""
    return _shown(tx, [act(tx, call.by, call.key, call.at)])[0]


def _shown(tx: Transaction, found: list[Kept]) -> list[Reply]:
    about = posts.known(tx, {one.post_id for one in found if one.post_id is not None})
    senders = accounts.named(tx, {one.account_id for one in found})
    return [_told(tx, one, senders[one.account_id], about.get(one.post_id or "")) for one in found]


def _told(tx: Transaction, one: Kept, sender: Account, post: Post | None) -> Reply:
    held = blocks.severity(tx, sender.origin, sender.actor) is Severity.HOLD
    return Reply(
        id=one.id,
        uri=one.uri,
        post=one.post_id,
        text=one.text,
        by=From(sender.name or sender.handle, f"@{sender.handle}"),
        profile=sender.url or sender.actor,
        public=one.public,
        why=WHY[one.why(post.kind if post is not None else None, held)],
        state=msgspec.convert(one.state.replace(" ", "_"), ReplyState),
        created=one.created,
    )
