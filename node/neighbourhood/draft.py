"""Drafts: what somebody filled in for a post, looked at whole:
every field hears at once what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from node.neighbourhood import offer, request
from node.neighbourhood.category import Category
from node.neighbourhood.node import Area
from node.neighbourhood.post import (
    Audience,
    Decide,
    Kind,
    Post,
    PostDraft,
    State,
    Urgency,
    checked_audience,
    checked_choice,
    checked_expiry,
    checked_places,
    checked_words,
)
from node.neighbourhood.refusal import Invalid, Words, phrase
from node.neighbourhood.resident import Resident

P = ParamSpec("P")
T = TypeVar("T")

USUAL_EXPIRY: dict[Kind, timedelta] = {Kind.REQUEST: request.EXPIRY, Kind.OFFER: offer.EXPIRY}


@dataclass(frozen=True)
class PostChange:
    """What somebody wants different about a post; `None` means: as it is."""

    title: str | None = None
    text: str | None = None
    category: str | None = None
    audience: str | None = None
    urgency: str | None = None
    decide: str | None = None
    places: int | None = None
    expires: datetime | None = None


class _Errors:
    """Collects what is wrong, field by field."""

    def __init__(self) -> None:
        self.found: dict[str, Words] = {}

    def take(self, otherwise: T, check: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        try:
            return check(*args, **named)
        except Invalid as wrong:
            self.found |= wrong.errors
            return otherwise

    def settle(self) -> None:
        if self.found:
            raise Invalid(self.found)


def opened(draft: PostDraft, key: str, uri: str, party: str, by: Resident, area: Area, at: datetime) -> Post:
    """A new post from a draft. Raises Invalid with all that is wrong, per field."""
    errors, usual = _Errors(), USUAL_EXPIRY[draft.kind]
    title, text = errors.take(("", ""), checked_words, draft.title, draft.text)
    places = errors.take(1, checked_places, draft.places)
    made = Post(
        id=key,
        uri=uri,
        kind=draft.kind,
        title=title,
        text=text,
        category=errors.take(Category.OTHER, checked_category, draft.category),
        audience=errors.take(Audience.ADJACENT, checked_audience, draft.audience),
        urgency=errors.take(Urgency.WEEK, checked_choice, Urgency, draft.urgency, "urgency", Urgency.WEEK),
        state=State.OPEN,
        author_name=by.name,
        party=party,
        area=area,
        created=at,
        updated=at,
        expires=errors.take(at, checked_expiry, draft.expires, usual, at),
        decide=errors.take(Decide.CHOOSE, checked_choice, Decide, draft.decide, "decide", Decide.CHOOSE),
        places=places,
        places_left=places,
        language=draft.language,
        author=by.id,
    )
    errors.settle()
    return made


def changed(before: Post, change: PostChange, at: datetime) -> Post:
    """A post with what somebody wants different. Raises Invalid with all that is wrong, per field."""
    errors, usual = _Errors(), USUAL_EXPIRY[before.kind]
    wanted = (_or(change.title, before.title), _or(change.text, before.text))
    title, text = errors.take(wanted, checked_words, *wanted)
    taken = before.places - before.places_left
    places = errors.take(before.places, _enough_places, before.places, change.places, taken)
    after = replace(
        before,
        title=title,
        text=text,
        category=errors.take(before.category, checked_category, _or(change.category, before.category)),
        audience=errors.take(before.audience, checked_audience, change.audience)
        if change.audience is not None
        else before.audience,
        urgency=errors.take(
            before.urgency, checked_choice, Urgency, change.urgency, "urgency", before.urgency
        ),
        decide=errors.take(before.decide, checked_choice, Decide, change.decide, "decide", before.decide),
        places=places,
        places_left=places - taken,
        expires=errors.take(before.expires, checked_expiry, change.expires, usual, at)
        if change.expires is not None
        else before.expires,
    )
    errors.settle()
    return after


def checked_category(word: str) -> Category:
    """What it is about: one of the words everybody knows."""
    if word not in set(Category):
        raise Invalid({"category": phrase("Choose what it is about.")})
    return Category(word)


def _enough_places(before: int, wanted: int | None, taken: int) -> int:
    places = before if wanted is None else checked_places(wanted)
    if places < taken:
        raise Invalid({"places": phrase("%(taken)d helpers are agreed already.", taken=taken)})
    return places


def _or(wanted: T | None, before: T) -> T:
    return before if wanted is None else wanted
