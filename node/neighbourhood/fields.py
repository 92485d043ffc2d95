"""The fields of a post, each held against the rules by itself: what it becomes, or what is wrong with it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from node.neighbourhood import event
from node.neighbourhood.post import PLACES_MOST, TEXT_LENGTH, TITLE_LENGTH, Audience, Kind, unshowable
from node.neighbourhood.refusal import Invalid, Words, phrase

E = TypeVar("E", bound=StrEnum)


def checked_words(title: str, text: str) -> tuple[str, str]:
    """Title on one line and text without trailing space, within their lengths; else what to do, per field."""
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    errors: dict[str, Words] = {}
    if not title:
        errors["title"] = phrase("Write in one sentence what it is about.")
    elif len(title) > TITLE_LENGTH:
        errors["title"] = phrase("At most %(most)d letters.", most=TITLE_LENGTH)
    if len(text) > TEXT_LENGTH:
        errors["text"] = phrase("At most %(most)d letters.", most=TEXT_LENGTH)
    for field, words in (("title", title), ("text", text)):
        if unshowable(words):
            errors[field] = phrase("There is a sign in it that cannot be shown. Type it again.")
    if errors:
        raise Invalid(errors)
    return title, text


def checked_audience(word: str | None, offered: Collection[Audience], usual: Audience) -> Audience:
    """Who it is for: one of the rings that this node can reach; `usual` when nothing was said."""
    if word is None:
        return usual
    if word in offered:
        return Audience(word)
    if word == Audience.MUNICIPALITY:
        raise Invalid(
            {"audience": phrase("This node has no hub, so it cannot reach the whole municipality.")}
        )
    if word == Audience.ADJACENT and Audience.MUNICIPALITY not in offered:
        raise Invalid(
            {"audience": phrase("This node speaks with no others now, so nobody next door sees it.")}
        )
    if word == Audience.ADJACENT:
        raise Invalid({"audience": phrase("A hub has no neighbours next door. Choose the municipality.")})
    raise Invalid({"audience": phrase("Choose who may see this.")})


def checked_choice(kind: type[E], word: str | None, field: str, default: E) -> E:
    """One of a fixed list of words, or its default when nothing was said."""
    if word is None:
        return default
    try:
        return kind(word)
    except ValueError:
        raise Invalid({field: phrase("Choose one of the list.")}) from None


def checked_places(kind: Kind, places: int | None) -> int:
    """For how many there is room: helpers, users of an offer, people at an event (0: as many as want to)."""
    if kind is Kind.NOTICE and places:
        raise Invalid({"places": phrase("A notice has no places.")})
    if kind is Kind.NOTICE:
        return 0
    if places is None or (places == 0 and kind is Kind.EVENT):
        return 1 if kind.agrees else 0
    most = PLACES_MOST if kind.agrees else event.PLACES_MOST
    if not 1 <= places <= most:
        raise Invalid({"places": phrase("Between 1 and %(most)d.", most=most)})
    return places


def checked_expiry(expires: datetime | None, kind_default: timedelta, at: datetime) -> datetime:
    """Until when it stays up: at least an hour, at most twice what is usual for its kind."""
    if expires is None:
        return at + kind_default
    if expires.tzinfo is None or expires < at + timedelta(hours=1):
        raise Invalid({"expires": phrase("Choose a moment that is still to come.")})
    if expires > at + 2 * kind_default:
        raise Invalid({"expires": phrase("At most %(days)d days from now.", days=(2 * kind_default).days)})
    return expires
