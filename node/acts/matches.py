"""Agreements: made once by the home of the post, undone by each side for itself, and done when the poster
says so."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from uuid import uuid4

from node.acts import decision, responses, telling
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import Match, MatchState, require_pickable
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Reason, Response, ResponseState
from node.neighbourhood.roles import Deed, may, require
from node.storage import letters, log, posts
from node.storage import matches as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction


def agree(tx: Transaction, by: Resident, post_id: str, response_id: str, at: datetime) -> Match:
    """Pick an answer: that is the agreement, for the helper said yes already. The poster, or a broker,
    once."""
    post = posts.see(tx, by, post_id, at, lock=True)
    require(by, Deed.AGREE, post.author)
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    response = kept_responses.get(tx, response_id, lock=True)
    if response.post_id != post.id:
        raise Invalid({"response": phrase("This answer belongs to another post.")})
    require_pickable(post, response, at)
    return decision.agreed(tx, post, response, by.id, at)


def complete(tx: Transaction, by: Resident, match_id: str, at: datetime) -> Match:
    """It worked out: say so. The poster, or a broker, at the post's home."""
    post, match = _lock_with_post(tx, match_id)
    _require_involved(tx, by, post, match)
    if not post.own:
        raise Conflict(phrase("Who asked says when it is done."))
    require(by, Deed.COMPLETE, post.author)
    if match.state is MatchState.DONE:
        return match
    if match.state is MatchState.CANCELLED:
        raise Conflict(phrase("This agreement was called off."))
    done = replace(match, state=MatchState.DONE, ended=at)
    kept.save(tx, done)
    log.record(tx, Happening.DONE, by.id, post.id, at)
    telling.done(tx, post, kept_responses.get(tx, match.response_id), match, at)
    decision.settle(tx, post, at)
    decision.thanked_or_not(tx, post.id)  # of several helpers one may be thanked before
    return done


def cancel(tx: Transaction, by: Resident, match_id: str, at: datetime, reason: str | None = None) -> Match:
    """It is off: each side undoes its own yes. The poster or a broker at home; the helper at their own
    node."""
    post, match = _lock_with_post(tx, match_id)
    response = _require_involved(tx, by, post, match)
    if match.state is MatchState.CANCELLED:
        return match
    if match.state is MatchState.DONE:
        raise Conflict(phrase("This is done already."))
    if response.resident == by.id:
        responses.withdraw(tx, by, response.id, at, reason)
        return kept.get(tx, match.id)
    require(by, Deed.CANCEL_AS_POSTER, post.author)
    off = decision.call_off(tx, post, match, by.id, at, reason)
    decision.settle(tx, posts.get(tx, post.id, lock=True), at)
    return off


# At the helper's node: what the home of the post decided


def accepted(
    tx: Transaction, node: Node, offer_uri: str, accept_uri: str, agreement_uri: str, at: datetime
) -> None:
    """The home said yes to an answer of one of ours. Only from the node the Offer went to; not if it was
    taken back."""
    found = _ours(tx, node, offer_uri)
    if found is None or found[1].state is not ResponseState.PENDING:
        return
    post, response = found
    kept_responses.save(tx, replace(response, state=ResponseState.ACCEPTED, answer=accept_uri, decided=at))
    place = _next_place(tx, post)
    made = Match(uuid4().hex, agreement_uri, post.id, response.id, place, MatchState.AGREED, at)
    if kept.add(tx, made):
        log.record(tx, Happening.AGREED, node.id, post.id, at)
        letters.add(tx, "agreed", at, resident_id=response.resident, post=post.id)


