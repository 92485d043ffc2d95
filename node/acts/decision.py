"""What the home of a post decides, once: who helps, who is thanked, and what state that gives the post.

Answers and agreements both come here (`wire.md` 6): the database gives a place once, whoever asks for it.
"""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from node.acts import pace, publish, telling
from node.neighbourhood.activity import Happening
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.match import Match, MatchState, free_place, state_after
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State, later
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.response import Reason, Response, ResponseState
from node.storage import invites, letters, log, matches, posts, responses, thanks
from node.storage.database import Transaction


def agreed(tx: Transaction, post: Post, response: Response, who: str | None, at: datetime) -> Match:
    """Make the agreement, tell the helper, and tell the others when no place is left. All or nothing, and
    once."""
    key = uuid4().hex
    place = free_place(post, frozenset(match.place for match in matches.of_post(tx, post.id)))
    match = Match(key, tx.home.uri("g", key), post.id, response.id, place, MatchState.AGREED, at)
    if not matches.add(tx, match):
        raise Conflict(phrase("Somebody already helps with this. Thank you!"))
    responses.save(tx, replace(response, state=ResponseState.ACCEPTED, decided=at))
    log.record(tx, Happening.AGREED, who, post.id, at)
    telling.agreed(tx, post, response, match, at)
    after = settle(tx, post, at)
    if after.places_left == 0:
        refuse_pending(tx, after, at, Reason.TAKEN)
    return match


def call_off(
    tx: Transaction, post: Post, match: Match, who: str, at: datetime, reason: str | None = None
) -> Match:
    """The home undoes its Accept: the helper hears of it, the place is free."""
    response = responses.get(tx, match.response_id, lock=True)
    off = replace(match, state=MatchState.CANCELLED, ended=at)
    matches.save(tx, off)
    log.record(tx, Happening.CANCELLED, who, post.id, at, reason)
    let_go(tx, response, at, reason)
    return off


def let_go(tx: Transaction, response: Response, at: datetime, reason: str | None = None) -> Response:
    """The home undoes its yes to an answer: who gave it hears."""
    gone = replace(response, state=ResponseState.DECLINED, decided=at)
    responses.save(tx, gone)
    telling.let_go(tx, response, at, reason)
    return gone


def part(tx: Transaction, post: Post, response: Response, who: str, at: datetime) -> None:
    """The operator blocks the node that an answer to a post of ours came from: it no longer counts."""
    match = matches.of_response(tx, response.id)
    if match is not None:
        call_off(tx, post, match, who, at)
    elif response.state is ResponseState.PENDING:
        refuse(tx, response, Reason.CLOSED, who, at)
    elif post.kind is Kind.EVENT:
        let_go(tx, response, at)
    else:
        responses.save(tx, replace(response, state=ResponseState.DECLINED, decided=at))
    settle(tx, post, at)


def refuse(tx: Transaction, response: Response, reason: Reason, who: str | None, at: datetime) -> Response:
    """Let a helper know that this yes is not needed."""
    state = ResponseState.TAKEN if reason is Reason.TAKEN else ResponseState.DECLINED
    refused = replace(response, state=state, decided=at)
    telling.refused(tx, response, reason, at)
    responses.save(tx, refused)
    what = Happening.ANSWER_TAKEN if state is ResponseState.TAKEN else Happening.ANSWER_DECLINED
    log.record(tx, what, who, response.post_id, at)
    return refused


def refuse_pending(tx: Transaction, post: Post, at: datetime, reason: Reason = Reason.CLOSED) -> None:
    """Let everybody who still waits, or was asked, know that no more help is needed."""
    ask_no_more(tx, post, at)
    for waiting in responses.pending(tx, post.id):
        refuse(tx, waiting, reason, None, at)


def end_all(tx: Transaction, post: Post, who: str, at: datetime, elsewhere_only: bool = False) -> None:
    """The post goes: agreements are cancelled first, and who comes hears it; then who waits is thanked."""
    for match in matches.of_post(tx, post.id):
        if match.state is MatchState.AGREED:
            call_off(tx, post, match, who, at)
    if post.kind is Kind.EVENT and post.expires > at:
        for coming in responses.coming(tx, post.id):
            if coming.away or not elsewhere_only:
                let_go(tx, coming, at)
    ask_no_more(tx, post, at, elsewhere_only)
    for waiting in responses.pending(tx, post.id):
        if waiting.away or not elsewhere_only:
            refuse(tx, waiting, Reason.CLOSED, who, at)


def ask_no_more(tx: Transaction, post: Post, at: datetime, elsewhere_only: bool = False) -> None:
    """Nobody who was asked to help with this post needs to answer any more."""
    for invite in invites.waiting(tx, post.id):
        if invite.node_id is not None or not elsewhere_only:
            uninvite(tx, invite, InviteState.TAKEN, at)


def uninvite(tx: Transaction, invite: Invite, state: InviteState, at: datetime) -> None:
    """A question that a helper need not answer any more. One of our people hears it kindly in a letter; who
    lives elsewhere from their own node, which sees what became of the post. Who answered the post by
    themselves meanwhile hears about that answer alone."""
    answer = responses.live_of(tx, invite.resident, invite.post_id) if invite.resident is not None else None
    if answer is not None:
        accepted = replace(invite, state=InviteState.ACCEPTED, response_id=answer.id, decided=at)
        invites.save(tx, accepted)
        return
    invites.save(tx, replace(invite, state=state, decided=at))
    log.record(tx, Happening.INVITE_OVER, None, invite.post_id, at)
    if invite.resident is not None:
        letters.add(tx, "invite over", at, resident_id=invite.resident, invite=invite.id)


def settle(tx: Transaction, post: Post, at: datetime) -> Post:
    """Keep the post as its answers and agreements make it, and tell the copies if that shows there."""
    after = settled(tx, post, at)
    if (after.state, after.places_left) == (post.state, post.places_left):
        pace.set_for(tx, post, at)
        return post
    pace.save(tx, after, at)
    told = publish.facts_of(after, None)
    if told != {**publish.facts_of(post, None), "updated": told["updated"]}:
        publish.update(tx, after, at)
    return after


def settled(tx: Transaction, post: Post, at: datetime) -> Post:
    """The post with the state and the free places that its answers and agreements give it."""
    live = matches.of_post(tx, post.id)
    running = sum(match.state is MatchState.AGREED for match in live)
    left = max(0, post.places - len(live))
    if not post.kind.agrees:
        left = max(0, post.places - responses.accepted(tx, post.id)) if post.places else 0
        return replace(post, updated=later(post.updated, at), places_left=left)
    if post.state in ANSWERABLE or post.state is State.AGREED:
        pending = len(responses.pending(tx, post.id))
        state = state_after(post, running, len(live) - running, pending, len(invites.waiting(tx, post.id)))
        moved = post.moved(state, at)
    else:
        moved = replace(post, updated=later(post.updated, at))
    return replace(moved, places_left=left)


def thanked_or_not(tx: Transaction, post_id: str) -> None:
    """What is done is thanked as soon as somebody said so, and no longer when those words were taken back. No
    copy shows the difference."""
    post = posts.get(tx, post_id, lock=True)
    state = State.THANKED if thanks.on_post(tx, post_id) else State.DONE
    if post.own and post.state in (State.DONE, State.THANKED) and post.state is not state:
        posts.save(tx, replace(post, state=state))


def reopened(tx: Transaction, post: Post, at: datetime) -> Post:
    """The post as it is when it is open again, with the answers and agreements it has."""
    return settled(tx, replace(post, state=State.OPEN, ended=None), at)
