"""Drafts: what somebody filled in for a post, looked at whole:
every field hears at once what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import ParamSpec, TypedDict, TypeVar

from node.neighbourhood import event, notice, offer, request
from node.neighbourhood.audience import offered, usual
from node.neighbourhood.category import Category
from node.neighbourhood.event import checked_place, checked_time
from node.neighbourhood.fields import (
    checked_audience,
    checked_choice,
    checked_expiry,
    checked_places,
    checked_words,
)
from node.neighbourhood.language import UNKNOWN, checked_language
from node.neighbourhood.node import Home
from node.neighbourhood.post import (
    Audience,
    Decide,
    Kind,
    Post,
    PostDraft,
    State,
    Urgency,
)
from node.neighbourhood.refusal import Invalid, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.when import STILL, DayPart, Days, Repeats, checked_days, read

P = ParamSpec("P")
T = TypeVar("T")

USUAL_EXPIRY: dict[Kind, timedelta] = {
    Kind.REQUEST: request.EXPIRY,
    Kind.OFFER: offer.EXPIRY,
    Kind.NOTICE: notice.EXPIRY,
    Kind.EVENT: event.EXPIRY,
}


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
    starts: datetime | None = None
    ends: datetime | None = None
    place: str | None = None
    widen: bool | None = None
    when: str | None = None
    day_part: str | None = None
    repeats: str | None = None
    language: str | None = None


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


def opened(
    draft: PostDraft, key: str, uri: str, party: str, by: Resident, home: Home, in_hub: bool, at: datetime
) -> Post:
    """A new post from a draft. Raises Invalid with all that is wrong, per field."""
    errors, kind = _Errors(), draft.kind
    title, text = errors.take(("", ""), checked_words, draft.title, draft.text)
    places = errors.take(1, checked_places, kind, draft.places)
    reach = errors.take(
        Audience.NEIGHBOURHOOD, checked_audience, draft.audience, offered(home, in_hub), usual(home, kind)
    )
    ends = errors.take(draft.ends, _one_end, draft.ends, draft.expires)
    starts, expires = _time(errors, kind, draft.starts, ends, at)
    when = errors.take(None, checked_when, kind, draft.when, home.zone, at)
    if when is not None and ends is None:
        expires = max(expires, _up_for(kind, when, home.zone))
    made = Post(
        id=key,
        uri=uri,
        kind=draft.kind,
        title=title,
        text=text,
        category=errors.take(Category.OTHER, checked_category, draft.category),
        audience=reach,
        urgency=errors.take(Urgency.WEEK, checked_choice, Urgency, draft.urgency, "urgency", Urgency.WEEK),
        state=State.OPEN,
        author_name=by.name,
        party=party,
        area=home.area,
        created=at,
        updated=at,
        expires=expires,
        decide=errors.take(Decide.CHOOSE, checked_choice, Decide, draft.decide, "decide", Decide.CHOOSE),
        places=places,
        places_left=places,
        language=errors.take(UNKNOWN, checked_language, draft.language),
        author=by.id,
        starts=starts,
        place=errors.take("", checked_place, draft.place) if kind is Kind.EVENT else "",
        widen=draft.widen and kind is Kind.REQUEST,
        when=when,
        **_rhythm(errors, kind, draft.day_part or DayPart.ANY, draft.repeats or Repeats.ONCE),
    )
    errors.settle()
    return made


class _Rhythm(TypedDict):
    day_part: DayPart
    repeats: Repeats


def _rhythm(errors: _Errors, kind: Kind, part: str, repeats: str) -> _Rhythm:
    """Which part of the day, and how often; a notice and an event have neither."""
    if not kind.agrees:
        return {"day_part": DayPart.ANY, "repeats": Repeats.ONCE}
    return {
        "day_part": errors.take(DayPart.ANY, checked_choice, DayPart, part, "day_part", DayPart.ANY),
        "repeats": errors.take(Repeats.ONCE, checked_choice, Repeats, repeats, "repeats", Repeats.ONCE),
    }


def checked_when(kind: Kind, spelled: str, zone: tzinfo, at: datetime) -> Days | None:
    """On which days a request or an offer is meant: still to come, and within the time that it can be up."""
    if not kind.agrees:
        return None
    return checked_days(read(spelled), zone, at + 2 * USUAL_EXPIRY[kind], at)


def _up_for(kind: Kind, when: Days, zone: tzinfo) -> datetime:
    """How long what names days stays up at least: until they are over; a request until its poster said
    whether it is still needed."""
    return when.over(zone) + (STILL if kind is Kind.REQUEST else timedelta(0))


def _one_end(ends: datetime | None, expires: datetime | None) -> datetime | None:
    """An event stays up until it ends: both may be said, when they are the same."""
    if ends is not None and expires is not None and ends != expires:
        raise Invalid({"expires": phrase("An event stays up until it ends. Leave this out.")})
    return ends or expires


def _time(
    errors: _Errors, kind: Kind, starts: datetime | None, ends: datetime | None, at: datetime
) -> tuple[datetime | None, datetime]:
    """When it begins, for an event, and until when it stays up."""
    if kind is Kind.EVENT:
        return errors.take((at, at), checked_time, starts, ends, at)
    return None, errors.take(at, checked_expiry, ends, USUAL_EXPIRY[kind], at)


def changed(before: Post, change: PostChange, home: Home, in_hub: bool, at: datetime) -> Post:
    """A post with what somebody wants different. Raises Invalid with all that is wrong, per field."""
    errors, kind = _Errors(), before.kind
    wanted = (_or(change.title, before.title), _or(change.text, before.text))
    title, text = errors.take(wanted, checked_words, *wanted)
    taken = before.places - before.places_left
    places = errors.take(before.places, _enough_places, before, change.places, taken)
    starts, expires = before.starts, before.expires
    ends = errors.take(change.ends, _one_end, change.ends, change.expires)
    if ends is not None or change.starts is not None:
        starts, expires = _time(errors, kind, *_moved(before, change.starts, ends), at)
    after = replace(
        before,
        title=title,
        text=text,
        category=errors.take(before.category, checked_category, _or(change.category, before.category)),
        audience=errors.take(
            before.audience, checked_audience, change.audience, offered(home, in_hub), before.audience
        )
        if change.audience != before.audience
        else before.audience,
        urgency=errors.take(
            before.urgency, checked_choice, Urgency, change.urgency, "urgency", before.urgency
        ),
        decide=errors.take(before.decide, checked_choice, Decide, change.decide, "decide", before.decide),
        places=places,
        places_left=max(0, places - taken),
        expires=expires,
        starts=starts,
        place=errors.take(before.place, checked_place, change.place)
        if change.place is not None and kind is Kind.EVENT
        else before.place,
        widen=before.widen if change.widen is None else change.widen and kind is Kind.REQUEST,
        language=errors.take(before.language, checked_language, _or(change.language, before.language)),
        when=errors.take(before.when, checked_when, kind, change.when, home.zone, at)
        if change.when is not None and change.when != str(before.when or "")
        else before.when,
        **_rhythm(errors, kind, _or(change.day_part, before.day_part), _or(change.repeats, before.repeats)),
    )
    errors.settle()
    if after.when is not None and after.when != before.when and ends is None:
        return replace(after, expires=max(after.expires, _up_for(kind, after.when, home.zone)))
    return after


def _moved(
    before: Post, starts: datetime | None, ends: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """An event whose beginning moves takes as long as before, if nothing else was said."""
    if starts is not None and ends is None and before.starts is not None:
        long = before.expires - before.starts
        return starts, starts + long if starts < datetime.max.replace(tzinfo=starts.tzinfo) - long else None
    return starts or before.starts, ends


def checked_category(word: str) -> Category:
    """What it is about: one of the words everybody knows."""
    if word not in set(Category):
        raise Invalid({"category": phrase("Choose what it is about.")})
    return Category(word)


def _enough_places(before: Post, wanted: int | None, taken: int) -> int:
    places = before.places if wanted is None else checked_places(before.kind, wanted)
    if places < taken and (places or before.kind.agrees):
        if before.kind is Kind.EVENT:
            raise Invalid({"places": phrase("%(taken)d people come already.", taken=taken)})
        raise Invalid({"places": phrase("%(taken)d helpers are agreed already.", taken=taken)})
    return places


def _or(wanted: T | None, before: T) -> T:
    return before if wanted is None else wanted
