"""Replies from accounts of other software to posts of ours.

Written to us alone by somebody we have met, it is an answer like any other. What everybody can read, and what
a stranger writes, waits for a supervisor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import alerts, allowance, comments, responses, threads
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_hold
from node.neighbourhood.block import Severity
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.refusal import Conflict, Refusal, phrase
from node.neighbourhood.reply import (
    A_DAY_OF_ACCOUNT,
    WAITING_IN_ALL,
    WAITING_OF_ACCOUNT,
    WAITING_OF_ORIGIN,
    Reply,
    ReplyState,
)
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import TEXT_LENGTH, Response
from node.neighbourhood.roles import Deed, Role, require
from node.storage import accounts, blocks, log, outbox, posts, spread, tombstones
from node.storage import replies as kept
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from node.storage.database import Transaction

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A Note, as its author's server says it. `about`: what it answers, and the addresses that stand in it,
    the most telling first. `public`: everybody can read it there."""

    uri: str
    about: Sequence[str]
    public: bool
    text: str


def arrived(tx: Transaction, account: Account, told: Told, at: datetime) -> None:
    """A Note came that answers a post of ours, or was written to our Group. Any account that is not blocked
    may send it, of a public post; more than a person writes is dropped."""
    if account.blocked or kept.by_uri(tx, told.uri) is not None or tombstones.buried(tx, told.uri):
        return
    held = _held(tx, account)
    talk = _talk(tx, account, told.about) if not told.public else None
    if talk is not None and not held:
        threads.wrote(tx, account, told.uri, talk.id, told.text, at)
        return
    before = _before(tx, account, told.about) if talk is None else None
    if talk is not None:
        post: Post | None = posts.get(tx, talk.post_id)
    else:
        post = _post(tx, told.about) if before is None else _post_of(tx, before)
    elsewhere = bool(told.about) and (before is None or before.post_id is not None)
    if (post is None and (told.public or elsewhere)) or not _room(tx, account, at):
        return
    text = told.text.strip()[:TEXT_LENGTH]
    if not text:
        return
    post_id = post.id if post is not None else None
    reply = Reply(uuid4().hex, told.uri, account.id, post_id, told.public, text, ReplyState.WAITING, at)
    kept.add(tx, reply)
    looked_at = held or told.public or not account.familiar
    if post is not None and not reply.alone(post.kind) and not looked_at:
        _become(tx, account, reply, post, at)
    elif kept.count(tx) == 1:
        alerts.to_role(tx, Role.SUPERVISOR, "reply waits", at)


def let_in(tx: Transaction, by: Resident, reply_id: str, at: datetime) -> Reply:
    """A supervisor looked: it goes to who posted, and the next of this account goes there at once. What is
    about no post or about an event, and what was written to us alone about a notice, was for the supervisor
    alone: it is read."""
    require(by, Deed.MODERATE)
    account = accounts.get(tx, kept.get(tx, reply_id).account_id, lock=True)  # first, as when it is written
    reply = kept.get(tx, reply_id, lock=True)
    if reply.state is not ReplyState.WAITING:
        return reply
    if account.blocked:
        raise Conflict(phrase("This account is blocked. Lift the block first."))
    account = replace(account, known=True)
    accounts.save(tx, account)
    log.record(tx, Happening.REPLY_LET_IN, by.id, reply.id, at)
    post = posts.get(tx, reply.post_id, lock=True) if reply.post_id is not None else None
    if post is None or reply.alone(post.kind):
        done = replace(reply, state=ReplyState.LET_IN, decided=at)
        kept.save(tx, done)
        return done
    return _become(tx, account, reply, post, at)


def turn_away(tx: Transaction, by: Resident, reply_id: str, at: datetime) -> Reply:
    """A supervisor looked: nobody here reads it. Whoever wrote it hears nothing."""
    require(by, Deed.MODERATE)
    reply = kept.get(tx, reply_id, lock=True)
    if reply.state is not ReplyState.WAITING:
        return reply
    away = replace(reply, state=ReplyState.TURNED_AWAY, text="", decided=at)
    kept.save(tx, away)
    log.record(tx, Happening.REPLY_TURNED_AWAY, by.id, reply.id, at)
    return away


def report(tx: Transaction, by: Resident, reply_id: str, at: datetime) -> Reply:
    """Turn it away, and let the server that it came from know. Nobody's name is in that, nor any words."""
    away = turn_away(tx, by, reply_id, at)
    if away.state is ReplyState.TURNED_AWAY and outbox.latest(tx, "Flag", away.uri) is None:
        account = accounts.get(tx, away.account_id)
        facts = {"to": account.actor, "account": account.actor, "category": "other", "words": ""}
        spread.to_account(tx, outbox.add(tx, "Flag", away.uri, facts, at), account.id)
    return away


def changed(tx: Transaction, account: Account, told: Told, at: datetime) -> None:
    """Who wrote a reply changed its words. Only they; what everybody can read, and what somebody writes whom
    we look at first, waits for a supervisor again. A message in a conversation says that it was changed."""
    if kept_threads.by_uri(tx, told.uri) is not None:
        _say_otherwise(tx, account, told, at)
        return
    reply = kept.by_uri(tx, told.uri, lock=True)
    if reply is None:
        arrived(tx, account, told, at)
        return
    text = told.text.strip()[:TEXT_LENGTH]
    if reply.account_id != account.id or not text or text == reply.text:
        return
    if reply.state is ReplyState.WAITING:
        kept.save(tx, replace(reply, text=text, public=reply.public or told.public))
        return
    answer = reply.response_id if reply.state is ReplyState.LET_IN else None
    looked_at = not (reply.public or told.public or _held(tx, account) or not account.familiar)
    if answer is not None and responses.reworded(tx, account, answer, text, looked_at, at):
        state = ReplyState.LET_IN if looked_at else ReplyState.WAITING
        kept.save(tx, replace(reply, text=text, state=state))


