"""Accounts of other software that follow us, for an operator; and what the node lets in."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from node.acts import policies as choosing
from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import A_MINUTE_LEAST, A_MINUTE_MOST, Advice, Followers
from node.neighbourhood.resident import Resident
from node.storage import accounts, policies
from node.storage.database import Transaction


class Following(StrEnum):
    """How an account stands to us."""

    ASKS = "asks"
    FOLLOWS = "follows"
    NO = "no"


_STATES = {Follow.PENDING: Following.ASKS, Follow.ACCEPTED: Following.FOLLOWS}


class Follower(Struct):
    """An account of other software. `since` is when we met it."""

    id: str
    actor: str
    handle: str
    name: str
    server: str
    state: Following
    since: Moment


class FollowerPage(Struct):
    """A page of them, the newest first."""

    items: list[Follower]
    next: str | None


class FollowersAsked(PageAsked):
    """Which of them: those that follow, or those that ask to."""

    asking: bool = False


class LetIn(Struct):
    """What the node lets in: who may follow, what becomes of the hub's advice, and how many messages one
    server may send in a minute."""

    followers: Followers
    advice: Advice
    a_minute: int


class NewPolicy(Struct, forbid_unknown_fields=True):
    """What is to be otherwise; what is left out stays."""

    followers: Followers | UnsetType = UNSET
    advice: Advice | UnsetType = UNSET
    a_minute: Annotated[int, Meta(ge=A_MINUTE_LEAST, le=A_MINUTE_MOST)] | UnsetType = UNSET


def listing(tx: Transaction, call: Call[FollowersAsked]) -> FollowerPage:
    """The accounts that follow us, or ask to."""
    state = Follow.PENDING if call.asked.asking else Follow.ACCEPTED
    found = accounts.following(tx, state, lists.before(call.asked), call.asked.limit + 1)
    shown, more = lists.page(found, call.asked.limit, lambda one: lists.by_time(one.met, one.id))
    return FollowerPage([_shown(one) for one in shown], more)


Decision = Callable[[Transaction, Resident, str, datetime], Account]


def decide(decision: Decision, tx: Transaction, call: Call[Nothing]) -> Follower:
    """Let an account follow us, or not, or no longer."""
    return _shown(decision(tx, call.by, call.key, call.at))


def policy(tx: Transaction, call: Call[Nothing]) -> LetIn:
    """What the node lets in now."""
    now = policies.current(tx)
    return LetIn(now.followers, now.advice, now.a_minute)


def choose(tx: Transaction, call: Call[NewPolicy]) -> LetIn:
    """Let in more, or less."""
    asked = call.asked
    after = choosing.choose(
        tx,
        call.by,
        call.at,
        followers=None if asked.followers is UNSET else asked.followers,
        advice=None if asked.advice is UNSET else asked.advice,
        a_minute=None if asked.a_minute is UNSET else asked.a_minute,
    )
    return LetIn(after.followers, after.advice, after.a_minute)


def _shown(one: Account) -> Follower:
    state = _STATES.get(one.their_follow, Following.NO)
    return Follower(one.id, one.actor, one.handle, one.name, one.origin, state, one.met)
