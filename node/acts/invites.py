"""Invites: a broker asks somebody who offers it themselves whether they want to help with a request.

Nobody is asked unless a broker presses. Whoever is asked says yes or no; a yes is an answer like any other,
but the first one has it (`wire.md` 6).
"""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from node.acts import decision, publish, responses, telling
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_see
from node.neighbourhood.candidate import why_not
from node.neighbourhood.invite import (
    LASTS_MOST,
    WAITING_MOST,
    Invite,
    InviteState,
    lasts_until,
    require_askable,
)
from node.neighbourhood.node import Node
from node.neighbourhood.post import ANSWERABLE, Kind, Post
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Reason, Response, require_answerable
from node.neighbourhood.roles import Deed, require
from node.storage import invites as kept
from node.storage import letters, log, outbox, posts, residents
from node.storage.database import Transaction

# At the home of the request


def ask(tx: Transaction, by: Resident, post_id: str, offer_id: str, at: datetime) -> Invite:
    """Ask whoever stands behind an open offer to help with a request of ours. Only a broker; only people
    whose node may see the request, and nobody twice."""
    require(by, Deed.INVITE_HELPER)
    post, offer = posts.see(tx, by, post_id, at, lock=True), posts.see(tx, by, offer_id, at)
    require_askable(post, offer, at)
    why = why_not(post, kept.known(tx, post, [offer])[0])
    if why is not None:
        raise Conflict(why)
    key = uuid4().hex
    made = Invite(
        id=key,
        uri=tx.home.uri("a", key),
        post_id=post.id,
        offer_id=offer.id,
        state=InviteState.PENDING,
        created=at,
        expires=lasts_until(post, at),
        node_id=offer.node_id,
        resident=offer.author if offer.own else None,
        by=by.id,
    )
    if offer.node_id is not None:
        facts = {"node": offer.node_id, "target": offer.uri, "ends": publish.stamp(made.expires)}
        told = outbox.add(tx, "Invite", post.uri, facts, at)
        outbox.send_to(tx, told, offer.node_id)
        made = replace(made, uri=told.uri)
    if not kept.add(tx, made):
        raise Conflict(phrase("They were asked already, and can still answer."))
    log.record(tx, Happening.INVITED_HELPER, by.id, post.id, at)
    decision.settle(tx, post, at)
    if offer.own:
        letters.add(tx, "invited", at, resident_id=offer.author, invite=made.id)
    return made


def declined(tx: Transaction, node: Node, uri: str, reason: str, at: datetime) -> None:
    """The helper's node said no. Only the node that the invite went to; said once."""
    found = kept.by_uri(tx, uri)
    if found is None or found.by is None:
        return
    post, invite = _lock(tx, found.id)
    if invite.node_id != node.id or invite.state is not InviteState.PENDING:
        return
    if reason == Reason.DECLINED:
        _said_no(tx, invite, node.id, at)
    else:
        decision.uninvite(tx, invite, InviteState.TAKEN, at)
    decision.settle(tx, post, at)


# Where the helper lives


def arrived(
    tx: Transaction, node: Node, uri: str, post_uri: str, offer_uri: str, ends: datetime, at: datetime
) -> None:
    """Another node asks one of our people. Only a neighbour or fellow member, about its own request that we
    hold, through an open offer of theirs here. What we do not know is `unknown`; who said no, or is asked for
    much already, is not asked: `declined`."""
    if not (node.active or node.member) or ends <= at:
        return
    post, offer = posts.by_uri(tx, post_uri, lock=True), posts.by_uri(tx, offer_uri)
    who = _helper(tx, offer, at)
    if post is None or offer is None or who is None or not _may_ask(node, post, offer, who, at):
        telling.reject(tx, node.id, uri, Reason.UNKNOWN, at)
        return
    waiting = len(kept.waiting_for(tx, who.id))
    made = Invite(
        id=uuid4().hex,
        uri=uri,
        post_id=post.id,
        offer_id=offer.id,
        state=InviteState.PENDING,
        created=at,
        expires=min(ends, at + LASTS_MOST, post.expires),
        node_id=node.id,
        resident=who.id,
    )
    if waiting >= WAITING_MOST or kept.asked_enough(tx, post.id, who.id) or not kept.add(tx, made):
        telling.reject(tx, node.id, uri, Reason.DECLINED, at)
        return
    log.record(tx, Happening.INVITED_HELPER, node.id, post.id, at)
    letters.add(tx, "invited", at, resident_id=who.id, invite=made.id)


