"""Answers: somebody says yes to a post, here or at another node, and may take it back.

The post's home decides. Elsewhere an answer is an Offer on its way, and this node waits to hear (`wire.md`
6).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from node.acts import decision
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_hold
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Node
from node.neighbourhood.post import Decide, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, Refusal, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import (
    Reason,
    Response,
    ResponseState,
    checked_text,
    require_answerable,
    too_late,
)
from node.neighbourhood.roles import Deed, require
from node.storage import letters, log, outbox, posts
from node.storage import matches as kept_matches
from node.storage import responses as kept
from node.storage.database import Transaction


def answer(tx: Transaction, by: Resident, post_id: str, text: str, at: datetime) -> Response:
    """Say yes to a post of one's own neighbourhood or another. Any resident may, but not to their own
    post."""
    post = posts.see(tx, by, post_id, at, lock=True)
    require(by, Deed.ANSWER)
    if post.own and post.author == by.id:
        raise Conflict(phrase("This is your own. Your neighbours can answer it."))
    text = checked_text(text)
    require_answerable(post, at)
    key = uuid4().hex
    made = Response(
        id=key,
        uri=tx.home.uri("a", key),
        post_id=post.id,
        party=_party(tx, by, post),
        name=by.name,
        text=text,
        state=ResponseState.PENDING,
        created=at,
        resident=by.id,
    )
    _require_first(tx, made)
    if post.own:
        _arrived(tx, post, made, by.id, at)
        return kept.get(tx, made.id)
    sent = outbox.add(tx, "Offer", post.uri, {"party": made.party, "name": by.name, "text": text}, at)
    made = replace(made, uri=sent.uri)
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, by.id, post.id, at)
    outbox.send_to(tx, sent, _home_of(post))
    return made


def offered(
    tx: Transaction, node: Node, uri: str, post_uri: str, party: str, name: str, text: str, at: datetime
) -> None:
    """An Offer came for a post of ours. Any node that may hold the post may send it; others hear
    `unknown`."""
    post = posts.by_uri(tx, post_uri, lock=True)
    if kept.is_void(tx, uri, node.origin):
        return
    if post is None or not _may_answer(tx, node, post):
        decision.reject(tx, node.id, uri, Reason.UNKNOWN, at)
        return
    if not post.answerable(at):
        decision.reject(tx, node.id, uri, too_late(post), at)
        return
    try:
        text = checked_text(text)
    except Invalid:
        decision.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    made = Response(uuid4().hex, uri, post.id, party, name, text, ResponseState.PENDING, at, node_id=node.id)
    try:
        _require_first(tx, made)
    except Conflict:
        decision.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    _arrived(tx, post, made, node.id, at)


def withdraw(
    tx: Transaction, by: Resident, response_id: str, at: datetime, reason: str | None = None
) -> Response:
    """Take one's own answer back, also when it was agreed already. Only who gave it."""
    response = _lock_with_post(tx, response_id)[1]
    if response.resident is None:
        require(by, Deed.WITHDRAW_ANSWER, None)
    require(by, Deed.WITHDRAW_ANSWER, response.resident)
    if response.state is ResponseState.WITHDRAWN:
        return response
    if response.state not in (ResponseState.PENDING, ResponseState.ACCEPTED):
        raise Conflict(phrase("This answer was dealt with already."))
    if _is_done(tx, response):
        raise Conflict(phrase("This is done already."))
    return _taken_back(tx, response, by.id, at, reason)


def undone(tx: Transaction, node: Node, uri: str, at: datetime, reason: str | None) -> None:
    """An Undo of an Offer came. Only from the node that sent the Offer; one that comes too early is kept."""
    response = kept.by_uri(tx, uri)
    if response is None:
        kept.void(tx, uri, node.origin, at)
        return
    response = _lock_with_post(tx, response.id)[1]
    live = response.state in (ResponseState.PENDING, ResponseState.ACCEPTED) and not _is_done(tx, response)
    if live and response.node_id == node.id:
        _taken_back(tx, response, node.id, at, reason)


