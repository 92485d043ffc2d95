"""My own page: who I am here, where I am signed in, and the tokens of my programs."""

import re
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import access as ends
from node.acts import contacts
from node.acts import residents as acts
from node.neighbourhood.contact import Contact
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, may
from node.neighbourhood.trust import Level, Proof
from node.storage import access, replies, reports, residents, sayings, trust
from node.storage import contacts as kept_contacts
from node.storage.access import Session, Token
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.join import CODE_LENGTH
from node.ui.known import LEVELS, PROOFS
from node.ui.language import languages
from node.ui.roles import ROLES


@dataclass(frozen=True)
class Account:
    """What the page shows of its owner. `here`: the id of the session at hand."""

    grants: list[tuple[Role, datetime | None]]
    tokens: list[Token]
    sessions: list[Session]
    here: str
    contact: Contact
    level: Level
    proofs: list[tuple[Proof, datetime]]
    vouchers: int
    waits: int  # for a supervisor
    replies: int  # from elsewhere, for a supervisor


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Anybody with an account. A code from an invitation link is filled in for whoever still waits."""
    code, talk = (
        request.query_params.get("code", "")[:CODE_LENGTH],
        _talk(request.query_params.get("talk", "")),
    )
    return await with_form(ui, request, who, Form({"code": code, "talk": talk}))


async def use_code(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Let oneself in by an invitation code, afterwards."""
    person = who.required(Deed.READ_OWN)
    try:
        await ui.database.writing(acts.use_code, person, form["code"], who.at)
    except Invalid as refused:
        await ui.database.writing(acts.note_wrong_code, person.id, who.at)
        return await with_form(ui, request, who, *form.refused(refused))
    return go_to("/me")


async def keep_contact(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Write down my number and address, for myself alone."""
    try:
        await ui.database.writing(contacts.keep, who.required(Deed.READ_OWN), form["phone"], form["address"])
    except Invalid as refused:
        return await with_form(ui, request, who, *form.refused(refused))
    talk = _talk(form["talk"])
    return go_to(f"/me?said=kept{f'&talk={talk}' if talk else ''}#contact")


def _talk(written: str) -> str:
    """The conversation that somebody came from, to go back to; nothing for what is no id of one."""
    return written if re.fullmatch("[0-9a-f]{32}", written) else ""


async def make_token(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """A key for a program: this answer is the one time that it is shown."""
    try:
        secret = await ui.database.writing(acts.make_token, who.required(Deed.READ_OWN), form["name"], who.at)
    except Invalid as refused:
        return await with_form(ui, request, who, *form.refused(refused))
    return ui.page(request, who, "token.html", current="me", secret=secret, name=form["name"])


async def end_token(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    await ui.database.writing(ends.end_token, who.required(Deed.READ_OWN), request.path_params["token"])
    return go_to("/me#tokens")


async def end_session(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Sign another device out."""
    await ui.database.writing(ends.end_session, who.required(Deed.READ_OWN), request.path_params["session"])
    return go_to("/me#devices")


async def end_others(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Sign every device out but this one."""
    await ui.database.writing(ends.end_other_sessions, who.required(Deed.READ_OWN), who.session or "")
    return go_to("/me#devices")


async def with_form(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    """My page, with a form that came back."""
    person = who.required(Deed.READ_OWN)
    account = await ui.database.reading(_look, person, who.session or "", who.at)
    spoken = [(one.code, one.name) for one in languages().values()]
    said = request.query_params.get("said", "") if code == 200 else ""
    values = {"account": account, "form": form, "spoken": spoken, "roles": ROLES, "said": said}
    values |= {"resting": who.resting, "levels": LEVELS, "proofs": PROOFS}
    values["desk"] = may(person, Deed.SEE_DESK)
    return ui.page(request, who, "account.html", code, current="me", **values)


def _look(tx: Transaction, person: Resident, here: str, at: datetime) -> Account:
    looks = may(person, Deed.SEE_QUEUE)
    return Account(
        residents.grants_of(tx, person.id, at),
        access.tokens_of(tx, person.id),
        access.sessions_of(tx, person.id, at),
        access.session_id(here),
        kept_contacts.of(tx, person.id),
        trust.level(tx, person.id, at),
        trust.proofs_of(tx, person.id),
        sum(one.accepted is not None for one in trust.got(tx, person.id)),
        reports.length(tx, person.id) + sayings.length(tx, person.id) if looks else 0,
        replies.count(tx) if looks else 0,
    )