def accept(tx: Transaction, by: Resident, invite_id: str, text: str, at: datetime) -> Response:
    """Say yes to being asked, with a sentence: it is agreed at once, unless somebody else was first. Only who
    was asked."""
    post, invite = _mine(tx, by, invite_id)
    require_answerable(post, at)
    _require_live(invite, at)
    made = responses.answer(tx, by, post.id, text, at, invite)
    if not post.own:
        done = replace(invite, state=InviteState.ACCEPTED, response_id=made.id, decided=at)
        kept.save(tx, done)
    return made


def decline(tx: Transaction, by: Resident, invite_id: str, at: datetime) -> Invite:
    """Say kindly no to being asked; nobody asks why. Only who was asked."""
    post, invite = _mine(tx, by, invite_id)
    if invite.state is InviteState.DECLINED:
        return invite
    _require_live(invite, at)
    no = _said_no(tx, invite, by.id, at)
    if invite.node_id is not None:
        telling.reject(tx, invite.node_id, invite.uri, Reason.DECLINED, at)
    else:
        decision.settle(tx, post, at)
    return no


# On both sides


def expire(tx: Transaction, at: datetime) -> int:
    """The day of an invite is over, or what it was for: who was asked hears it kindly. Done by the node
    itself."""
    due = kept.due(tx, at)
    for one in due:
        post, invite = _lock(tx, one.id)
        over = post.hidden or post.state not in ANSWERABLE or post.places_left == 0
        decision.uninvite(tx, invite, InviteState.TAKEN if over else InviteState.EXPIRED, at)
        if post.own:
            decision.settle(tx, post, at)
    return len(due)


def _helper(tx: Transaction, offer: Post | None, at: datetime) -> Resident | None:
    """Who of our own people stands behind an offer."""
    if offer is None or not offer.own or offer.author is None:
        return None
    return residents.get(tx, offer.author, at)


def _may_ask(node: Node, post: Post, offer: Post, who: Resident, at: datetime) -> bool:
    """Whether this node may ask this helper about this post: its own request, which they may see."""
    asks = post.node_id == node.id and post.kind is Kind.REQUEST and post.answerable(at)
    offers = offer.kind is Kind.OFFER and offer.answerable(at) and who.admitted is not None
    return asks and offers and may_see(who, post, at)


def _said_no(tx: Transaction, invite: Invite, who: str, at: datetime) -> Invite:
    no = replace(invite, state=InviteState.DECLINED, decided=at)
    kept.save(tx, no)
    log.record(tx, Happening.INVITE_DECLINED, who, invite.post_id, at)
    return no


def _require_live(invite: Invite, at: datetime) -> None:
    if invite.state is InviteState.DECLINED:
        raise Conflict(phrase("You said no to this already. You can still answer it yourself."))
    if invite.state is InviteState.ACCEPTED:
        raise Conflict(phrase("You have answered this already."))
    if not invite.live(at):
        raise Conflict(phrase("This question is over. Thank you all the same!"))


def _mine(tx: Transaction, by: Resident, invite_id: str) -> tuple[Post, Invite]:
    """An invite to this person, with its post, locked. For others it is not there."""
    found = kept.get(tx, invite_id)
    if found.resident != by.id:
        raise NotFound(phrase("This question is not here, or no longer."))
    require(by, Deed.ANSWER_INVITE, found.resident)
    return _lock(tx, invite_id)


def _lock(tx: Transaction, invite_id: str) -> tuple[Post, Invite]:
    """The post first, then its invite: always in this order, so that two acts never wait for each other."""
    post = posts.get(tx, kept.get(tx, invite_id).post_id, lock=True)
    return post, kept.get(tx, invite_id, lock=True)
