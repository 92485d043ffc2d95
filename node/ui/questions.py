"""The questions about a post: the fields of each, what is wrong with the answers, and the draft they make."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from node.neighbourhood.draft import checked_category, checked_when
from node.neighbourhood.event import PLACE_LENGTH, checked_place
from node.neighbourhood.fields import (
    checked_audience,
    checked_choice,
    checked_places,
    checked_words,
)
from node.neighbourhood.language import checked_language
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    Audience,
    Decide,
    Kind,
    PostDraft,
    Urgency,
)
from node.neighbourhood.refusal import Invalid, Words
from node.neighbourhood.when import DayPart, Repeats
from node.ui import rhythm, when
from node.ui.forms import Form
from node.ui.language import language
from node.ui.reach import Reach

STEPS = {
    "what": ("category",),
    "tell": ("title", "text", "language", "urgency", *when.FIELDS, "place", "day_part", "repeats"),
    "reach": ("audience", "widen"),
    "check": ("decide", "places"),
}
"""The questions in their order, and the fields of each."""
LIMITS = {"title": TITLE_LENGTH, "text": TEXT_LENGTH, "place": PLACE_LENGTH}


@dataclass(frozen=True)
class Asked:
    """What the answers are held against: what kind of post, how far it goes, the clock; its photos."""

    kind: Kind
    reach: Reach
    usual: Audience
    zone: tzinfo
    at: datetime
    photos: tuple[Photo, ...] = ()  # that are with it already


def draft(asked: Asked, form: Form) -> PostDraft:
    """What was filled in, for the act to look at. Raises Invalid for a time that is none."""
    starts, ends = when.span(form, asked.zone, asked.at) if asked.kind is Kind.EVENT else (None, None)
    return PostDraft(
        kind=asked.kind,
        title=form["title"],
        text=form["text"],
        category=form["category"],
        audience=form["audience"],
        urgency=form["urgency"] if asked.kind is Kind.REQUEST else None,
        decide=Decide.FIRST if form["decide"] and asked.kind.agrees else Decide.CHOOSE,
        places=places(form["places"]),
        language=form["language"] or language().code,
        starts=starts,
        ends=ends,
        place=form["place"],
        widen=bool(form["widen"]),
        when=rhythm.spelled(form) if asked.kind.agrees else "",
        day_part=form["day_part"] or None,
        repeats=form["repeats"] or None,
    )


def places(typed: str) -> int | None:
    """For how many there is room: `None` when left empty, -1 for what is no number: the rules refuse it."""
    typed = typed.strip()
    return None if not typed else int(typed) if re.fullmatch("[0-9]{1,5}", typed) else -1


def unanswered(asked: Asked, until: str, form: Form) -> tuple[str, dict[str, Words]] | None:
    """The first question before the one asked for that still has something wrong with it."""
    for step in STEPS:
        if step == until:
            return None
        if wrong := _wrong(step, asked, form):
            return step, wrong
    return None


def _wrong(step: str, asked: Asked, form: Form) -> dict[str, Words]:
    """What is wrong with the answers to one question, by field: as the rules say."""
    checks: dict[str, list[Callable[[], object]]] = {
        "what": [lambda: checked_category(form["category"])],
        "tell": [
            lambda: checked_words(form["title"], form["text"]),
            lambda: checked_language(form["language"] or language().code),
        ],
        "reach": [lambda: checked_audience(form["audience"], asked.reach.offered, asked.usual)],
        "check": [lambda: checked_places(asked.kind, places(form["places"]))],
    }
    if asked.kind is Kind.REQUEST:
        checks["tell"].append(lambda: checked_choice(Urgency, form["urgency"], "urgency", Urgency.WEEK))
    if asked.kind is Kind.EVENT:
        checks["tell"].append(lambda: when.span(form, asked.zone, asked.at))
        checks["tell"].append(lambda: checked_place(form["place"]))
    if asked.kind.agrees:
        checks["tell"] += [
            lambda: _checked_days(asked, form),
            lambda: checked_choice(DayPart, form["day_part"] or None, "day_part", DayPart.ANY),
            lambda: checked_choice(Repeats, form["repeats"] or None, "repeats", Repeats.ONCE),
        ]
    wrong: dict[str, Words] = {}
    for check in checks[step]:
        try:
            check()
        except Invalid as refused:
            wrong |= refused.errors
    return wrong


def _checked_days(asked: Asked, form: Form) -> None:
    """On which days, with what is wrong at the field of the first."""
    spelled = rhythm.spelled(form)
    try:
        checked_when(asked.kind, spelled, asked.zone, asked.at)
    except Invalid as refused:
        raise Invalid({"day": next(iter(refused.errors.values()))}) from None
