"""Asking, offering, telling and planning, one question at a time. All that was typed travels in the form: no
script, no cookie, no draft kept by the server."""

import secrets
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import posts
from node.neighbourhood.category import Category
from node.neighbourhood.draft import USUAL_EXPIRY
from node.neighbourhood.post import Kind, State, Urgency
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.roles import Deed
from node.storage.database import Transaction
from node.ui import when
from node.ui.cards import Card
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.kinds import PATHS
from node.ui.questions import LIMITS, STEPS, Asked, draft, unanswered
from node.ui.reach import first_choice, reach
from node.ui.words import CATEGORIES, URGENCIES

CARRIED = ("key", *(field for fields in STEPS.values() for field in fields))
POST = "post"
KEPT = "private, no-cache"
"""A question that came by a form may stay in the browser of who typed it, and holds nothing but what they
typed: without that, the browser's own way back to it ends on an error page."""
_KINDS = {paths.make: kind for kind, paths in PATHS.items()}


async def begin(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /ask, /offer, /tell, /event. Any resident may."""
    who.required(Deed.POST)
    asked = await ui.database.reading(look, _KINDS[request.url.path], who.at)
    first = {"audience": asked.usual, "urgency": Urgency.WEEK, "places": "1" if asked.kind.agrees else ""}
    form = Form({**first, "key": secrets.token_urlsafe(16)})
    return _show(ui, request, who, asked, "what", form)


async def go_on(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST of the same: the next question, the one before, or post it."""
    if who.person is not None:
        who.required(Deed.POST)  # of a stranger, all that was typed is kept
    wanted = form["go"] if form["go"] in STEPS else POST
    asked = await ui.database.reading(look, _KINDS[request.url.path], who.at)
    if (found := unanswered(asked, wanted, form)) is not None:
        step, wrong = found
        return _show(ui, request, who, asked, step, *form.refused(Invalid(wrong)))
    if wanted != POST:
        return _show(ui, request, who, asked, wanted, form)
    if who.person is None:  # the session ended while they wrote: nothing of it is lost
        return _show(ui, request, who, asked, "check", form, 403)
    filled = draft(asked, form)
    made = await ui.database.writing(posts.post, who.person, filled, who.at, form["key"][:100])
    return go_to(f"/o/{made.id}?said=posted")


def look(tx: Transaction, kind: Kind, at: datetime) -> Asked:
    return Asked(kind, reach(tx), first_choice(tx, kind), tx.home.zone, at)


def _show(
    ui: Ui, request: Request, who: Visitor, asked: Asked, step: str, form: Form, status: int = 200
) -> Response:
    names = list(STEPS)
    page = ui.page(
        request,
        who,
        "compose.html",
        status,
        kind=asked.kind,
        step=step,
        number=names.index(step) + 1,
        before=names[names.index(step) - 1],
        after=[*names, POST][names.index(step) + 1],
        form=form,
        carried=[(name, form[name]) for name in CARRIED if name not in STEPS[step] and form[name]],
        limits=LIMITS,
        categories=CATEGORIES,
        urgencies=URGENCIES,
        reach=asked.reach,
        preview=preview(ui, who, asked, form) if step == "check" else None,
        until=None if asked.kind is Kind.EVENT else who.at + USUAL_EXPIRY[asked.kind],
    )
    if request.method == "POST" and who.person is not None:
        page.headers["Cache-Control"] = KEPT
    return page


def preview(ui: Ui, who: Visitor, asked: Asked, form: Form) -> Card:
    """The card as neighbours will see it."""
    span = when.span(form, asked.zone, asked.at) if asked.kind is Kind.EVENT else None
    return Card(
        kind=asked.kind,
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
        starts=span[0] if span else None,
        ends=span[1] if span else None,
        place=form["place"].strip() or ui.settings.name,
    )
