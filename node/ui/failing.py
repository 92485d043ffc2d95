"""What does not get through, for the operator: which nodes do not answer, and what was laid aside."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import deliveries as acts
from node.neighbourhood.refusal import phrase
from node.neighbourhood.roles import Deed
from node.storage import destinations
from node.storage.database import Transaction
from node.storage.destinations import GIVEN_UP, PARKED, Failing, Laid
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import PAGE, Slice, number, sliced

LIST = "/operator/deliveries"
MESSAGES = {
    "Create": phrase("A new post"),
    "Update": phrase("A change"),
    "Delete": phrase("A post taken back"),
    "Offer": phrase("An answer, or a wish to join"),
    "Accept": phrase("A yes"),
    "Reject": phrase("A no"),
    "TentativeReject": phrase("A no"),
    "Undo": phrase("Something taken back"),
    "Follow": phrase("A wish to hear of it"),
    "Add": phrase("A new member"),
    "Remove": phrase("A member less"),
    "Invite": phrase("An invitation to help"),
    "Flag": phrase("A report"),
}


SAID = {
    "now": phrase("We try it now. Look here again in a minute."),
    "again": phrase("It is sent again now. Look here again in a minute."),
}


@dataclass(frozen=True)
class View:
    """The whole page. `waiting`: how many messages wait in all, also those that go out in a moment."""

    failing: Slice[Failing]
    parked: Slice[Laid]
    given_up: Slice[Laid]
    waiting: int


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/deliveries. Only an operator."""
    who.required(Deed.RUN_BORDERS)
    starts = [number(request.query_params.get(name)) for name in ("from", "parked", "over")]
    view = await ui.database.reading(_look, *starts)
    values: dict[str, Any] = {"view": view, "messages": MESSAGES, "path": LIST}
    values |= {"said": SAID.get(request.query_params.get("said", ""), "")}
    return ui.page(request, who, "deliveries.html", current="me", **values)


async def now(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Try a node at once. Only an operator."""
    await ui.database.writing(acts.try_now, who.signed_in(), request.path_params["node"], who.at)
    return go_to(f"{LIST}?said=now")


async def again(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Send a parked message again. Only an operator."""
    delivery = number(request.path_params["delivery"])
    await ui.database.writing(acts.send_again, who.signed_in(), delivery, who.at)
    return go_to(f"{LIST}?said=again")


def _look(tx: Transaction, start: int, parked: int, over: int) -> View:
    return View(
        sliced(destinations.failing(tx), start),
        _laid(tx, PARKED, parked),
        _laid(tx, GIVEN_UP, over),
        destinations.count(tx, "pending"),
    )


def _laid(tx: Transaction, state: str, start: int) -> Slice[Laid]:
    found = destinations.laid_aside(tx, state, start, PAGE)
    return Slice(found, start, destinations.count(tx, state))
