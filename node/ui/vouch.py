"""Vouching: say that you know a neighbour, and answer who says so of you."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import trust as acts
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, phrase
from node.neighbourhood.roles import Deed
from node.neighbourhood.trust import Level
from node.storage import residents, trust
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

LIST = "/vouch"
SAID = {
    "asked": phrase("We ask your neighbour. When they say yes, it counts."),
    "accept": phrase("From now on it counts."),
    "decline": phrase("It does not count, and this neighbour cannot ask you again."),
    "withdraw": phrase("You took it back. It counts no longer."),
}
ANSWERS = {"accept": acts.accept, "decline": acts.decline, "withdraw": acts.withdraw}


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Who vouches for me, for whom I do, and the way to do it; `?for=` is somebody's own link. A resident."""
    who.required(Deed.VOUCH)
    return await _shown(ui, request, who, Form({"for": request.query_params.get("for", "")}))


async def give(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Say that I know a neighbour, by their name or by their own link."""
    person, link = who.required(Deed.VOUCH), form["for"].strip()
    try:
        if link:
            await ui.database.writing(acts.vouch, person, link, who.at)
        else:
            await ui.database.writing(acts.by_name, person, form["name"], who.at)
    except (NotFound, Conflict, NotAllowed) as refused:
        return await _shown(ui, request, who, *form.refused(Invalid({"name": refused.reason})))
    return go_to(f"{LIST}?said=asked")


async def answer(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Yes, no, or I take it back: to one neighbour's word, or mine for them."""
    act = ANSWERS.get(request.path_params["answer"])
    person = who.required(Deed.READ_OWN)
    if act is None:
        raise NotFound(phrase("This page is not here"))
    await ui.database.writing(act, person, request.path_params["person"], who.at)
    return go_to(f"{LIST}?said={request.path_params['answer']}")


async def _shown(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    person, read = who.required(Deed.VOUCH), ui.database.reading
    named = ""
    if form["for"] and form["for"] != person.id:
        try:
            named = (await read(residents.get, form["for"], who.at)).name
        except NotFound:
            form = Form({**form.values, "for": ""}, form.errors, form.reason)
    values: dict[str, Any] = {
        "got": await read(trust.got, person.id),
        "given": await read(trust.given, person.id),
        "known": await read(trust.level, person.id, who.at) >= Level.KNOWN,
        "link": f"{ui.settings.origin}{LIST}?for={person.id}",
        "named": named,
        "form": form,
        "said": SAID.get(request.query_params.get("said", ""), "") if code == 200 else "",
    }
    return ui.page(request, who, "vouch.html", code, current="me", path=LIST, **values)
