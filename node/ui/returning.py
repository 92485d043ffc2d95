"""Coming back in person: begun at the desk by one, said by a second, finished by the paper a day later."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import letter_codes
from node.acts import returning as acts
from node.caller import caller
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.roles import Deed
from node.ui import desk, signin
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

DEEDS = {"back": acts.back, "stop": acts.stop}


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """The fields for the paper from the desk, and for a letter beside it. Anybody."""
    return _typing(ui, request, who, Form())


async def come_back(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Come in by the paper; or hear what is still missing."""
    own, caller_now = form["own"] == "yes", caller(request, ui.settings.trusted_proxies)
    signs, letter = form["code"], form["letter"]
    try:
        if letter.strip():
            await ui.database.writing(acts.back_by_letter, signs, letter, caller_now, who.at)
        values = (signs, caller_now, who.session, who.at)
        began = await ui.database.writing(acts.come_back, *values, own=own)
    except (Invalid, Conflict) as refused:
        await ui.database.writing(acts.note_wrong, caller_now, who.at)
        if letter.strip():
            await ui.database.writing(letter_codes.note_wrong, letter, caller_now, who.at)
        return _typing(ui, request, who, *form.refused(refused))
    return await signin.welcome(ui, request, who, began, own=own)


async def begin(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """I am the first: the paper with its code, shown once. For the desk."""
    by, person_id = who.required(Deed.BRING_BACK), request.path_params["person"]
    try:
        signs = await ui.database.writing(acts.begin_for, by, person_id, form["email"], who.at)
    except Invalid as refused:
        return await desk.shown_one(ui, request, who, *form.refused(refused))
    values: dict[str, Any] = {
        "signs": signs,
        "path": f"{desk.LIST}/{person_id}",
        "after": who.at + acts.NOTICE,
    }
    return ui.page(request, who, "return-paper.html", current="me", **values)


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """I am the second, or: that is not them. For the desk."""
    by, person_id = who.required(Deed.BRING_BACK), request.path_params["person"]
    if request.path_params["deed"] not in DEEDS:
        raise NotFound(phrase("This page is not here"))
    await ui.database.writing(DEEDS[request.path_params["deed"]], by, person_id, who.at)
    said = {"back": "backed", "stop": "stopped"}[request.path_params["deed"]]
    return go_to(f"{desk.LIST}/{person_id}?said={said}")


async def stop_own(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """It is not me who wants to come back: it ends at once. From any device of mine."""
    person = who.required(Deed.READ_OWN)
    await ui.database.writing(acts.stop, person, person.id, who.at)
    return go_to("/me?said=stopped")


async def back_own(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """It is me, says a device where I showed my passkey just now."""
    await ui.database.writing(acts.back_by_passkey, who.required(Deed.READ_OWN), who.shown, who.at)
    return go_to("/me?said=backed")


def _typing(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    return ui.page(request, who, "return.html", code, current="signin", form=form)
