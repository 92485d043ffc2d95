"""The hub's advice whom to block: at the hub its own list, at a member what the operator makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import advice as acts
from node.neighbourhood.policy import Advice
from node.neighbourhood.refusal import NotFound, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.storage import advisories, blocks, policies
from node.storage.advisories import IGNORED, OPEN, TAKEN, Advisory
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import Slice, sliced
from node.ui.sure import Sure
from node.ui.words import Sign

LIST = "/operator/hub"
POLICIES = {
    Advice.ASK: Sign(phrase("Ask me"), "eye", phrase("It waits here until an operator decides.")),
    Advice.AUTO: Sign(phrase("Do as it says"), "check", phrase("At once, and lifted when the hub says so.")),
    Advice.IGNORE: Sign(phrase("Leave it"), "minus", phrase("We decide for ourselves whom we block.")),
}
STATES = {
    OPEN: Sign(phrase("Waits for you"), "hourglass", tone="warn"),
    TAKEN: Sign(phrase("Blocked"), "circle-x", tone="bad"),
    IGNORED: Sign(phrase("Not done"), "minus"),
}


@dataclass(frozen=True)
class Choice:
    """What can be done with one piece of advice: its button, and the question before it, if there is one."""

    act: Callable[[Transaction, Resident, str, datetime], None]
    word: Words
    icon: str
    done: Words
    sure: Sure | None = None


CHOICES = {
    "take": Choice(
        acts.take,
        phrase("Block it too"),
        "circle-x",
        phrase("It is blocked here too."),
        Sure(
            phrase("Block %(name)s, as the hub advises?"),
            phrase(
                "Whatever it sends is refused, and what we hold of it goes. "
                "When the hub takes its advice back, the block is lifted."
            ),
            phrase("Yes, block it"),
            "circle-x",
            stop=True,
        ),
    ),
    "ignore": Choice(
        acts.ignore, phrase("Leave it"), "minus", phrase("You leave it. The hub does not hear of that.")
    ),
    "withdraw": Choice(
        acts.withdraw,
        phrase("Take it back"),
        "undo-2",
        phrase("It is advised no more, and not blocked here. All members hear it."),
        Sure(
            phrase("No longer advise to block %(name)s?"),
            phrase(
                "All members hear it. Who blocked it because of us lifts that. "
                "It is no longer blocked here either."
            ),
            phrase("Yes, take it back"),
            "undo-2",
        ),
    ),
}


@dataclass(frozen=True)
class Advised:
    """One piece of advice. `state`: how it stands here; `choices`: what can be done with it."""

    advisory: Advisory
    state: Sign
    choices: list[str]


@dataclass(frozen=True)
class AdviceView:
    """The hub's advice on the page of the hub: what waits comes first. `policy`: what becomes of it."""

    shown: Slice[Advised]
    policy: Advice


def look(tx: Transaction, start: int, at: datetime) -> AdviceView:
    """What is advised, as it stands here."""
    found = [_seen(tx, one) for one in advisories.current(tx, at)]
    found.sort(key=lambda one: one.state is not STATES[OPEN])
    return AdviceView(sliced(found, start), policies.current(tx).advice)


def _seen(tx: Transaction, one: Advisory) -> Advised:
    if tx.home.is_hub:
        return Advised(one, STATES[TAKEN], ["withdraw"])
    lifted = one.state == TAKEN and blocks.by_subject(tx, one.subject) is None  # by hand
    state = IGNORED if lifted else one.state
    return Advised(one, STATES[state], {OPEN: ["take", "ignore"], TAKEN: ["ignore"]}.get(state, ["take"]))


async def sure(ui: Ui, request: Request, who: Visitor) -> Response:
    """Are you sure to do this with a piece of advice? Only an operator."""
    who.required(Deed.RUN_BORDERS)
    choice = _chosen(request)
    if choice.sure is None:
        return go_to(LIST)
    one = await ui.database.reading(advisories.by_key, request.path_params["advice"], who.at)
    values: dict[str, Any] = {"sure": choice.sure.about(one.subject), "path": LIST}
    return ui.page(request, who, "advice-sure.html", current="me", **values)


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Do it: take the hub's advice, leave it, or (at the hub) take it back. Only an operator."""
    by, choice, key = who.required(Deed.RUN_BORDERS), _chosen(request), request.path_params["advice"]

    def done(tx: Transaction) -> None:
        choice.act(tx, by, advisories.by_key(tx, key, who.at).uri, who.at)

    await ui.database.writing(done)
    return go_to(f"{LIST}?said={request.path_params['choice']}")


def _chosen(request: Request) -> Choice:
    choice = CHOICES.get(request.path_params["choice"])
    if choice is None:
        raise NotFound(phrase("This page is not here"))
    return choice
