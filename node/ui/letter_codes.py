"""Letters with a code: printed at the desk, typed to come in or on the page with my details."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import letter_codes as acts
from node.caller import caller
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, phrase
from node.neighbourhood.roles import Deed
from node.storage import letter_codes, residents
from node.ui import account, signin
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import number, sliced

LIST = "/desk/letters"
SAID = {"ended": phrase("This letter lets nobody in any more.")}
FIELD = "who-"  # and the id of a person


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """The letters that are out, and who can get one. For who writes letters."""
    chosen = {f"{FIELD}{request.query_params['for']}": "yes"} if "for" in request.query_params else {}
    return await _listed(ui, request, who, Form(chosen))


async def make(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Letters to print: the answer to this form is the one time that their codes are shown."""
    by = who.required(Deed.WRITE_LETTERS)
    whom = [name.removeprefix(FIELD) for name in form.values if name.startswith(FIELD)]
    try:
        printed = await ui.database.writing(acts.make, by, whom, form["key"][:100], who.at)
    except (Invalid, Conflict, NotAllowed) as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    return ui.page(request, who, "letters-print.html", current="me", printed=printed, path=LIST)


async def end(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """A letter lets nobody in any more. For who writes letters."""
    by, which = who.required(Deed.WRITE_LETTERS), request.path_params["letter"]
    await ui.database.writing(acts.end, by, which, who.at)
    return go_to(f"{LIST}?said=ended")


async def typing(ui: Ui, request: Request, who: Visitor) -> Response:
    """The field for the code of a letter. Anybody."""
    return _typing(ui, request, who, Form())


async def enter(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Come in by a letter, once."""
    own, caller_now = form["own"] == "yes", caller(request, ui.settings.trusted_proxies)
    try:
        values = (form["code"], caller_now, who.session, who.at)
        began = await ui.database.writing(acts.enter, *values, own=own)
    except Invalid as refused:
        await ui.database.writing(acts.note_wrong, form["code"], caller_now, who.at)
        return _typing(ui, request, who, *form.refused(refused))
    return await signin.welcome(ui, request, who, began, own=own)


async def confirm(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """A letter came through my letter box: I am known from then on. By a letter of one's own."""
    person, caller_now = who.required(Deed.READ_OWN), caller(request, ui.settings.trusted_proxies)
    try:
        await ui.database.writing(acts.confirm, person, form["letter"], caller_now, who.at)
    except Invalid as refused:
        await ui.database.writing(acts.note_wrong, form["letter"], caller_now, who.at)
        return await account.with_form(ui, request, who, *form.refused(_at_letter(refused)))
    return go_to("/me?said=known#known")


def _at_letter(refused: Invalid) -> Invalid:
    return Invalid({"letter": refused.errors["code"]})


def _typing(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    return ui.page(request, who, "signin-letter.html", code, current="signin", form=form)


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.WRITE_LETTERS)
    out = await ui.database.reading(letter_codes.out, who.at)
    everybody = await ui.database.reading(residents.everyone, who.at)
    fit = [one for one in everybody if one.admitted is not None and not one.roles]
    fit.sort(key=lambda one: f"{FIELD}{one.id}" not in form.values)  # who was chosen stands on this page
    shown = sliced(fit, number(request.query_params.get("from")))
    values: dict[str, Any] = {"out": out, "shown": shown, "form": form, "path": LIST, "field": FIELD}
    values |= {"key": secrets.token_urlsafe(16), "most": acts.WRONG_MOST}
    values["said"] = SAID.get(request.query_params.get("said", ""), "") if code == 200 else ""
    return ui.page(request, who, "letters.html", code, current="me", **values)
