"""Joining: by an invitation code at once, or by an operator's yes later. Nobody learns who has an account."""

import secrets
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from node.acts import parcels as acts_of_parcels
from node.acts import residents as acts
from node.caller import caller
from node.neighbourhood.parcel import Parcel
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotReachable, TooMany, Words
from node.neighbourhood.resident import checked_email, checked_name
from node.storage.database import Transaction
from node.ui import parcels
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.language import language, languages
from node.ui.signin import keep_asked

CODE_LENGTH = 40


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """The form, with the code of an invitation link filled in. Who has an account uses the code there."""
    code = request.query_params.get("code", "")[:CODE_LENGTH]
    if who.person is not None:
        return go_to(f"/me?code={quote(code)}" if code else "/me")
    return _joining(ui, request, who, Form({"code": code, "language": language().code}))


async def join(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Make an account. A code that is wrong is said at its field, and counted."""
    caller_now = caller(request, ui.settings.trusted_proxies)
    spoken = form["language"] if form["language"] in languages() else ui.settings.language
    filled_in, browser = (form["name"], form["email"], spoken, form["code"]), secrets.token_urlsafe(24)
    try:
        _check(form)
        parcel = await parcels.read(ui, request, who, form["parcel"]) if form["parcel"] else None
        await ui.database.writing(_join, filled_in, caller_now, who.at, browser, parcel)
    except (Conflict, NotReachable, NotAllowed, TooMany) as refused:
        if not form["parcel"]:
            raise
        return _joining(ui, request, who, *form.refused(refused))
    except Invalid as refused:
        if "code" in refused.errors:
            await ui.database.writing(acts.note_wrong_code, caller_now, who.at)
        return _joining(ui, request, who, *form.refused(refused))
    response = go_to("/join/invited" if form["code"].strip() else "/join/waiting")
    keep_asked(ui, response, browser)
    return response


async def invited(ui: Ui, request: Request, who: Visitor) -> Response:
    """In: the mail with the link is on its way."""
    return ui.page(request, who, "join-done.html", current="signin", waits=False)


async def waiting(ui: Ui, request: Request, who: Visitor) -> Response:
    """An operator decides; the mail is on its way already."""
    return ui.page(request, who, "join-done.html", current="signin", waits=True)


def _join(
    tx: Transaction,
    filled_in: tuple[str, str, str, str],
    caller_now: str,
    at: datetime,
    browser: str,
    parcel: Parcel | None,
) -> None:
    """With what they brought, when the account is new: into one that was there nobody puts anything who is
    not signed in."""
    made = acts.join(tx, *filled_in, caller_now, at, browser)
    if made is not None and parcel is not None:
        acts_of_parcels.take_in(tx, made, parcel, at)


def _check(form: Form) -> None:
    """Say of the name and the address at once what is wrong with them. Raises Invalid."""
    errors: dict[str, Words] = {}
    for check, value in ((checked_name, form["name"]), (checked_email, form["email"])):
        try:
            check(value)
        except Invalid as refused:
            errors |= refused.errors
    if errors:
        raise Invalid(errors)


def with_form(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """The form, with what somebody brought filled in."""
    return _joining(ui, request, who, form)


def _joining(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    spoken = [(one.code, one.name) for one in languages().values()]
    return ui.page(request, who, "join.html", code, current="signin", form=form, spoken=spoken)
