"""What somebody writes to put a post up or to change it, in JSON."""

from datetime import datetime
from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from node.neighbourhood import category
from node.neighbourhood.draft import PostChange as Change
from node.neighbourhood.event import PLACE_LENGTH
from node.neighbourhood.event import PLACES_MOST as EVENT_PLACES_MOST
from node.neighbourhood.post import (
    PLACES_MOST,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Audience,
    Decide,
    Kind,
    PostDraft,
    Urgency,
)
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.when import DayPart, Repeats

T = TypeVar("T")

NEW_STATES = ("open", "closed", "paused")

# What may stand in a field is the rules' to say; the document tells it too.
Title = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": TITLE_LENGTH})]
Text = Annotated[str, Meta(extra_json_schema={"maxLength": TEXT_LENGTH})]
CategoryWord = Annotated[str, Meta(extra_json_schema={"enum": list(category.Category)})]
AudienceWord = Annotated[str, Meta(extra_json_schema={"enum": list(Audience)})]
UrgencyWord = Annotated[str, Meta(extra_json_schema={"enum": list(Urgency)})]
DecideWord = Annotated[str, Meta(extra_json_schema={"enum": list(Decide)})]
StateWord = Annotated[str, Meta(extra_json_schema={"enum": list(NEW_STATES)})]
Places = (
    Annotated[
        int,
        Meta(
            description=f"For how many there is room: at most {PLACES_MOST}, at an event more.",
            extra_json_schema={"minimum": 1, "maximum": EVENT_PLACES_MOST},
        ),
    ]
    | None
)
Place = Annotated[str, Meta(extra_json_schema={"maxLength": PLACE_LENGTH})]
When = Annotated[
    str,
    Meta(
        description="A day (2030-05-31), or two with / between them; empty for any day.",
        extra_json_schema={"maxLength": 21},
    ),
]
DayPartWord = Annotated[str, Meta(extra_json_schema={"enum": list(DayPart)})]
RepeatsWord = Annotated[str, Meta(extra_json_schema={"enum": list(Repeats)})]
Language = Annotated[
    str,
    Meta(
        description="In which language it is written (ISO 639, such as nl); und when that is not known.",
        extra_json_schema={"pattern": "^[a-z]{2,3}$"},
    ),
]
Until = Annotated[datetime, Meta(tz=True)]


class NewPost(Struct, forbid_unknown_fields=True):
    """What is asked, offered, told or planned. Left out: a request is for *adjacent* (at a hub, where that is
    refused, for the *municipality*), the rest for *public*; week, choose, one place, the usual end.

    `starts`, `ends` and `place` are for events alone, and `starts` is needed there; without an end it takes
    two hours. Places of null at an event: as many as want to. `widen` is for requests: while nobody answers
    it may go on, ring by ring. `when`, `day_part` and `repeats` are for requests and offers: on which days,
    and how often. `language` is your own, if you do not say another.
    """

    title: Title
    category: CategoryWord
    text: Text = ""
    audience: AudienceWord | UnsetType = UNSET
    urgency: UrgencyWord | UnsetType = UNSET
    decide: DecideWord | UnsetType = UNSET
    places: Places | UnsetType = UNSET
    expires: Until | UnsetType = UNSET
    starts: Until | UnsetType = UNSET
    ends: Until | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    widen: bool | UnsetType = UNSET
    when: When | UnsetType = UNSET
    day_part: DayPartWord | UnsetType = UNSET
    repeats: RepeatsWord | UnsetType = UNSET
    language: Language | UnsetType = UNSET


class PostChange(Struct, forbid_unknown_fields=True):
    """What is to be different; what is left out stays as it is. All of it happens, or nothing."""

    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    category: CategoryWord | UnsetType = UNSET
    audience: AudienceWord | UnsetType = UNSET
    urgency: UrgencyWord | UnsetType = UNSET
    decide: DecideWord | UnsetType = UNSET
    places: Places | UnsetType = UNSET
    expires: Until | UnsetType = UNSET
    starts: Until | UnsetType = UNSET
    ends: Until | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    widen: bool | UnsetType = UNSET
    when: When | UnsetType = UNSET
    day_part: DayPartWord | UnsetType = UNSET
    repeats: RepeatsWord | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    state: StateWord | UnsetType = UNSET


def draft(kind: Kind, asked: NewPost, language: str) -> PostDraft:
    """What was filled in, for the act to look at; without what another kind of post has (`misplaced`)."""
    event = kind is Kind.EVENT
    return PostDraft(
        kind=kind,
        title=asked.title,
        text=asked.text,
        category=asked.category,
        audience=said(asked.audience),
        urgency=said(asked.urgency),
        decide=said(asked.decide),
        places=_places(asked.places),
        expires=said(asked.expires),
        language=said(asked.language) or language,
        starts=said(asked.starts) if event else None,
        ends=said(asked.ends) if event else None,
        place=(said(asked.place) or "") if event else "",
        widen=said(asked.widen) or False,
        when=said(asked.when) or "",
        day_part=said(asked.day_part),
        repeats=said(asked.repeats),
    )


def edit(kind: Kind, asked: PostChange) -> Change:
    """What is to be different but for the state; without what another kind of post has (`misplaced`)."""
    event = kind is Kind.EVENT
    return Change(
        title=said(asked.title),
        text=said(asked.text),
        category=said(asked.category),
        audience=said(asked.audience),
        urgency=said(asked.urgency),
        decide=said(asked.decide),
        places=_places(asked.places),
        expires=said(asked.expires),
        starts=said(asked.starts) if event else None,
        ends=said(asked.ends) if event else None,
        place=said(asked.place) if event else None,
        widen=said(asked.widen),
        when=said(asked.when),
        day_part=said(asked.day_part),
        repeats=said(asked.repeats),
        language=said(asked.language),
    )


def _places(places: int | UnsetType | None) -> int | None:
    """How many were said: none is 0, which at an event is as many as want to."""
    return (places or 0) if not isinstance(places, UnsetType) else None


def misplaced(kind: Kind, asked: NewPost | PostChange) -> dict[str, Words]:
    """What is wrong with it before any rule is asked, per field: another kind of post has it."""
    wrong: dict[str, Words] = {}
    if kind is not Kind.EVENT:
        late = {"starts": asked.starts, "ends": asked.ends, "place": asked.place}
        wrong |= {
            name: phrase("Only an event has this.") for name, value in late.items() if value is not UNSET
        }
    if not kind.agrees:
        rhythm = {"when": asked.when, "day_part": asked.day_part, "repeats": asked.repeats}
        wrong |= {
            name: phrase("Only a request or an offer has this.")
            for name, value in rhythm.items()
            if value is not UNSET
        }
    if kind is not Kind.REQUEST and asked.widen is True:
        wrong["widen"] = phrase("Only a request goes further by itself.")
    if isinstance(asked, PostChange) and asked.state is not UNSET and asked.state not in NEW_STATES:
        wrong["state"] = phrase("Choose one of the list.")
    return wrong


def said(word: T | UnsetType) -> T | None:
    """What was said, or None for what was left out."""
    return None if isinstance(word, UnsetType) else word
