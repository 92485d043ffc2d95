"""What accounts on other software wrote to us, for a supervisor: who, about what, and why it waits."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import replies
from node.neighbourhood.account import Account
from node.neighbourhood.audience import may_see
from node.neighbourhood.block import Severity
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, NotFound, Words, phrase
from node.neighbourhood.reply import Reply, ReplyState, Why
from node.neighbourhood.roles import Deed
from node.storage import accounts, blocks, posts
from node.storage import replies as kept
from node.storage.database import Transaction
from node.storage.whereabouts import Whereabouts
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import PAGE, Slice, number

LIST = "/queue/replies"
DEEDS = {"let-in": replies.let_in, "turn-away": replies.turn_away, "report": replies.report}
WHY = {
    Why.HELD: phrase("An operator wants everything from this account or its server looked at first."),
    Why.NO_POST: phrase("It was written to the neighbourhood, and is about no post. Only you read it."),
    Why.EVENT: phrase("It is about an activity, and no answer to it. Only you read it: tell who plans it."),
    Why.PRIVATE: phrase("It was written to us alone, and a notice has public answers. Only you read it."),
    Why.CHANGED: phrase("It was let in before. Then its words were changed."),
    Why.PUBLIC: phrase("It was written in public. Here nobody sees it until somebody looked."),
    Why.UNKNOWN: phrase("Nobody here knows this account yet."),
}
READ, LATE = "read", "late"
SAID = {
    "let-in": phrase("It is let in. Whoever posted hears of it."),
    READ: phrase("It is marked as read."),
    LATE: phrase("The post is no longer open, so it went no further."),
    "turn-away": phrase("It is turned away. Nobody here reads it, and who wrote it hears nothing."),
    "report": phrase("It is turned away, and its server hears that something is wrong with it."),
}


@dataclass(frozen=True)
class Waiting:
    """A reply that waits. `card`: of the post it is about, as far as this supervisor may see that."""

    reply: Reply
    name: str
    where: Whereabouts
    why: Words
    about: bool
    card: Card | None
    since: datetime
    only_read: bool  # nobody but the supervisor reads it


@dataclass(frozen=True)
class Sender:
    """Who was turned away just now; and where an operator blocks the account, or its whole server."""

    handle: str
    server: str
    block: str
    block_server: str


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /queue/replies: what waits, the oldest on top. Only a supervisor."""
    who.required(Deed.MODERATE, Deed.SEE_QUEUE)
    return await _listed(ui, request, who, Form())


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /queue/replies/{reply}/{deed}: let it in, turn it away, or report it there too. Only a
    supervisor."""
    by, deed = who.required(Deed.MODERATE, Deed.SEE_QUEUE), request.path_params["deed"]
    act = DEEDS.get(deed)
    if act is None:
        raise NotFound(phrase("This page is not here"))
    try:
        done = await ui.database.writing(act, by, request.path_params["reply"], who.at)
    except Conflict as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    away = {"account": done.account_id} if done.state is ReplyState.TURNED_AWAY else {}
    return go_to(f"{LIST}?{urlencode({'said': _said(deed, done), **away})}")


def _key(written: str) -> str:
    """An id from an address, without the one sign that PostgreSQL does not take."""
    return written.replace("\x00", "")


def _said(deed: str, done: Reply) -> str:
    if done.state is not ReplyState.LET_IN or done.response_id is not None:
        return deed
    return READ if done.text else LATE


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200) -> Page:
    query = request.query_params
    shown = await ui.database.reading(_look, who, number(query.get("from")))
    sender = await ui.database.reading(_sender, _key(query.get("account", ""))) if status == 200 else None
    values = {"shown": shown, "path": LIST, "form": form, "sender": sender}
    said = SAID.get(query.get("said", ""), "") if status == 200 else ""
    return ui.page(request, who, "replies.html", status, current="me", said=said, **values)


def _look(tx: Transaction, who: Visitor, start: int) -> Slice[Waiting]:
    found = kept.oldest(tx, PAGE, start)
    senders = accounts.named(tx, {one.account_id for one in found})
    about = posts.known(tx, {one.post_id for one in found if one.post_id is not None})
    seen = [post for post in about.values() if may_see(who.person, post, who.at)]
    shown = dict(zip((post.id for post in seen), cards(tx, who.person, seen, who.at), strict=True))
    waiting = [
        _waiting(tx, one, senders[one.account_id], about.get(one.post_id or ""), shown.get(one.post_id or ""))
        for one in found
    ]
    return Slice(waiting, start, kept.count(tx))


def _waiting(tx: Transaction, one: Reply, sender: Account, post: Post | None, card: Card | None) -> Waiting:
    held = blocks.severity(tx, sender.origin, sender.actor) is Severity.HOLD
    why = one.why(post.kind if post is not None else None, held)
    alone = one.alone(post.kind if post is not None else None)
    where = Whereabouts(f"@{sender.handle}", True, sender.url or sender.actor)
    about = one.post_id is not None
    return Waiting(one, sender.name or where.name, where, WHY[why], about, card, one.created, alone)


def _sender(tx: Transaction, account_id: str) -> Sender | None:
    """Who was turned away, if that is nobody who is blocked already."""
    found = accounts.named(tx, {account_id}).get(account_id)
    if found is None or found.blocked:
        return None
    server = found.origin.partition("://")[2]
    ways = [f"/operator/blocks?{urlencode({'subject': subject})}" for subject in (found.actor, server)]
    return Sender(f"@{found.handle}", server, *ways)
