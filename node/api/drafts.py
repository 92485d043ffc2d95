"""What somebody writes to put a post up or to change it, in JSON."""

from datetime import datetime
from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from node.neighbourhood import category
from node.neighbourhood.draft import PostChange as Change
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
Places = Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": PLACES_MOST})]
Until = Annotated[datetime, Meta(tz=True)]


class NewPost(Struct, forbid_unknown_fields=True):
    """What is asked or offered. Left out: adjacent, week, choose, one place, the usual end."""

    title: Title
    category: CategoryWord
    text: Text = ""
    audience: AudienceWord | UnsetType = UNSET
    urgency: UrgencyWord | UnsetType = UNSET
    decide: DecideWord | UnsetType = UNSET
    places: Places | UnsetType = UNSET
    expires: Until | UnsetType = UNSET


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
    state: StateWord | UnsetType = UNSET


def draft(kind: Kind, asked: NewPost, language: str) -> PostDraft:
    """What was filled in, for the act to look at."""
    return PostDraft(
        kind=kind,
        title=asked.title,
        text=asked.text,
        category=asked.category,
        audience=said(asked.audience),
        urgency=said(asked.urgency),
        decide=said(asked.decide),
        places=said(asked.places),
        expires=said(asked.expires),
        language=language,
    )


def edit(asked: PostChange) -> Change:
    """What is to be different but for the state."""
    return Change(
        title=said(asked.title),
        text=said(asked.text),
        category=said(asked.category),
        audience=said(asked.audience),
        urgency=said(asked.urgency),
        decide=said(asked.decide),
        places=said(asked.places),
        expires=said(asked.expires),
    )


def said(word: T | UnsetType) -> T | None:
    """What was said, or None for what was left out."""
    return None if isinstance(word, UnsetType) else word
