"""People, for the operator: who waits to be let in, who is in, and which roles they hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from node.acts import passkeys
from node.acts import residents as acts
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role
from node.storage import passkeys as kept_passkeys
from node.storage import residents
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form, end_of_day
from node.ui.language import gettext, language, languages, translate
from node.ui.roles import ROLES
from node.ui.slices import PAGE, Slice, number
from node.ui.sure import Sure

LIST = "/operator/people"
REFUSE = Sure(
    phrase("Say no to %(name)s?"),
    phrase("The account of %(name)s goes, with the mail address. We send no mail about it."),
    phrase("Yes, say no"),
    "x",
    stop=True,
)


@dataclass(frozen=True)
class Known:
    """One person, with the roles held and until when."""

    person: Resident
    grants: list[tuple[Role, datetime | None]]
    passkeys: int


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Everybody, or those who are called so; those who wait first. Only an operator."""
    who.required(Deed.RUN_RESIDENTS)
    start, name = number(request.query_params.get("from")), request.query_params.get("name", "").strip()
    shown = await ui.database.reading(_look, name.replace("\x00", ""), start, who.at)
    said = await ui.database.reading(_was_done, request.query_params, who.at)
    values: dict[str, Any] = {"shown": shown, "name": name, "roles": ROLES, "path": LIST, "said": said}
    return ui.page(request, who, "people.html", current="me", **values)


async def newcomer(ui: Ui, request: Request, who: Visitor) -> Response:
    """The form to put somebody in. Only an operator."""
    return _adding(ui, request, who, Form({"language": language().code}))


async def add(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Put a person in, and let them in at once. Only an operator."""
    spoken = form["language"] if form["language"] in languages() else ui.settings.language
    filled_in = form["name"], form["email"].strip() or None, spoken
    try:
        person = await ui.database.writing(acts.add, who.required(Deed.RUN_RESIDENTS), *filled_in, who.at)
    except Invalid as refused:
        return _adding(ui, request, who, *form.refused(refused))
    except Conflict as refused:
        known = Invalid({"email": refused.reason})
        return _adding(ui, request, who, *form.refused(known))
    return go_to(f"{LIST}/{person.id}")


async def one(ui: Ui, request: Request, who: Visitor) -> Response:
    """One person. Only an operator."""
    return await _shown(ui, request, who, Form())


async def admit(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Let somebody in who waits. Only an operator."""
    by, person_id = who.required(Deed.RUN_RESIDENTS), request.path_params["person"]
    person = await ui.database.writing(acts.admit, by, person_id, who.at)
    return go_to(f"{LIST}?said=in&who={person.id}")


async def refusing(ui: Ui, request: Request, who: Visitor) -> Response:
    """Are you sure to say no to somebody who waits? Only an operator."""
    who.required(Deed.RUN_RESIDENTS)
    known = await ui.database.reading(_one, request.path_params["person"], who.at)
    if known.person.admitted is not None:
        raise Conflict(phrase("This person is in already, or wrote something here."))
    sure = REFUSE.about(known.person.name)
    return ui.page(request, who, "person-no.html", current="me", sure=sure, path=LIST)


async def refuse(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Say no to somebody who waits: the account goes. Only an operator."""
    by, person_id = who.required(Deed.RUN_RESIDENTS), request.path_params["person"]
    await ui.database.writing(acts.turn_away, by, person_id, who.at)
    return go_to(f"{LIST}?said=refused")


async def grant(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Give a role, until a day or until taken back. Only an operator, and not to oneself."""
    by, person_id = who.required(Deed.RUN_RESIDENTS), request.path_params["person"]
    try:
        role, until = _role(form["role"]), end_of_day(form["until"], ui.settings.home.zone)
        await ui.database.writing(acts.grant, by, person_id, role, until, who.at)
    except Invalid as refused:
        return await _shown(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}/{person_id}")


async def end_role(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Take a role back. Only an operator; the last operator stays."""
    by, person_id = who.required(Deed.RUN_RESIDENTS), request.path_params["person"]
    if request.path_params["role"] not in set(Role):
        raise NotFound(phrase("This page is not here"))
    await ui.database.writing(acts.end_role, by, person_id, Role(request.path_params["role"]), who.at)
    return go_to(f"{LIST}/{person_id}")


async def forget_passkeys(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Somebody lost their passkeys. Only an operator, and not for oneself."""
    by, person_id = who.required(Deed.RUN_RESIDENTS), request.path_params["person"]
    await ui.database.writing(passkeys.forget, by, person_id, who.at)
    return go_to(f"{LIST}/{person_id}")


def _role(written: str) -> Role:
    if written not in set(Role):
        raise Invalid({"role": phrase("Choose a role.")})
    return Role(written)


def _adding(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_RESIDENTS)
    spoken = [(one.code, one.name) for one in languages().values()]
    return ui.page(request, who, "person-new.html", code, current="me", form=form, spoken=spoken, path=LIST)


async def _shown(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    by = who.required(Deed.RUN_RESIDENTS)
    known = await ui.database.reading(_one, request.path_params["person"], who.at)
    values: dict[str, Any] = {"known": known, "own": known.person.id == by.id, "form": form, "path": LIST}
    values |= {"roles": ROLES, "choices": _choices()}
    return ui.page(request, who, "person.html", code, current="me", **values)


def _choices() -> list[tuple[str, str]]:
    roles = [(role, f"{translate(sign.word)}: {translate(sign.hint)}") for role, sign in ROLES.items()]
    return [("", gettext("Choose")), *roles]


def _look(tx: Transaction, name: str, start: int, at: datetime) -> Slice[Known]:
    found = residents.some(tx, at, start, PAGE, name)
    return Slice([_known(tx, person, at) for person in found], start, residents.total(tx, name))


def _was_done(tx: Transaction, query: QueryParams, at: datetime) -> Words | str:
    """What was just done, on the page that one came back to."""
    if query.get("said") == "refused":
        return phrase("You said no. The account is gone.")
    if query.get("said") != "in":
        return ""
    try:
        person = residents.get(tx, query.get("who", ""), at)
    except NotFound:
        return ""
    return phrase("%(name)s is in now, and gets a mail.", name=person.name) if person.admitted else ""


def _one(tx: Transaction, person_id: str, at: datetime) -> Known:
    return _known(tx, residents.get(tx, person_id, at), at)


def _known(tx: Transaction, person: Resident, at: datetime) -> Known:
    return Known(person, residents.grants_of(tx, person.id, at), kept_passkeys.count(tx, person.id))
