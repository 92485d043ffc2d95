"""Attendance: neighbours who come to an event. Its home decides at once: whoever comes while there is place.

Elsewhere *I come* is a Join on its way, and this node waits to hear (`wire.md` 6).
"""

from dataclasses import replace
from datetime import datetime

from node.acts import alerts, allowance, answering, decision, telling
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Severity
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import (
    TEXT_LENGTH,
    Reason,
    Response,
    ResponseState,
    require_answerable,
    too_late,
)
from node.neighbourhood.roles import Deed, require
from node.storage import blocks, letters, log, outbox, posts
from node.storage import responses as kept
from node.storage.database import Transaction


def come(tx: Transaction, by: Resident, post: Post, text: str, at: datetime) -> Response:
    """Say that one comes to an event here or elsewhere. Any resident may, but the poster comes anyway.

    No words are needed: those that were sent along stay at this node.
    """
    require(by, Deed.ANSWER)
    if post.own and post.author == by.id:
        raise Conflict(phrase("This is your own. Your neighbours can answer it."))
    require_answerable(post, at)
    made = answering.given(tx, by, post, text.strip()[:TEXT_LENGTH], at)
    answering.require_first(tx, made)
    if post.own:
        _require_not_turned_away(tx, made)
        return _welcomed(tx, post, made, by.id, at)
    sent = outbox.add(tx, "Join", post.uri, {"party": made.party, "name": by.name}, at)
    made = replace(made, uri=sent.uri)
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, by.id, post.id, at)
    outbox.send_to(tx, sent, answering.home_of(post))
    return made


def joined(tx: Transaction, node: Node, uri: str, post_uri: str, party: str, name: str, at: datetime) -> None:
    """A Join came for an event of ours. Any node that may hold the event may send it; others hear
    `unknown`."""
    post = posts.by_uri(tx, post_uri, lock=True)
    if kept.is_void(tx, uri, node.origin) or kept.by_uri(tx, uri) is not None:
        return
    if post is None or post.kind is not Kind.EVENT or not answering.may_answer(tx, node, post):
        telling.reject(tx, node.id, uri, Reason.UNKNOWN, at)
        return
    if not post.answerable(at):
        telling.reject(tx, node.id, uri, too_late(post), at)
        return
    made = answering.arrived(post, node, uri, party, name, "", at)
    try:
        answering.require_first(tx, made)
        _require_not_turned_away(tx, made)
    except Conflict:
        telling.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    _welcomed(tx, post, made, node.id, at)


def visited(tx: Transaction, account: Account, uri: str, post_uri: str, at: datetime) -> None:
    """An account of other software comes to a public event of ours. Any may, while there is place; who cannot
    come hears it, and so does who is to be looked at first: nobody looks at a name alone."""
    post = posts.by_uri(tx, post_uri, lock=True)
    if post is None or post.kind is not Kind.EVENT or account.blocked or kept.by_uri(tx, uri) is not None:
        return
    if not allowance.left(tx, account, "joined", at):
        return
    if blocks.severity(tx, account.origin, account.actor) is Severity.HOLD:
        telling.turned_down(tx, account, uri, at)
        return
    made = answering.replied(post, account, uri, "", at)
    try:
        require_answerable(post, at)
        answering.require_first(tx, made)
        _require_not_turned_away(tx, made)
    except Conflict:
        telling.turned_down(tx, account, uri, at)
        return
    _welcomed(tx, post, made, account.id, at)


def accepted(tx: Transaction, node: Node, join_uri: str, accept_uri: str, at: datetime) -> None:
    """The home of an event has place for one of ours. Only from the node the Join went to."""
    found = kept.by_uri(tx, join_uri)
    if found is None or found.resident is None:
        return
    post, response = answering.lock_with_post(tx, found.id)
    if post.node_id != node.id or response.state is not ResponseState.PENDING:
        return
    coming = replace(response, state=ResponseState.ACCEPTED, answer=accept_uri, decided=at)
    kept.save(tx, coming)


def turn_away(tx: Transaction, by: Resident, post: Post, response: Response, at: datetime) -> Response:
    """Somebody who said *I come* cannot come after all: they hear it, and the place is free. The poster, or a
    broker."""
    require(by, Deed.DECLINE_ANSWER, post.author if post.own else None)
    away = decision.let_go(tx, response, at)
    log.record(tx, Happening.ANSWER_DECLINED, by.id, post.id, at)
    decision.settle(tx, post, at)
    return away


def _require_not_turned_away(tx: Transaction, made: Response) -> None:
    """Refuse whoever was sent away by name: that stands in the log, at the moment it was decided. When an
    event was called off that is not so, and once it is on again everybody may come."""
    noes = [one for one in kept.of_post(tx, made.post_id) if one.party == made.party and one.decided]
    if not noes:
        return
    said = {entry.at for entry in log.of(tx, made.post_id) if entry.what is Happening.ANSWER_DECLINED}
    if any(one.state is ResponseState.DECLINED and one.decided in said for one in noes):
        raise Conflict(phrase("Whoever organises this let you know that you cannot come."))


def _welcomed(tx: Transaction, post: Post, response: Response, who: str, at: datetime) -> Response:
    """There is place at our event: one more comes, and the poster hears of it."""
    coming = replace(response, state=ResponseState.ACCEPTED, decided=at)
    kept.add(tx, coming)
    log.record(tx, Happening.ANSWERED, who, post.id, at)
    telling.welcomed(tx, post, response, at)
    decision.settle(tx, post, at)
    if coming.account_id is not None:
        alerts.to(tx, "answered", at, post.author, post=post.id)
    else:
        letters.add(tx, "answered", at, resident_id=post.author, post=post.id)
    return coming
