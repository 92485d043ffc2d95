"""Asking, offering, telling and planning, one question at a time. All that was typed travels in the form, and
is kept by the server besides (`begun`): no script, and nothing is lost with a window that was closed."""

import secrets
from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import posts
from node.neighbourhood.category import LOOKED_AT_FIRST
from node.neighbourhood.draft import USUAL_EXPIRY
from node.neighbourhood.post import Kind, Post, PostDraft, State, Urgency
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.neighbourhood.when import DayPart, Repeats
from node.storage import drafts, photos
from node.storage.database import Transaction
from node.ui import begun, rhythm, worry
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.kinds import PATHS
from node.ui.language import language
from node.ui.preview import preview
from node.ui.questions import LIMITS, STEPS, Asked, draft, unanswered
from node.ui.reach import first_choice, reach
from node.ui.words import CATEGORIES, URGENCIES
from node.ui.written import choices

ANSWERS = ("key", *(field for fields in STEPS.values() for field in fields))
CARRIED = (*ANSWERS, worry.CARRIED)
WORRYING = ("title", "text")
POST, AWAY, PHOTOS = "post", "away", "photos"
KEPT = "private, no-cache"
"""A question that came by a form may stay in the browser of who typed it, and holds nothing but what they
typed: without that, the browser's own way back to it ends on an error page."""
_KINDS = {paths.make: kind for kind, paths in PATHS.items()}


async def begin(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /ask, /offer, /tell, /event: the first question, and the way on with what was begun before
    (`?draft`). Anybody may begin; who has an account that nobody let in yet waits for that first."""
    if who.person is not None:
        who.required(Deed.POST)
    kind = _KINDS[request.url.path]
    kept = await begun.of(ui, request, who, kind)
    asked = await ui.database.reading(look, kind, who, kept.fields.get("key", "") if kept else "")
    if kept is not None and "draft" in request.query_params:
        form = Form(kept.fields)
        found = unanswered(asked, "check", form)
        return _show(ui, request, who, asked, found[0] if found else "check", form)
    first = {
        "language": language().code,
        "audience": asked.usual,
        "urgency": Urgency.WEEK,
        "places": "1" if kind.agrees else "",
    }
    if kind.agrees:
        first |= {"day_part": DayPart.ANY, "repeats": Repeats.ONCE}
    form = Form({**first, "key": secrets.token_urlsafe(16)})
    return _show(ui, request, who, asked, "what", form, kept=kept)


async def go_on(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST of the same: the next question, the one before, or post it. A stranger gets as far as the last
    button; it is pressed by who is signed in."""
    kind = _KINDS[request.url.path]
    if who.person is not None:
        who.required(Deed.POST)  # of a stranger, all that was typed is kept
    if form["go"] == AWAY:
        await begun.throw_away(ui, request, who, kind)
        return go_to(request.url.path)
    asked = await ui.database.reading(look, kind, who, form["key"])
    if form.speak:
        step = form["step"] if form["step"] in STEPS else "what"
        return _show(ui, request, who, asked, *_in_another_language(asked, step, form))
    out = form["go"] == worry.OUT
    form = worry.answered(form, WORRYING)
    secret = await begun.keep(ui, request, who, kind, form, ANSWERS)
    kept = secret is not None or await begun.of(ui, request, who, kind) is not None
    return begun.remember(ui, await _next(ui, request, who, asked, form, out, kept), secret)


def _in_another_language(asked: Asked, step: str, form: Form) -> tuple[str, Form]:
    """The question where one is, with what was typed. Who has written nothing yet, writes in the language
    that they chose."""
    begun_in = form["language"] == form["spoke"] and not (form["title"].strip() or form["text"].strip())
    if begun_in:
        form = replace(form, values={**form.values, "language": language().code})
    found = unanswered(asked, "check", form) if step == "check" else None
    return (found[0] if found else step), form


async def _next(
    ui: Ui, request: Request, who: Visitor, asked: Asked, form: Form, out: bool, kept: bool
) -> Response:
    wanted = _wanted(form)
    if (found := unanswered(asked, wanted, form)) is not None:
        step, wrong = found
        return _show(ui, request, who, asked, step, *form.refused(Invalid(wrong)))
    if wanted in (*STEPS, POST)[2:] and (warned := worry.warned(form, WORRYING)):
        return _show(ui, request, who, asked, "tell", form, warned=warned)
    if form["go"] == PHOTOS and who.person is not None:
        return go_to(f"/photos/{asked.kind}")
    if wanted != POST:
        return _show(ui, request, who, asked, wanted, form, out=out)
    if who.person is None:  # a stranger, or the session ended while they wrote: nothing of it is lost
        return _show(ui, request, who, asked, "check", form, 403, safe=kept)
    filled = draft(asked, form)
    made = await ui.database.writing(_post, who.person, filled, who.at, form["key"][:100])
    waits = made.state is State.WAITING  # then the page itself says what happens
    return go_to(f"/o/{made.id}" if waits else f"/o/{made.id}?said=posted")


def _wanted(form: Form) -> str:
    """Which question is next; the buttons of a warning stand at the second."""
    if form["go"] == worry.OUT:
        return "tell"
    if form["go"] == worry.ANYWAY:
        return "reach"
    if form["go"] == PHOTOS:
        return "check"
    return form["go"] if form["go"] in STEPS else POST


def _post(tx: Transaction, by: Resident, filled: PostDraft, at: datetime, key: str) -> Post:
    """Put it up; what was begun is done with."""
    made = posts.post(tx, by, filled, at, key)
    drafts.drop(tx, by.id, filled.kind)
    return made


def look(tx: Transaction, kind: Kind, who: Visitor, key: str) -> Asked:
    """What is asked, and which photos are with what was begun on the form with this key."""
    shown = photos.begun(tx, who.person.id, key) if who.person is not None and key else []
    return Asked(kind, reach(tx), first_choice(tx, kind), tx.home.zone, who.at, tuple(shown))


def _show(
    ui: Ui,
    request: Request,
    who: Visitor,
    asked: Asked,
    step: str,
    form: Form,
    status: int = 200,
    *,
    kept: drafts.Draft | None = None,
    warned: worry.Warned | None = None,
    out: bool = False,
    safe: bool = False,
) -> Response:
    names, kind, home = list(STEPS), asked.kind, ui.settings.home
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
        tongues=choices(form["language"]),
        urgencies=URGENCIES,
        parts=rhythm.PARTS,
        often=rhythm.OFTEN,
        reach=asked.reach,
        photos=asked.photos,
        preview=preview(home, who, draft(asked, form), asked.reach, asked.photos)
        if step == "check"
        else None,
        until=None if kind is Kind.EVENT else who.at + USUAL_EXPIRY[kind],
        kept=kept,
        warned=warned,
        out=out,
        last=status == 403,
        looked_at=form["category"] in LOOKED_AT_FIRST,
        safe=safe,
    )
    if request.method == "POST" and (who.person is not None or status == 200):
        page.headers["Cache-Control"] = KEPT
    return page
