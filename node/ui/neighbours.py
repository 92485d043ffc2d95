"""Other nodes, for the operator: how each stands to us, a yes or a no, and what does not get through."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import nodes as acts
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Follow, Node, Standing
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage import borders, deliveries, log, lookups, nodes
from node.storage.borders import Border
from node.storage.database import Transaction
from node.storage.lookups import Lookup
from node.ui.borders import ORDER, PAUSED, STEPS, explain, sign, steps, take, was_done
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import Slice, number, sliced
from node.ui.words import Sign

LIST = "/operator/neighbours"
ADDRESS = phrase(
    "As in the browser, such as https://buurt.example, or its handle, such as centrum@buurt.example."
)


@dataclass(frozen=True)
class Failing:
    """Messages that do not arrive: how often it was tried, what was heard, and when it is tried again."""

    tries: int
    error: str | None
    again: datetime | None


@dataclass(frozen=True)
class Neighbour:
    """One node as the operator sees it. `refused`: what it said when it said no to us."""

    node: Node
    standing: Sign
    steps: list[str]
    failing: Failing | None
    refused: str | None


@dataclass(frozen=True)
class Neighbours:
    """The whole page: the nodes, the addresses that are being looked up, and what the map proposes."""

    shown: Slice[Neighbour]
    asked: list[Lookup]
    proposed: list[Border]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Every node we know. Only an operator."""
    return await _listed(ui, request, who, Form())


async def ask(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Want a node as neighbour, by its address. Only an operator."""
    try:
        await ui.database.writing(acts.ask, who.required(Deed.RUN_BORDERS), form["address"], who.at)
    except Invalid as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    return go_to(LIST)


async def stop(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """No longer look an address up. Only an operator."""
    by, lookup = who.required(Deed.RUN_BORDERS), number(request.path_params["lookup"])
    await ui.database.writing(acts.stop_looking, by, lookup)
    return go_to("/operator/hub" if form["back"] == "hub" else LIST)


async def step(ui: Ui, request: Request, who: Visitor) -> Response:
    """What will happen, before it does. Only an operator."""
    return await explain(ui, request, who, STEPS, LIST)


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Do it. Only an operator."""
    return await take(ui, request, who, form, STEPS, LIST)


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_BORDERS)
    view = await ui.database.reading(_look, number(request.query_params.get("from")))
    values: dict[str, Any] = {"view": view, "form": form, "steps": STEPS, "hint": ADDRESS, "path": LIST}
    values |= {"said": was_done(request, STEPS, code), "paused": PAUSED}
    return ui.page(request, who, "neighbours.html", code, current="me", **values)


def _look(tx: Transaction, start: int) -> Neighbours:
    failing = {row[0]: Failing(row[1], row[2], row[3]) for row in deliveries.failing(tx)}

    def urgency(node: Node) -> tuple[bool, bool, bool, int]:
        waits = node.standing is Standing.ASKS or node.leaves_for is not None
        return node.alarm is None, not waits, node.origin not in failing, ORDER.index(node.standing)

    piece = sliced(sorted(nodes.everyone(tx), key=urgency), start)
    shown = [_seen(tx, node, failing.get(node.origin)) for node in piece.items]
    asked = lookups.open_for(tx, "neighbour")
    return Neighbours(Slice(shown, piece.start, piece.total), asked, _proposed(tx))


def _proposed(tx: Transaction) -> list[Border]:
    """The areas that touch ours on the map, and of which we know no node yet: a hint, never a border."""
    if tx.home.is_hub:
        return []
    known = {node.area for node in nodes.everyone(tx)}
    return [one for one in borders.touching(tx, tx.home.area.code) if one.code not in known]


def _seen(tx: Transaction, node: Node, failing: Failing | None) -> Neighbour:
    said_no = node.our_follow is Follow.REJECTED
    refused = log.last_why(tx, Happening.NODE_REFUSED, node.id) if said_no else None
    return Neighbour(node, sign(node), steps(node, tx.home), failing, refused)