def rejected(tx: Transaction, node: Node, offer_uri: str, reason: str, at: datetime) -> None:
    """The home said no, kindly, to an answer of one of ours. Only from the node the Offer went to."""
    found = _ours(tx, node, offer_uri)
    if found is None or found[1].state is not ResponseState.PENDING:
        return
    post, response = found
    state = ResponseState.TAKEN if reason == Reason.TAKEN else ResponseState.DECLINED
    kept_responses.save(tx, replace(response, state=state, decided=at))
    what = Happening.ANSWER_TAKEN if state is ResponseState.TAKEN else Happening.ANSWER_DECLINED
    log.record(tx, what, node.id, post.id, at)
    word = reason if reason in set(Reason) else Reason.DECLINED.value
    letter = "full" if post.kind is Kind.EVENT and reason == Reason.TAKEN else "not needed"
    letters.add(tx, letter, at, resident_id=response.resident, post=post.id, reason=word)


def undone(tx: Transaction, node: Node, accept_uri: str, at: datetime, reason: str | None) -> bool:
    """The home called an agreement off. Only from the node that made it. False when we know of none."""
    response = kept_responses.by_answer(tx, accept_uri)
    if response is None:
        return False
    post = posts.get(tx, response.post_id, lock=True)
    if post.node_id != node.id or response.state is not ResponseState.ACCEPTED:
        return True
    kept_responses.save(tx, replace(response, state=ResponseState.DECLINED, decided=at))
    match = kept.of_response(tx, response.id)
    if match is not None:
        kept.save(tx, replace(match, state=MatchState.CANCELLED, ended=at))
    log.record(tx, Happening.CANCELLED, node.id, post.id, at, reason)
    letters.add(tx, "called off", at, resident_id=response.resident, post=post.id)
    return True


def finished(tx: Transaction, node: Node, agreement_uri: str, at: datetime) -> None:
    """The home says that what was agreed with one of ours is done, also when they took it back meanwhile: the
    home decides. Only from the node that made the agreement."""
    match = kept.by_uri(tx, agreement_uri)
    if match is None:
        return
    post, match = _lock_with_post(tx, match.id)
    response = kept_responses.get(tx, match.response_id, lock=True)
    crossed = match.state is MatchState.CANCELLED and response.state is ResponseState.WITHDRAWN
    if post.node_id != node.id or (match.state is not MatchState.AGREED and not crossed):
        return
    if crossed:
        kept_responses.save(tx, replace(response, state=ResponseState.ACCEPTED))
        match = replace(match, place=_next_place(tx, post))
    kept.save(tx, replace(match, state=MatchState.DONE, ended=at))
    log.record(tx, Happening.DONE, node.id, post.id, at)


def fulfilled(tx: Transaction, post: Post, at: datetime) -> None:
    """A post held here is done at its home: so are the agreements on it."""
    if post.state is State.DONE:
        for match in kept.of_post(tx, post.id):
            if match.state is MatchState.AGREED:
                kept.save(tx, replace(match, state=MatchState.DONE, ended=at))


def _next_place(tx: Transaction, post: Post) -> int:
    taken = {match.place for match in kept.of_post(tx, post.id)}
    return next(number for number in count(1) if number not in taken)


def _ours(tx: Transaction, node: Node, offer_uri: str) -> tuple[Post, Response] | None:
    """An answer of one of our people to a post of that node, locked; None when there is none."""
    response = kept_responses.by_uri(tx, offer_uri)
    if response is None or response.resident is None:
        return None
    post = posts.get(tx, response.post_id, lock=True)
    return (post, kept_responses.get(tx, response.id, lock=True)) if post.node_id == node.id else None


def _lock_with_post(tx: Transaction, match_id: str) -> tuple[Post, Match]:
    post = posts.get(tx, kept.get(tx, match_id).post_id, lock=True)
    return post, kept.get(tx, match_id, lock=True)


def _require_involved(tx: Transaction, by: Resident, post: Post, match: Match) -> Response:
    """Only the helper, and at the post's home the poster or a broker."""
    response = kept_responses.get(tx, match.response_id, lock=True)
    runs = post.own and may(by, Deed.CANCEL_AS_POSTER, post.author)
    if response.resident != by.id and not runs:
        raise NotAllowed(phrase("This agreement is between others."))
    return response
