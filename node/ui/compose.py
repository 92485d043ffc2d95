"""Asking and offering, one question at a time. All that was typed travels in the form: no script, no cookie,
no draft kept by the server."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import posts
from node.neighbourhood.category import Category
from node.neighbourhood.draft import USUAL_EXPIRY, checked_category
from node.neighbourhood.post import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    Audience,
    Decide,
    Kind,
    PostDraft,
    State,
    Urgency,
    checked_audience,
    checked_choice,
    checked_places,
    checked_words,
)
from node.neighbourhood.refusal import Invalid, Words
from node.neighbourhood.roles import Deed, require
from node.storage.database import Transaction
from node.ui.cards import Card, neighbours
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.language import language
from node.ui.words import CATEGORIES, URGENCIES, listed

STEPS = {
    "what": ("category",),
    "tell": ("title", "text", "urgency"),
    "reach": ("audience",),
    "check": ("decide", "places"),
}
"""The questions in their order, and the fields of each."""
CARRIED = ("key", *(field for fields in STEPS.values() for field in fields))
POST = "post"
KEPT = "private, no-cache"
"""A question that came by a form may stay in the browser of who typed it, and holds nothing but what they
typed: without that, the browser's own way back to it ends on an error page."""
LIMITS = {"title": TITLE_LENGTH, "text": TEXT_LENGTH}


@dataclass(frozen=True)
class Around:
    """What the questions need to know: who is next door."""

    neighbours: list[str]


async def ask(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /ask. Any resident may."""
    return await _begin(ui, request, who, Kind.REQUEST)


async def offer(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /offer. Any resident may."""
    return await _begin(ui, request, who, Kind.OFFER)


async def send_ask(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /ask: the next question, the one before, or post it."""
    return await _go_on(ui, request, who, Kind.REQUEST, form)


async def send_offer(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /offer: the next question, the one before, or post it."""
    return await _go_on(ui, request, who, Kind.OFFER, form)


async def _begin(ui: Ui, request: Request, who: Visitor, kind: Kind) -> Response:
    require(who.person, Deed.POST)
    usual = {"audience": Audience.ADJACENT, "urgency": Urgency.WEEK, "places": "1"}
    form = Form({**usual, "key": secrets.token_urlsafe(16)})
    return await _show(ui, request, who, kind, "what", form)


async def _go_on(ui: Ui, request: Request, who: Visitor, kind: Kind, form: Form) -> Response:
    if who.person is not None:
        require(who.person, Deed.POST)  # of a stranger, all that was typed is kept
    asked = form["go"] if form["go"] in STEPS else POST
    if (found := _unanswered(kind, asked, form)) is not None:
        step, wrong = found
        return await _show(ui, request, who, kind, step, form.wrong(Invalid(wrong)), 422)
    if asked != POST:
        return await _show(ui, request, who, kind, asked, form)
    if who.person is None:  # the session ended while they wrote: nothing of it is lost
        return await _show(ui, request, who, kind, "check", form, 403)
    made = await ui.database.writing(posts.post, who.person, draft(kind, form), who.at, form["key"][:100])
    return go_to(f"/o/{made.id}?said=posted")


async def _show(
    ui: Ui, request: Request, who: Visitor, kind: Kind, step: str, form: Form, status: int = 200
) -> Response:
    around = await ui.database.reading(look)
    names = list(STEPS)
    page = ui.page(
        request,
        who,
        "compose.html",
        status,
        kind=kind,
        step=step,
        number=names.index(step) + 1,
        before=names[names.index(step) - 1],
        after=[*names, POST][names.index(step) + 1],
        form=form,
        carried=[(name, form[name]) for name in CARRIED if name not in STEPS[step] and form[name]],
        limits=LIMITS,
        categories=CATEGORIES,
        urgencies=URGENCIES,
        neighbours=around.neighbours,
        names=listed(around.neighbours),
        preview=preview(ui, who, kind, form),
        until=_until(kind, who.at),
    )
    if request.method == "POST" and who.person is not None:
        page.headers["Cache-Control"] = KEPT
    return page


def look(tx: Transaction) -> Around:
    return Around(neighbours(tx))


def draft(kind: Kind, form: Form) -> PostDraft:
    """What was filled in, for the act to look at."""
    return PostDraft(
        kind=kind,
        title=form["title"],
        text=form["text"],
        category=form["category"],
        audience=form["audience"],
        urgency=form["urgency"] if kind is Kind.REQUEST else None,
        decide=Decide.FIRST if form["decide"] else Decide.CHOOSE,
        places=places(form["places"]),
        language=language().code,
    )


def places(typed: str) -> int | None:
    """For how many there is room: `None` when left empty; what is no number is 0, for the rules to refuse."""
    typed = typed.strip()
    return None if not typed else int(typed) if re.fullmatch("[0-9]{1,5}", typed) else 0


def preview(ui: Ui, who: Visitor, kind: Kind, form: Form) -> Card:
    """The card as neighbours will see it."""
    return Card(
        kind=kind,
        title=form["title"],
        text=form["text"],
        category=Category(form["category"] if form["category"] in set(Category) else Category.OTHER),
        author=who.person.name if who.person else "",
        area=ui.settings.name,
        own=True,
        nearness="",
        created=who.at,
        state=State.OPEN,
        responses=0,
        url="",
        mine=True,
    )


def _until(kind: Kind, at: datetime) -> datetime:
    return at + USUAL_EXPIRY[kind]


def _unanswered(kind: Kind, asked: str, form: Form) -> tuple[str, dict[str, Words]] | None:
    """The first question before the one asked for that still has something wrong with it."""
    for step in STEPS:
        if step == asked:
            return None
        if wrong := _wrong(step, kind, form):
            return step, wrong
    return None


def _wrong(step: str, kind: Kind, form: Form) -> dict[str, Words]:
    """What is wrong with the answers to one question, by field: as the rules say."""
    checks: dict[str, list[Callable[[], object]]] = {
        "what": [lambda: checked_category(form["category"])],
        "tell": [lambda: checked_words(form["title"], form["text"])],
        "reach": [lambda: checked_audience(form["audience"])],
        "check": [lambda: checked_places(places(form["places"]))],
    }
    if kind is Kind.REQUEST:
        checks["tell"].append(lambda: checked_choice(Urgency, form["urgency"], "urgency", Urgency.WEEK))
    wrong: dict[str, Words] = {}
    for check in checks[step]:
        try:
            check()
        except Invalid as refused:
            wrong |= refused.errors
    return wrong
