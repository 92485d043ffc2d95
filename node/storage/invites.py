"""Invites: at the home of a request all that its brokers sent, elsewhere those to our own people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.audience import may_hold
from node.neighbourhood.candidate import Helper
from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Node
from node.neighbourhood.post import ANSWERABLE, Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.response import ResponseState
from node.storage import nodes as kept_nodes
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from node.storage.tables import invites, matches, nodes, posts, responses


def add(tx: Transaction, invite: Invite) -> bool:
    """Keep a new invite; False when this helper was asked the same already and can still answer."""
    return tx.add_new(invites, **vars(invite))


def save(tx: Transaction, invite: Invite) -> None:
    tx.run(invites.update().where(invites.c.id == invite.id), vars(invite))


def get(tx: Transaction, invite_id: str, *, lock: bool = False) -> Invite:
    """The invite with this id. Raises NotFound."""
    statement = select(invites).where(invites.c.id == invite_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This question is not here, or no longer."))
    return _invite(row)


def by_uri(tx: Transaction, uri: str) -> Invite | None:
    """The invite with this ActivityPub id."""
    row = tx.run(select(invites).where(invites.c.uri == uri)).mappings().first()
    return _invite(row) if row else None


def waiting(tx: Transaction, post_id: str) -> list[Invite]:
    """The invites to help with a post that nobody answered yet, oldest first."""
    row = and_(invites.c.post_id == post_id, invites.c.state == InviteState.PENDING)
    return _all(tx, select(invites).where(row).order_by(invites.c.created, invites.c.id))


def waiting_for(tx: Transaction, resident_id: str) -> list[Invite]:
    """The invites that wait for one of our people, oldest first."""
    row = and_(invites.c.resident == resident_id, invites.c.state == InviteState.PENDING)
    return _all(tx, select(invites).where(row).order_by(invites.c.created, invites.c.id))


def latest(tx: Transaction, post_id: str, resident_id: str) -> Invite | None:
    """What one of our people was last asked about a post, however it stands."""
    row = and_(invites.c.post_id == post_id, invites.c.resident == resident_id)
    newest = select(invites).where(row).order_by(invites.c.created.desc(), invites.c.id.desc())
    return next(iter(_all(tx, newest.limit(1))), None)


def asked_enough(tx: Transaction, post_id: str, resident_id: str) -> bool:
    """Whether one of our people was asked for this post already, and can still answer or said no."""
    row = and_(invites.c.post_id == post_id, invites.c.resident == resident_id)
    enough = and_(row, invites.c.state.in_([InviteState.PENDING, InviteState.DECLINED]))
    return tx.run(select(invites.c.id).where(enough).limit(1)).first() is not None


def of_post(tx: Transaction, post_id: str) -> list[Invite]:
    """All invites to help with a post, newest first."""
    rows = select(invites).where(invites.c.post_id == post_id)
    return _all(tx, rows.order_by(invites.c.created.desc(), invites.c.id.desc()))


def page(
    tx: Transaction,
    resident_id: str,
    sent_too: bool,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Invite]:
    """The invites to one person (and, `sent_too`, all that our brokers sent), newest first; those after
    `before`."""
    mine = invites.c.resident == resident_id
    where: list[ColumnElement[bool]] = [or_(mine, invites.c.by.is_not(None)) if sent_too else mine]
    if before is not None:
        created, last = before
        same = and_(invites.c.created == created, invites.c.id < last)
        where.append(or_(invites.c.created < created, same))
    order = (invites.c.created.desc(), invites.c.id.desc())
    return _all(tx, select(invites).where(*where).order_by(*order).limit(limit))


def due(tx: Transaction, at: datetime, limit: int = 200) -> list[Invite]:
    """The invites that wait and need no answer any more: their day is over, or their post is, or its node was
    blocked."""
    over = or_(posts.c.state.not_in(ANSWERABLE), posts.c.expires <= at, posts.c.places_left == 0)
    past = or_(invites.c.expires <= at, over, posts.c.hidden == True, nodes.c.blocked == True)
    joined = invites.join(posts, invites.c.post_id == posts.c.id)
    joined = joined.outerjoin(nodes, invites.c.node_id == nodes.c.id)
    found = select(invites).select_from(joined).where(invites.c.state == InviteState.PENDING, past)
    return _all(tx, found.order_by(invites.c.created, invites.c.id).limit(limit))


# Whom a broker could ask


def helpers(tx: Transaction, post: Post, category: Category, at: datetime, most: int = 200) -> list[Helper]:
    """Who offers something in this category here and elsewhere, and what is known of them."""
    open_now = and_(posts.c.state.in_(ANSWERABLE), posts.c.expires > at, posts.c.places_left > 0)
    same = and_(posts.c.kind == Kind.OFFER, posts.c.category == category, posts.c.hidden == False)
    found = select(posts.c.id).where(same, open_now).order_by(posts.c.created).limit(most)
    offers = kept_posts.known(tx, set(tx.run(found).scalars()))
    return known(tx, post, list(offers.values()))


def known(tx: Transaction, post: Post, offers: Sequence[Post]) -> list[Helper]:
    """What is known of whoever stands behind each of these offers, seen from one request of ours."""
    ids = {offer.id for offer in offers}
    homes = kept_nodes.known(tx, {offer.node_id for offer in offers if offer.node_id is not None})
    sent = of_post(tx, post.id)[::-1]  # of somebody here also through another offer of theirs
    asked = {invite.offer_id: invite.state for invite in sent}
    asked_here = {invite.resident: invite.state for invite in sent if invite.resident is not None}
    elsewhere, answered = _busy(tx, post, ids), _answered(tx, post)
    return [
        Helper(
            offer=offer,
            area=homes[offer.node_id].name if offer.node_id is not None else tx.home.area.name,
            ring=_ring(homes.get(offer.node_id or ""), offer),
            sees=offer.node_id is None or may_hold(homes[offer.node_id], post),
            arrived=offer.node_id is None or _arrived(tx, homes[offer.node_id], post),
            asked=asked_here.get(offer.author or "") if offer.own else asked.get(offer.id),
            answered=offer.own and offer.author in answered,
            waiting=elsewhere.get(offer.id, 0),
            helped=_helped(tx, offer),
        )
        for offer in offers
    ]


def _ring(home: Node | None, offer: Post) -> Ring | None:
    if offer.own:
        return Ring.HERE
    if home is None or home.blocked:
        return None
    return Ring.NEXT_DOOR if home.active else Ring.TOWN if home.member else None


def _arrived(tx: Transaction, home: Node, post: Post) -> bool:
    """What we send ourselves comes in order; what the hub passes on may come after the invite."""
    return home.active or outbox.reached_as(tx, post.uri, home.id) in ("delivered", "holds")


def _busy(tx: Transaction, post: Post, offer_ids: set[str]) -> dict[str, int]:
    others = and_(invites.c.offer_id.in_(offer_ids), invites.c.post_id != post.id)
    waits = and_(others, invites.c.state == InviteState.PENDING, invites.c.by.is_not(None))
    counted = select(invites.c.offer_id, func.count()).where(waits).group_by(invites.c.offer_id)
    return {row[0]: row[1] for row in tx.run(counted)}


def _answered(tx: Transaction, post: Post) -> set[str | None]:
    """Who of our own people answered a request, and was not just too late."""
    heard = and_(responses.c.resident.is_not(None), responses.c.state != ResponseState.TAKEN)
    theirs = select(responses.c.resident).where(responses.c.post_id == post.id, heard)
    return set(tx.run(theirs).scalars())


def _helped(tx: Transaction, offer: Post) -> int:
    """How often it worked out with this helper: through this very offer, and here through anything else."""
    joined = matches.join(responses, matches.c.response_id == responses.c.id)
    theirs = matches.c.post_id == offer.id
    if offer.author is not None:
        theirs = or_(theirs, responses.c.resident == offer.author)
    done = and_(matches.c.state == MatchState.DONE, theirs)
    counted = select(func.count(matches.c.id.distinct())).select_from(joined).where(done)
    return int(tx.run(counted).scalar_one())


def _all(tx: Transaction, statement: Any) -> list[Invite]:
    return [_invite(row) for row in tx.run(statement).mappings()]


def _invite(row: RowMapping) -> Invite:
    values: dict[str, Any] = dict(row)
    return Invite(**values)
