"""Answers: somebody answers a post, here or at another node, and may take it back. To a request or an offer
that is a yes; *I come* to an event is in `attendance`, a public answer to a notice in `comments`.

The post's home decides. Elsewhere an answer is an Offer on its way, and this node waits to hear (`wire.md`
6).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from node.acts import alerts, answering, attendance, comments, decision, direct, telling, trust
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Node
from node.neighbourhood.post import Decide, Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import (
    LIVE,
    WAITING_OF_ACCOUNTS,
    WAITING_OF_NODE,
    Reason,
    Response,
    ResponseState,
    checked_answer,
    checked_text,
    require_answerable,
    too_late,
)
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.saying import Saying
from node.storage import invites, letters, log, outbox, posts, sayings
from node.storage import matches as kept_matches
from node.storage import responses as kept
from node.storage.database import Transaction


def answer(
    tx: Transaction,
    by: Resident,
    post_id: str,
    text: str,
    at: datetime,
    invite: Invite | None = None,
    when: str = "",
) -> Response:
    """Answer a post of one's own neighbourhood or another, as its kind asks: say yes, *I come*, or something
    in public. Any resident may; but nobody says yes to their own post. `invite`: the live one that this is
    a yes to (`acts.invites.accept`)."""
    post = posts.see(tx, by, post_id, at, lock=True)
    require(by, Deed.ANSWER)
    if post.kind is Kind.NOTICE:
        return comments.say(tx, by, post, text, at)
    if post.kind is Kind.EVENT:
        return attendance.come(tx, by, post, text, at)
    if post.own and post.author == by.id:
        raise Conflict(phrase("This is your own. Your neighbours can answer it."))
    text, when = checked_answer(text, when)
    require_answerable(post, at)
    if post.kind is Kind.REQUEST:
        trust.require_for(tx, by, post.category, at)
    made = answering.given(tx, by, post, text, at, when)
    answering.require_first(tx, made)
    if post.own:
        _arrived(tx, post, made, by.id, at, invite)
        return kept.get(tx, made.id)
    facts = {"party": made.party, "name": by.name, "text": text}
    facts |= {"invite": invite.uri} if invite is not None else {}
    facts |= {"when": when} if when else {}
    sent = outbox.add(tx, "Offer", post.uri, facts, at)
    made = replace(made, uri=sent.uri)
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, by.id, post.id, at)
    outbox.send_to(tx, sent, answering.home_of(post))
    return made


def offered(
    tx: Transaction,
    node: Node,
    uri: str,
    post_uri: str,
    party: str,
    name: str,
    text: str,
    at: datetime,
    invite_uri: str | None = None,
    when: str = "",
) -> None:
    """An Offer came for a post of ours. Any node that may hold the post may send it; others hear
    `unknown`. One that answers a live invite of ours is the first; else `invite_uri` means nothing."""
    post = posts.by_uri(tx, post_uri, lock=True)
    if kept.is_void(tx, uri, node.origin) or kept.by_uri(tx, uri) is not None:
        return
    if post is None or not post.kind.agrees or not answering.may_answer(tx, node, post):
        telling.reject(tx, node.id, uri, Reason.UNKNOWN, at)
        return
    if not post.answerable(at):
        telling.reject(tx, node.id, uri, too_late(post), at)
        return
    try:
        text = checked_text(text)
    except Invalid:
        telling.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    if sum(one.node_id == node.id for one in kept.pending(tx, post.id)) >= WAITING_OF_NODE:
        telling.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    made = replace(answering.arrived(post, node, uri, party, name, text, at), when=when)
    try:
        answering.require_first(tx, made)
    except Conflict:
        telling.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    _arrived(tx, post, made, node.id, at, _invite(tx, post, node, invite_uri, at))


def replied(tx: Transaction, account: Account, uri: str, post: Post, text: str, at: datetime) -> Response:
    """A reply from an account of other software is a yes to a public request or offer of ours. Only through
    `acts.replies`. Raises Conflict when it comes too late: they hear that as well."""
    made = answering.replied(post, account, uri, text, at)
    if not post.answerable(at):
        direct.word(tx, account.id, post, uri, too_late(post), at)
        require_answerable(post, at)
    if sum(one.account_id is not None for one in kept.pending(tx, post.id)) >= WAITING_OF_ACCOUNTS:
        direct.word(tx, account.id, post, uri, Reason.DECLINED, at)
        raise Conflict(phrase("There are many answers here already. Talk to each other instead."))
    _arrived(tx, post, made, account.id, at)
    return kept.get(tx, made.id)


def reworded(
    tx: Transaction, account: Account, response_id: str, text: str, looked_at: bool, at: datetime
) -> bool:
    """Who replied changed their words, while nothing was decided. When a supervisor has to look first (not
    `looked_at`), what stands in public here is taken away until then, and the poster of a request or an offer
    reads what was said before. False when the words stay as they were: for good, or because they were
    reported and a supervisor is to read them."""
    post, response = answering.lock_with_post(tx, response_id)
    if response.account_id != account.id:
        return False
    if post.kind is Kind.NOTICE and response.state is ResponseState.ACCEPTED:
        kept.save(tx, replace(response, text=text, state=ResponseState.DECLINED, decided=at))
        return True
    if response.state is not ResponseState.PENDING or sayings.open_about(tx, Saying(post, response)):
        return False
    if looked_at:
        kept.save(tx, replace(response, text=text))
    return True


def left(tx: Transaction, account: Account, uri: str, at: datetime) -> None:
    """An account of other software undid its Join: it does not come. Only its own."""
    found = kept.by_uri(tx, uri)
    if found is not None:
        unsaid(tx, account, found.id, at)


def unsaid(tx: Transaction, account: Account, response_id: str, at: datetime) -> None:
    """Who replied deleted their Note: the answer that it was is taken back, and no word of it is kept,
    whatever became of it. Only theirs."""
    post, response = answering.lock_with_post(tx, response_id)
    if response.account_id != account.id:
        return
    if post.kind is Kind.NOTICE:
        comments.taken_away(tx, post, response, account.id, at)
    elif response.state in LIVE and not _is_done(tx, response):
        _taken_back(tx, replace(response, text=""), account.id, at, None)
    else:
        kept.save(tx, replace(response, text=""))


def withdraw(
    tx: Transaction, by: Resident, response_id: str, at: datetime, reason: str | None = None
) -> Response:
    """Take one's own answer back, also when it was agreed already. Only who gave it."""
    post, response = answering.lock_with_post(tx, response_id)
    require(by, Deed.WITHDRAW_ANSWER, response.resident)
    if post.kind is Kind.NOTICE:
        return comments.delete(tx, by, response_id, at)
    if response.state is ResponseState.WITHDRAWN:
        return response
    if response.state not in LIVE:
        raise Conflict(phrase("This answer was dealt with already."))
    if _is_done(tx, response):
        raise Conflict(phrase("This is done already."))
    return _taken_back(tx, response, by.id, at, reason)


