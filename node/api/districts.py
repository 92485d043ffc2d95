"""The districts around, and which of them whoever asks wants on their own front page."""

from typing import Annotated

from msgspec import Meta, Struct

from node.acts import districts as acts
from node.api import lists
from node.api.lists import PageAsked
from node.api.nodes import NodeName
from node.api.operation import Call, Nothing
from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import Invalid, phrase
from node.storage import follows, posts
from node.storage.database import Transaction

WishWord = Annotated[str, Meta(extra_json_schema={"enum": list(Wish)})]


class OpenThere(Struct):
    """How many posts wait there for somebody."""

    requests: int
    offers: int
    notices: int
    events: int


class Around(Struct):
    """A district: how near it is, what one said about it (null: nothing), and whether it is shown by that."""

    id: str
    node: NodeName
    near: Ring
    wish: Wish | None
    shown: bool
    open: OpenThere


class Districts(Struct):
    """A page of districts, the nearest first."""

    items: list[Around]
    next: str | None


class NewWish(Struct, forbid_unknown_fields=True):
    """What one wants of a district: follow, or mute."""

    wish: WishWord


def listing(tx: Transaction, call: Call[PageAsked]) -> Districts:
    """The districts around, as whoever asks sees them."""
    counted = posts.count_answerable(tx, call.who, call.at)
    everything = sorted((_shown(one, counted) for one in follows.districts(tx, call.who)), key=_place)
    end = lists.ended(call.asked)
    found = [one for one in everything if end is None or _place(one) > end]
    shown, more = lists.page(found, call.asked.limit, _place)
    return Districts(shown, more)


def wish(tx: Transaction, call: Call[NewWish]) -> Around:
    """Follow a district, or mute it."""
    if call.asked.wish not in set(Wish):
        raise Invalid({"wish": phrase("Choose one of the list.")})
    act = acts.follow if call.asked.wish == Wish.FOLLOW else acts.mute
    act(tx, call.by, call.key)
    counted = posts.count_answerable(tx, call.who, call.at)
    return next(_shown(one, counted) for one in follows.districts(tx, call.who) if one.node.id == call.key)


def forget(tx: Transaction, call: Call[Nothing]) -> None:
    """Say nothing about a district any more."""
    acts.leave_it(tx, call.by, call.key)


def _place(one: Around) -> tuple[str, str]:
    """Where it stands in the list, in one word and an id: the nearest first, then by name."""
    return f"{one.near is Ring.TOWN:d}{one.node.name}", one.id


def _shown(one: follows.District, counted: dict[str | None, dict[Kind, int]]) -> Around:
    waits = counted.get(one.node.id, {})
    kinds = (Kind.REQUEST, Kind.OFFER, Kind.NOTICE, Kind.EVENT)
    numbers = OpenThere(*(waits.get(kind, 0) for kind in kinds))
    return Around(
        one.node.id, NodeName(one.node.name, one.node.origin), one.ring, one.wish, one.shown, numbers
    )
