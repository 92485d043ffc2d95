"""Candidates: who could help with a request, by what they offer themselves; why, and why others not.

A first version: the same category, the nearest first. It only proposes; a broker asks, by pressing a button.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from node.neighbourhood.following import Ring
from node.neighbourhood.invite import InviteState
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Words, phrase


@dataclass(frozen=True)
class Helper:
    """What is known here of whoever stands behind an open offer, seen from one request.

    `ring`: how near they live, None when their node is not connected with ours now. `sees`: their node may
    hold the request; `arrived`: it does. `asked`: what became of the newest invite for this request.
    `waiting`: how many other questions of ours wait for them. `helped`: how often they helped before, as far
    as this node can know: elsewhere a person is another party under each post.
    """

    offer: Post
    area: str
    ring: Ring | None
    sees: bool = True
    arrived: bool = True
    asked: InviteState | None = None
    answered: bool = False
    waiting: int = 0
    helped: int = 0


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be asked, with the reasons for it, and what speaks against it."""

    helper: Helper
    reasons: tuple[Words, ...]
    doubts: tuple[Words, ...]


@dataclass(frozen=True)
class LeftOut:
    """Somebody who offers the same and cannot be asked now, and why."""

    helper: Helper
    why: Words


NEAR = {
    Ring.HERE: phrase("Lives in our own neighbourhood."),
    Ring.NEXT_DOOR: phrase("Lives next door."),
    Ring.TOWN: phrase("Lives in the municipality."),
}


def fitting(post: Post, helpers: Iterable[Helper]) -> tuple[list[Candidate], list[LeftOut]]:
    """Who offers what is asked: those that can be asked, the best first, and those that cannot, and why."""
    fit, out = [], []
    for helper in helpers:
        why = why_not(post, helper)
        if helper.offer.category is not post.category:
            continue
        if why is None:
            fit.append(Candidate(helper, _reasons(helper), _doubts(helper)))
        else:
            out.append(LeftOut(helper, why))
    return sorted(fit, key=_order), sorted(out, key=lambda one: one.helper.offer.created)


def why_not(post: Post, helper: Helper) -> Words | None:
    """Why this helper cannot be asked for this request; None when they can."""
    offer = helper.offer
    if offer.own and offer.author == post.author:
        return phrase("This is an offer of who asks.")
    if helper.asked is InviteState.PENDING:
        return phrase("They were asked already, and can still answer.")
    if helper.asked is InviteState.DECLINED:
        return phrase("They said no to this. Ask somebody else.")
    if helper.answered or helper.asked is InviteState.ACCEPTED:
        return phrase("They answered this already.")
    if helper.ring is None:
        return phrase("%(area)s is not connected with us now.", area=helper.area)
    if not helper.sees and post.widen:
        return phrase("%(area)s does not see this request yet. It goes further by itself.", area=helper.area)
    if not helper.sees:
        return phrase(
            "%(area)s does not see this request. First ask who it is from whether it may go further.",
            area=helper.area,
        )
    if not helper.arrived:
        return phrase("The request is still on its way to %(area)s. Try again in a while.", area=helper.area)
    return None


def _reasons(helper: Helper) -> tuple[Words, ...]:
    near = (NEAR[helper.ring],) if helper.ring is not None else ()
    before = (phrase("Helped before."),) if helper.helped else ()
    return (phrase("Offers what is asked."), *near, *before)


def _doubts(helper: Helper) -> tuple[Words, ...]:
    missed = helper.asked is InviteState.EXPIRED
    return (
        *((phrase("Is asked for something else too, and did not answer yet."),) if helper.waiting else ()),
        *((phrase("Was asked for this before, and did not answer in time."),) if missed else ()),
    )


def _order(one: Candidate) -> tuple[int, int, int, float]:
    """Nothing against it first, then the nearest, then who helped before, then whose offer is up longest."""
    near = list(Ring).index(one.helper.ring) if one.helper.ring is not None else len(Ring)
    return len(one.doubts), near, -one.helper.helped, one.helper.offer.created.timestamp()