def undone(tx: Transaction, node: Node, uri: str, at: datetime, reason: str | None) -> None:
    """An Undo of an Offer or a Join came. Only from the node that sent that; one that comes too early is
    kept."""
    response = kept.by_uri(tx, uri)
    if response is None:
        kept.void(tx, uri, node.origin, at)
        return
    post, response = answering.lock_with_post(tx, response.id)
    live = post.kind is not Kind.NOTICE and response.state in LIVE and not _is_done(tx, response)
    if live and response.node_id == node.id:
        _taken_back(tx, response, node.id, at, reason)


def decline(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Response:
    """Say kindly no to an answer. The poster, or a broker, at the post's home; a public answer is hidden."""
    post, response = answering.lock_with_post(tx, response_id)
    if post.kind is Kind.NOTICE:
        return comments.hide(tx, by, response_id, at)
    require(by, Deed.DECLINE_ANSWER, post.author if post.own else None)
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    if response.state is ResponseState.DECLINED:
        return response
    if post.kind is Kind.EVENT and response.state is ResponseState.ACCEPTED:
        return attendance.turn_away(tx, by, post, response, at)
    if response.state is not ResponseState.PENDING:
        raise Conflict(phrase("This answer was dealt with already."))
    declined = decision.refuse(tx, response, Reason.DECLINED, by.id, at)
    decision.settle(tx, post, at)
    return declined


def give_up(tx: Transaction, response: Response, who: str, at: datetime) -> None:
    """The operator blocks the node that an answer of ours went to: it is taken back there, and our helper
    hears."""
    post = posts.get(tx, response.post_id, lock=True)
    if post.kind is Kind.NOTICE:
        comments.taken_away(tx, post, response, who, at)
        return
    agreed = response.state is ResponseState.ACCEPTED
    _taken_back(tx, response, who, at, None)
    if agreed:
        letters.add(tx, "called off", at, resident_id=response.resident, post=response.post_id)
    else:
        about = response.post_id
        letters.add(tx, "not needed", at, resident_id=response.resident, post=about, reason=Reason.CLOSED)


def _is_done(tx: Transaction, response: Response) -> bool:
    match = kept_matches.of_response(tx, response.id)
    return match is not None and match.state is MatchState.DONE


def _invite(tx: Transaction, post: Post, node: Node, uri: str | None, at: datetime) -> Invite | None:
    """The live invite of ours that an Offer of this node may answer."""
    found = invites.by_uri(tx, uri) if uri is not None else None
    if found is None or found.by is None or not found.live(at):
        return None
    return found if (found.post_id, found.node_id) == (post.id, node.id) else None


def _arrived(
    tx: Transaction, post: Post, response: Response, who: str, at: datetime, invite: Invite | None = None
) -> None:
    """An answer reached the post's home: the poster hears of it, or (`first`, or it was asked for by an
    invite) it is agreed at once. A Note from other software may be a question as well: there somebody
    chooses."""
    if not kept.add(tx, response):
        raise Conflict(phrase("You have answered this already."))
    log.record(tx, Happening.ANSWERED, who, post.id, at)
    if invite is not None:
        invites.save(tx, replace(invite, state=InviteState.ACCEPTED, response_id=response.id, decided=at))
    after = decision.settle(tx, post, at)
    first = post.decide is Decide.FIRST and response.account_id is None
    if first or invite is not None:
        decision.agreed(tx, after, response, None, at)
    _let_know(tx, post, response, "answered", at)


def _let_know(tx: Transaction, post: Post, response: Response, what: str, at: datetime) -> None:
    """The poster hears what became of an answer; from elsewhere somebody could ring them all day."""
    if response.account_id is not None and what != "helper cancelled":
        alerts.to(tx, what, at, post.author, post=post.id)
    else:
        letters.add(tx, what, at, resident_id=post.author, post=post.id)


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
        outbox.send_to(tx, outbox.add(tx, "Undo", response.uri, facts, at), answering.home_of(post))
    elif post.state is not State.WITHDRAWN:
        decision.settle(tx, post, at)
        what = "helper cancelled" if match else "answer withdrawn"
        _let_know(tx, post, back, what, at)
    return back
