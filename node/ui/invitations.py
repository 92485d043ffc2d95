"""Invitations, for the operator: a code on paper or in a link lets people in at once."""

import secrets
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import residents as acts
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage import ways_in
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import number, sliced

LIST = "/operator/invitations"
SAID = {"ended": phrase("This code lets nobody in any more.")}


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """The invitations that can still be used, without their codes. Only an operator."""
    return await _listed(ui, request, who, Form({"uses": "1"}))


async def make(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """A new code: the answer to this form is the one time that it is shown. Only an operator."""
    by, note = who.required(Deed.RUN_RESIDENTS), form["note"]
    try:
        uses = _uses(form["uses"])
        made = partial(acts.invite, form=form["key"][:100])
        code = await ui.database.writing(made, by, note, uses, who.at)
    except (Invalid, Conflict) as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    values = {"letters": code, "link": f"{ui.settings.origin}/join?code={code}", "uses": uses}
    until = who.at + acts.INVITATION_LASTS
    return ui.page(request, who, "invitation.html", current="me", until=until, path=LIST, **values)


async def end(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """No longer let anybody in by this invitation. Only an operator."""
    which = request.path_params["invitation"]
    await ui.database.writing(acts.end_invitation, who.required(Deed.RUN_RESIDENTS), which, who.at)
    return go_to(f"{LIST}?said=ended")


def _uses(written: str) -> int:
    if not written.strip().isdecimal():
        raise Invalid({"uses": phrase("Write a number.")})
    return number(written.strip())


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_RESIDENTS)
    found = await ui.database.reading(ways_in.open_invitations, who.at)
    shown = sliced(found, number(request.query_params.get("from")))
    said = SAID.get(request.query_params.get("said", ""), "") if code == 200 else ""
    values: dict[str, Any] = {
        "shown": shown,
        "form": form,
        "path": LIST,
        "said": said,
        "key": secrets.token_urlsafe(16),
    }
    return ui.page(request, who, "invitations.html", code, current="me", **values)
