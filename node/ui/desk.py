"""The desk: how far each neighbour is known and why, and what somebody there saw of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import trust as acts
from node.neighbourhood.idle import AWAY
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may
from node.neighbourhood.trust import Level, Proof
from node.storage import idle, recoveries, residents, trust
from node.storage.database import Transaction
from node.storage.recoveries import Recovery
from node.storage.trust import Vouch
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.known import AT_THE_DESK, LEVELS, PROOFS
from node.ui.slices import PAGE, Slice, number

LIST = "/desk"
SAID = {
    "kept": phrase("It is written down."),
    "stopped": phrase("It is stopped. Nothing changed."),
    "backed": phrase("You are the second. A day after the first they can come in."),
}


@dataclass(frozen=True)
class Known:
    """One neighbour, how far they are known, and whether mail reaches them. `away`: it does not, and they did
    not sign in for half a year."""

    person: Resident
    level: Level
    mail: bool
    away: bool


@dataclass(frozen=True)
class Case:
    """All that the desk sees of one neighbour."""

    known: Known
    proofs: list[tuple[Proof, datetime]]
    vouchers: list[Vouch]
    recovery: Recovery | None
    holds_role: bool


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Everybody who is in, or those who are called so. For the desk: connector, supervisor, operator."""
    who.required(Deed.SEE_DESK)
    start, name = number(request.query_params.get("from")), request.query_params.get("name", "").strip()
    shown = await ui.database.reading(_look, name.replace("\x00", ""), start, who.at)
    writes = may(who.person, Deed.WRITE_LETTERS)
    values: dict[str, Any] = {"shown": shown, "name": name, "levels": LEVELS, "path": LIST, "writes": writes}
    return ui.page(request, who, "desk.html", current="me", **values)


async def one(ui: Ui, request: Request, who: Visitor) -> Response:
    """One neighbour. For the desk."""
    return await shown_one(ui, request, who, Form())


async def prove(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Write down what one saw of somebody, or that it was a mistake. For who stands at the desk."""
    by, person_id = who.required(Deed.PROVE), request.path_params["person"]
    try:
        what = _proof(form["what"])
        act = acts.unprove if form["no"] == "yes" else acts.prove
        await ui.database.writing(act, by, person_id, what, who.at)
    except Invalid as refused:
        return await shown_one(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}/{person_id}?said=kept")


async def shown_one(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    """One neighbour's page, with a form that came back."""
    by = who.required(Deed.SEE_DESK)
    case = await ui.database.reading(_case, request.path_params["person"], who.at)
    said = SAID.get(request.query_params.get("said", ""), "") if code == 200 else ""
    values: dict[str, Any] = {"case": case, "form": form, "path": LIST, "said": said, "levels": LEVELS}
    values |= {"proofs": PROOFS, "choices": AT_THE_DESK, "own": case.known.person.id == by.id}
    values |= {"proves": may(by, Deed.PROVE), "first": case.recovery and case.recovery.opened_by == by.id}
    return ui.page(request, who, "desk-one.html", code, current="me", **values)


def _proof(written: str) -> Proof:
    if written not in set(Proof):
        raise Invalid({"what": phrase("Choose what you saw.")})
    return Proof(written)


def _look(tx: Transaction, name: str, start: int, at: datetime) -> Slice[Known]:
    levels = trust.everybody(tx, at)
    found = [_known(tx, one, levels, at) for one in residents.some(tx, at, start, PAGE, name)]
    return Slice(found, start, residents.total(tx, name))


def _case(tx: Transaction, person_id: str, at: datetime) -> Case:
    person = residents.get(tx, person_id, at)
    return Case(
        _known(tx, person, trust.everybody(tx, at), at),
        trust.proofs_of(tx, person.id),
        [one for one in trust.got(tx, person.id) if one.accepted],
        recoveries.running(tx, person.id, at),
        bool(person.roles),
    )


def _known(tx: Transaction, person: Resident, levels: dict[str, Level], at: datetime) -> Known:
    mail = residents.email_of(tx, person.id) is not None
    away = not mail and idle.away(tx, person.id, at - AWAY)
    return Known(person, levels.get(person.id, Level.MAIL), mail, away)