def decline(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Response:
    """Say kindly no to an answer. The poster, or a broker, at the post's home."""
    post, response = _lock_with_post(tx, response_id)
    require(by, Deed.DECLINE_ANSWER, post.author if post.own else None)
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    if response.state is ResponseState.DECLINED:
        return response
    if response.state is not ResponseState.PENDING:
        raise Conflict(phrase("This answer was dealt with already."))
    declined = decision.refuse(tx, response, Reason.DECLINED, by.id, at)
    decision.settle(tx, post, at)
    return declined


def give_up(tx: Transaction, response: Response, who: str, at: datetime) -> None:
    """The operator blocks the node that an answer of ours went to: it is taken back there, and our helper
    hears."""
    agreed = response.state is ResponseState.ACCEPTED
    _taken_back(tx, response, who, at, None)
    if agreed:
        letters.add(tx, "called off", at, resident_id=response.resident, post=response.post_id)
    else:
        facts = {"post": response.post_id, "reason": Reason.CLOSED}
        letters.add(tx, "not needed", at, resident_id=response.resident, **facts)


def _is_done(tx: Transaction, response: Response) -> bool:
    match = kept_matches.of_response(tx, response.id)
    return match is not None and match.state is MatchState.DONE


def _may_answer(tx: Transaction, node: Node, post: Post) -> bool:
    """A neighbour may answer what it may hold, and hears what became of what it once got."""
    return post.own and (may_hold(node, post) or (node.active and outbox.was_sent(tx, post.uri, node.id)))


def _arrived(tx: Transaction, post: Post, response: Response, who: str, at: datetime) -> None:
    """An answer reached the post's home: the poster hears of it, or (`first`) it is agreed at once."""
    if not kept.add(tx, response):
        raise Conflict(phrase("You have answered this already."))
    log.record(tx, Happening.ANSWERED, who, post.id, at)
    after = decision.settle(tx, post, at)
    if post.decide is Decide.FIRST:
        decision.agreed(tx, after, response, None, at)
    letters.add(tx, "answered", at, resident_id=post.author, post=post.id)


def _taken_back(tx: Transaction, response: Response, who: str, at: datetime, reason: str | None) -> Response:
    post = posts.get(tx, response.post_id, lock=True)
    back = replace(response, state=ResponseState.WITHDRAWN, decided=at)
    kept.save(tx, back)
    log.record(tx, Happening.ANSWER_WITHDRAWN, who, post.id, at, reason)
    match = kept_matches.of_response(tx, response.id)
    if match is not None and match.state is MatchState.AGREED:
        kept_matches.save(tx, replace(match, state=MatchState.CANCELLED, ended=at))
        log.record(tx, Happening.CANCELLED, who, post.id, at, reason)
    if not post.own:
        facts: dict[str, Any] = {"node": post.node_id, **({"reason": reason} if reason else {})}
        outbox.send_to(tx, outbox.add(tx, "Undo", response.uri, facts, at), _home_of(post))
    elif post.state is not State.WITHDRAWN:
        decision.settle(tx, post, at)
        what = "helper cancelled" if match else "answer withdrawn"
        letters.add(tx, what, at, resident_id=post.author, post=post.id)
    return back


def _party(tx: Transaction, by: Resident, post: Post) -> str:
    """The id that stands for this person under this post, and nowhere else (`wire.md` 1.6)."""
    before = kept.of_resident(tx, by.id, post.id, limit=1)
    return before[0].party if before else tx.home.uri("p", uuid4().hex)


def _require_first(tx: Transaction, response: Response) -> None:
    live = (ResponseState.PENDING, ResponseState.ACCEPTED)
    if any(r.party == response.party and r.state in live for r in kept.of_post(tx, response.post_id)):
        raise Conflict(phrase("You have answered this already."))


def _home_of(post: Post) -> str:
    if post.node_id is None:
        raise Refusal(phrase("This post is our own."))
    return post.node_id


def _lock_with_post(tx: Transaction, response_id: str) -> tuple[Post, Response]:
    """The post first, then its answer: always in this order, so that two acts never wait for each other."""
    post = posts.get(tx, kept.get(tx, response_id).post_id, lock=True)
    return post, kept.get(tx, response_id, lock=True)
