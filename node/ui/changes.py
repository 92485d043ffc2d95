"""What a poster does with a post of their own: change it, keep it up longer, close it, open it again, take it
back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import posts
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Decide, Kind, Post
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import posts as kept
from node.storage.database import Transaction
from node.ui import compose, post
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.post import View
from node.ui.sure import Sure
from node.ui.words import CATEGORIES, URGENCIES, listed

Act = Callable[[Transaction, Resident, str, datetime], Post]
DEEDS: dict[str, Act] = {
    "extend": posts.extend,
    "pause": posts.pause,
    "reopen": posts.reopen,
    "close": posts.close,
    "withdraw": posts.withdraw,
}


SURE = {
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


async def edit(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/edit: all that was filled in, on one page. Only the poster."""
    view = await ui.database.reading(_look, who, request.path_params["post"])
    return _form(ui, request, who, view, _filled(view.post))


async def save(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /o/{post}/edit: every copy hears of it. Only the poster."""
    view = await ui.database.reading(_look, who, request.path_params["post"])
    try:
        await ui.database.writing(posts.edit, who.signed_in(), view.post.id, _change(view.post, form), who.at)
    except Invalid as wrong:
        return _form(ui, request, who, view, form.wrong(wrong), 422)
    except Conflict as late:
        return _form(ui, request, who, view, replace(form, reason=late.reason), 409)
    return go_to(f"{view.card.url}?said=edited")


async def sure(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/{deed}: are you sure? Only the poster."""
    question = SURE.get(request.path_params["deed"])
    if question is None:
        raise NotFound(phrase("This is not here, or no longer."))
    view = await ui.database.reading(_look, who, request.path_params["post"])
    return ui.page(request, who, "sure.html", view=view, answer=None, sure=question)


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
        return post.shown(ui, request, who, view, Form(reason=late.reason), 409)
    return go_to(f"/o/{post_id}?said={request.path_params['deed']}")


def _look(tx: Transaction, who: Visitor, post_id: str) -> View:
    """The post, for its poster alone; for others it is not there, or not theirs."""
    found = kept.see(tx, who.person, post_id, who.at)
    require(who.person, Deed.EDIT_POST, found.author if found.own else None)
    return post.look(tx, who, post_id)


def _filled(found: Post) -> Form:
    decide = "first" if found.decide is Decide.FIRST else ""
    values = {
        name: str(getattr(found, name))
        for name in ("title", "text", "category", "audience", "urgency", "places")
    }
    return Form({**values, "decide": decide})


def _change(found: Post, form: Form) -> PostChange:
    return PostChange(
        title=form["title"],
        text=form["text"],
        category=form["category"],
        audience=form["audience"],
        urgency=form["urgency"] if found.kind is Kind.REQUEST else None,
        decide=Decide.FIRST if form["decide"] else Decide.CHOOSE,
        places=compose.places(form["places"]),
    )


def _form(ui: Ui, request: Request, who: Visitor, view: View, form: Form, status: int = 200) -> Response:
    return ui.page(
        request,
        who,
        "edit.html",
        status,
        view=view,
        kind=view.post.kind,
        form=form,
        limits=compose.LIMITS,
        options=[(code, sign.word) for code, sign in CATEGORIES.items()],
        urgencies=URGENCIES,
        neighbours=view.neighbours,
        names=listed(view.neighbours),
    )
