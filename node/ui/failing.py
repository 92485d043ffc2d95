"""What does not get through, for the operator: which nodes do not answer, and what was laid aside."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import deliveries as acts
from node.neighbourhood.refusal import Words, phrase
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
HEARD = [  # what a part of an error means; the first that fits
    ("did not answer within", phrase("It takes too long to answer.")),
    ("answered 401", phrase("It does not believe that it is us. Is our clock right? Did it see our keys?")),
    ("answered 403", phrase("It does not want to hear from us. Maybe it blocked us.")),
    ("answered 404", phrase("There is nobody at that address any more.")),
    ("answered 410", phrase("There is nobody at that address any more.")),
    ("answered 429", phrase("We spoke too often in a short time. It asks us to wait.")),
    ("answered 5", phrase("It is there, but something is broken with it.")),
    ("answered 4", phrase("It does not understand this message.")),
    ("cannot be written", phrase("We could not write this message ourselves. Is this an older version?")),
    ("Connect", phrase("It cannot be reached. It is switched off, or its address is not right.")),
    ("Protocol", phrase("The line broke off.")),
    ("Read", phrase("The line broke off.")),
]
ELSE = phrase("It did not work.")


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
    values: dict[str, Any] = {"view": view, "messages": MESSAGES, "plain": plain, "path": LIST}
    return ui.page(request, who, "deliveries.html", current="me", **values)


async def now(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Try a node at once. Only an operator."""
    await ui.database.writing(acts.try_now, who.signed_in(), request.path_params["node"], who.at)
    return go_to(LIST)


async def again(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Send a parked message again. Only an operator."""
    delivery = number(request.path_params["delivery"])
    await ui.database.writing(acts.send_again, who.signed_in(), delivery, who.at)
    return go_to(LIST)


def plain(error: str | None) -> Words:
    """What went wrong, in words for a person."""
    return next((words for part, words in HEARD if part in (error or "")), ELSE)


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
