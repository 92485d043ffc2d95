"""What a poster does with a post of their own: change it, keep it up longer, close it, open it again, take it
back."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from node.acts import posts
from node.neighbourhood.draft import PostChange, changed
from node.neighbourhood.post import Audience, Decide, Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.storage import posts as kept
from node.storage.database import Transaction
from node.ui import post, questions, rhythm, when, worry
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.post import View
from node.ui.sure import Sure
from node.ui.words import CATEGORIES, URGENCIES
from node.ui.written import choices

Act = Callable[[Transaction, Resident, str, datetime], Post]
DEEDS: dict[str, Act] = {
    "extend": posts.extend,
    "pause": posts.pause,
    "reopen": posts.reopen,
    "close": posts.close,
    "elsewhere": posts.solve_elsewhere,
    "withdraw": posts.withdraw,
}


SURE = {
    "extend": Sure(
        phrase("Keep it up longer?"),
        phrase("Then it stays up as long again, here and with everybody who sees it."),
        phrase("Yes, keep it up"),
        "clock",
    ),
    "close": Sure(
        phrase("Is it no longer needed?"),
        phrase(
            "Then we close it, here and next door. Who still waits for your answer hears it kindly. "
            "You can open it again later."
        ),
        phrase("Yes, close it"),
        "check",
    ),
    "withdraw": Sure(
        phrase("Do you take this back, everywhere?"),
        phrase(
            "Then nobody sees it any more. Every neighbourhood with a copy is asked to remove it. "
            "Agreements on it end, and who helps or waits hears it. You cannot undo this."
        ),
        phrase("Yes, take it back"),
        "trash-2",
        stop=True,
    ),
}


OF_EVENT = {
    "close": Sure(
        phrase("Is it off?"),
        phrase("Then everybody who wanted to come hears it at once. You can open it again later."),
        phrase("Yes, it is off"),
        "x",
        stop=True,
    ),
    "withdraw": Sure(
        phrase("Do you take this back, everywhere?"),
        phrase(
            "Then nobody sees it any more. Every neighbourhood with a copy is asked to remove it. "
            "Everybody who wanted to come hears that it is off. You cannot undo this."
        ),
        phrase("Yes, take it back"),
        "trash-2",
        stop=True,
    ),
}
WORRYING = ("title", "text")
FIELDS = ("title", "text", "language", "category", "audience", "urgency", "places", "place")


async def edit(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/edit: all that was filled in, on one page. Only the poster."""
    view = await ui.database.reading(_there, who, request.path_params["post"])
    return _form(ui, request, who, view, _filled(view.post, ui.settings.home.zone))