def _say_otherwise(tx: Transaction, account: Account, told: Told, at: datetime) -> None:
    """Change a message in a conversation. What everybody may read from now on, and what an account writes
    that is looked at first, does not go into one: it stays as it was."""
    if told.public or _held(tx, account) or not threads.reworded(tx, account, told.uri, told.text, at):
        return
    reply = kept.by_uri(tx, told.uri, lock=True)  # it waited for a supervisor before it was a message
    if reply is not None:
        kept.save(tx, replace(reply, text=told.text.strip()[:TEXT_LENGTH]))


def taken_back(tx: Transaction, account: Account, uri: str, at: datetime) -> None:
    """Who wrote a Note deleted it: the reply, the answer or the message that it was here goes."""
    message = threads.unwritten(tx, account, uri, at)
    reply = kept.by_uri(tx, uri, lock=True)
    if reply is None:
        if not message and allowance.left(tx, account, "deleted early", at):
            tombstones.bury(tx, uri, at)  # it may come after its Delete
        return
    if reply.account_id != account.id or reply.state is ReplyState.GONE:
        return
    kept.save(tx, replace(reply, state=ReplyState.GONE, text="", decided=at))
    if reply.response_id is not None and not message:
        responses.unsaid(tx, account, reply.response_id, at)


def _become(tx: Transaction, account: Account, reply: Reply, post: Post, at: datetime) -> Reply:
    """Let in: to a notice a comment, to a request or an offer a yes that its poster reads. A second one of
    the same account is a message in the conversation that there is."""
    done = replace(reply, state=ReplyState.LET_IN, decided=at)
    live = _live(tx, account, post)
    try:
        if post.audience is not Audience.PUBLIC:  # it became for fewer meanwhile
            raise Conflict(phrase("This is no longer open."))
        if not post.kind.agrees:
            made = comments.replied(tx, account, reply.uri, post, reply.text, at)
        elif live is not None and live.id == reply.response_id:  # let in before, and changed since
            responses.reworded(tx, account, live.id, reply.text, True, at)
            made = live
        elif live is not None:
            threads.wrote(tx, account, reply.uri, live.id, reply.text, at)
            made = live
        else:
            made = responses.replied(tx, account, reply.uri, post, reply.text, at)
        done = replace(done, response_id=made.id)
    except Refusal:  # the post is no longer open: they heard so
        done = replace(done, text="")
    kept.save(tx, done)
    return done


def _live(tx: Transaction, account: Account, post: Post) -> Response | None:
    """Their answer to a post that waits or was agreed: also one that they gave before they moved."""
    given = (one for one in kept_responses.live_of_account(tx, account.id) if one.post_id == post.id)
    return next(given, None) or kept_responses.live_of_party(tx, post.id, account.actor)


def _post(tx: Transaction, about: Sequence[str]) -> Post | None:
    """The post of ours that a Note is about, if everybody may know it."""
    for uri in about:
        page = f"{tx.home.origin}/o/"
        key = uri.removeprefix(page).split("?")[0].split("#")[0]
        post = posts.by_page(tx, key, lock=True) if uri.startswith(page) else posts.by_uri(tx, uri, lock=True)
        if post is not None and post.own and may_hold(None, post):
            return post
    return None


def _before(tx: Transaction, account: Account, about: Sequence[str]) -> Reply | None:
    """The reply of their own that a Note goes on about: people often write twice before anybody looks."""
    found = (kept.by_uri(tx, uri) for uri in about)
    return next((reply for reply in found if reply is not None and reply.account_id == account.id), None)


def _post_of(tx: Transaction, reply: Reply) -> Post | None:
    """The post that a reply is about, as long as everybody may know it."""
    post = posts.get(tx, reply.post_id, lock=True) if reply.post_id is not None else None
    return post if post is not None and may_hold(None, post) else None


def _talk(tx: Transaction, account: Account, about: Sequence[str]) -> Response | None:
    """The answer that a direct Note goes on about: theirs, a message of theirs, or what we wrote to them."""
    for uri in about:
        answer = kept_responses.by_uri(tx, uri)
        if answer is None and (message := kept_threads.by_uri(tx, uri)) is not None:
            answer = kept_responses.get(tx, message.response_id)
        if answer is None and (said := outbox.latest(tx, "Create", uri)) is not None:
            answer = kept_responses.by_uri(tx, str((said.facts or {}).get("reply_to")))
        if answer is not None and answer.account_id == account.id:
            return answer
    if not about:
        live = kept_responses.live_of_account(tx, account.id)
        return live[0] if len(live) == 1 else None
    return None


def _held(tx: Transaction, account: Account) -> bool:
    """Whether an operator wants all that it says looked at first."""
    return blocks.severity(tx, account.origin, account.actor) is Severity.HOLD


def _room(tx: Transaction, account: Account, at: datetime) -> bool:
    waiting, of_origin, lately = kept.counts(tx, account.id, account.origin, at - DAY)
    full = kept.count(tx) >= WAITING_IN_ALL or of_origin >= WAITING_OF_ORIGIN
    return not full and waiting < WAITING_OF_ACCOUNT and lately < A_DAY_OF_ACCOUNT