async def save(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /o/{post}/edit: every copy hears of it. Only the poster; another audience is asked twice."""
    if form.speak:
        view = await ui.database.reading(_there, who, request.path_params["post"])
        return _form(ui, request, who, view, form)
    view, wrong = await ui.database.reading(_weigh, who, request.path_params["post"], form)
    if wrong is not None:
        return _form(ui, request, who, view, *form.refused(wrong))
    form = worry.answered(form, WORRYING)
    if form["go"] == worry.OUT:
        return _form(ui, request, who, view, form)
    if warned := worry.warned(form, WORRYING, (view.post.title, view.post.text)):
        return _form(ui, request, who, view, form, warned=warned)
    if form["audience"] != view.post.audience and form["sure"] != form["audience"]:
        return _sure_of_audience(ui, request, who, view, form)
    change = _change(view.post, form, ui.settings.home.zone, who.at)
    try:
        await ui.database.writing(posts.edit, who.signed_in(), view.post.id, change, who.at)
    except (Invalid, Conflict) as refused:
        return _form(ui, request, who, view, *form.refused(refused))
    return go_to(f"{view.card.url}?said=edited")


async def sure(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/{deed}: are you sure? Only the poster."""
    deed = request.path_params["deed"]
    if deed not in SURE:
        raise NotFound(phrase("This is not here, or no longer."))
    view = await ui.database.reading(_there, who, request.path_params["post"])
    question = (OF_EVENT if view.post.kind is Kind.EVENT else SURE).get(deed)
    if question is None:  # an event is not kept up longer
        raise NotFound(phrase("This is not here, or no longer."))
    elsewhere = deed == "close" and view.post.kind is Kind.REQUEST
    values = {"view": view, "answer": None, "sure": question, "form": None, "elsewhere": elsewhere}
    return ui.page(request, who, "sure.html", **values)


async def do(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /o/{post}/{deed}: extend, pause, open again, close, or take back. Only the poster."""
    act, post_id = DEEDS.get(request.path_params["deed"]), request.path_params["post"]
    if act is None:
        raise NotFound(phrase("This is not here, or no longer."))
    await ui.database.reading(_look, who, post_id)
    try:
        await ui.database.writing(act, who.signed_in(), post_id, who.at)
    except Conflict as late:
        view = await ui.database.reading(post.look, who, post_id)
        return post.shown(ui, request, who, view, *Form().refused(late))
    return go_to(f"/o/{post_id}?said={request.path_params['deed']}")


def _look(tx: Transaction, who: Visitor, post_id: str) -> View:
    """The post, for its poster alone; for others it is not there, or not theirs."""
    found = kept.see(tx, who.person, post_id, who.at)
    who.required(Deed.EDIT_POST, owner=found.author if found.own else None)
    return post.look(tx, who, post_id)


def _there(tx: Transaction, who: Visitor, post_id: str) -> View:
    """The same, of a post that was not taken back: of that one there is nothing to ask any more."""
    view = _look(tx, who, post_id)
    if view.post.state is State.WITHDRAWN:
        raise NotFound(phrase("You took this back. Nothing can be done with it any more."))
    return view


def _weigh(tx: Transaction, who: Visitor, post_id: str, form: Form) -> tuple[View, Invalid | None]:
    """The post, and what is wrong with what was filled in, before anything is asked or done."""
    view = _look(tx, who, post_id)
    try:
        change = _change(view.post, form, tx.home.zone, who.at)
        changed(view.post, change, tx.home, bool(view.reach.town), who.at)
    except Invalid as wrong:
        return view, Invalid(
            {"day" if name == "when" else name: words for name, words in wrong.errors.items()}
        )
    return view, None


def _filled(found: Post, zone: tzinfo) -> Form:
    values = {name: str(getattr(found, name)) for name in FIELDS}
    if found.kind is Kind.EVENT and found.starts is not None:
        values |= when.filled(found.starts, found.expires, zone)
        values["places"] = str(found.places or "")
    if found.kind.agrees:
        values |= rhythm.filled(found)
    decide = "first" if found.decide is Decide.FIRST else ""
    return Form({**values, "decide": decide, "widen": "yes" if found.widen else ""})


def _change(found: Post, form: Form, zone: tzinfo, at: datetime) -> PostChange:
    """What is to be different. An event whose time is as it was may have begun already."""
    places, time = questions.places(form["places"]), _Time()
    if found.kind is Kind.EVENT:
        places = places or 0
        if {name: form[name] for name in when.FIELDS} != _time_of(found, zone):
            time = _Time(*when.span(form, zone, at))
    return PostChange(
        title=form["title"],
        text=form["text"],
        category=form["category"],
        audience=form["audience"],
        urgency=form["urgency"] if found.kind is Kind.REQUEST else None,
        decide=(Decide.FIRST if form["decide"] else Decide.CHOOSE) if found.kind.agrees else None,
        places=None if found.kind is Kind.NOTICE else places,
        starts=time.starts,
        ends=time.ends,
        place=form["place"] if found.kind is Kind.EVENT else None,
        widen=bool(form["widen"]) if found.kind is Kind.REQUEST else None,
        when=_days(found, form) if found.kind.agrees else None,
        day_part=form["day_part"] or None,
        repeats=form["repeats"] or None,
        language=form["language"] or None,
    )


def _days(found: Post, form: Form) -> str | None:
    """On which days, or None where the form says nothing of it: an older one, that was open already."""
    return rhythm.spelled(form) if "day" in form.values else None


class _Time(NamedTuple):
    starts: datetime | None = None
    ends: datetime | None = None


def _time_of(found: Post, zone: tzinfo) -> dict[str, str]:
    return when.filled(found.starts, found.expires, zone) if found.starts is not None else {}


def _sure_of_audience(ui: Ui, request: Request, who: Visitor, view: View, form: Form) -> Response:
    """Are you sure? With the names of who will see it too, or of where the copies go from."""
    audience = Audience(form["audience"])
    said = {name: value for name, value in form.values.items() if name not in ("token", "sure", "go")}
    fields = {name: value for name, value in said.items() if value or name in rhythm.FIELDS}
    return ui.page(
        request,
        who,
        "audience.html",
        view=view,
        audience=audience,
        wider=view.reach.wider(view.post.audience, audience),
        fields={**fields, "sure": str(audience)},
    )


def _form(
    ui: Ui,
    request: Request,
    who: Visitor,
    view: View,
    form: Form,
    status: int = 200,
    *,
    warned: worry.Warned | None = None,
) -> Response:
    return ui.page(
        request,
        who,
        "edit.html",
        status,
        view=view,
        kind=view.post.kind,
        form=form,
        limits=questions.LIMITS,
        tongues=choices(form["language"]),
        options=[(code, sign.word) for code, sign in CATEGORIES.items()],
        urgencies=URGENCIES,
        parts=rhythm.PARTS,
        often=rhythm.OFTEN,
        warned=warned,
        reach=view.reach.staying(view.post.audience),
    )
