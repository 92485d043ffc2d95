"""The hub, for the operator: joining and leaving one; and at the hub itself who is a member and who asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import advice as advising
from node.acts import hub as acts
from node.acts import policies
from node.neighbourhood.activity import WHY_LENGTH, Happening
from node.neighbourhood.node import Membership, Node, NodeKind
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage import log, lookups, nodes
from node.storage.database import Transaction
from node.storage.lookups import Lookup
from node.ui.advice import CHOICES, POLICIES, AdviceView, look
from node.ui.borders import Step, explain, sure, take, was_done
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form, end_of_day, status
from node.ui.slices import Slice, number, sliced

LIST = "/operator/hub"
ADDRESS = phrase("As in the browser, such as https://gemeente.example, or its handle.")
SHORT = phrase("One sentence is enough.")
SAID = {
    "advised": phrase("It is advised now, and blocked here. All members hear it."),
    "policy": phrase("This is how it is from now on."),
}
LEAVE = Step(
    acts.leave,
    phrase("Leave the hub"),
    "log-out",
    phrase("Leave %(name)s?"),
    [
        phrase("Our posts for the whole municipality are called back from the hub and its members."),
        phrase("What we hold of the others there goes from our pages; of neighbours next door it stays."),
        phrase("The municipality can no longer be chosen as audience."),
        phrase("Agreements that neighbours made live on. You can ask to join again later."),
    ],
    phrase("The hub hears now that we do not take part."),
    stop=True,
)
STEPS = {
    "admit": Step(
        acts.admit,
        phrase("Take it in"),
        "handshake",
        phrase("Is %(name)s a neighbourhood of ours?"),
        [
            phrase("It gets the posts for the whole municipality, and its own go to all members."),
            phrase("All members hear that it joined."),
        ],
        phrase("It is a member now, and hears it."),
    ),
    "refuse": Step(
        acts.refuse,
        phrase("No, not now"),
        "x",
        phrase("Say no to %(name)s?"),
        [phrase("Its operator hears that you said no, and why."), phrase("It can ask again later.")],
        phrase("You said no. Its operator hears it now."),
        asks=phrase("Why not?"),
        hint=SHORT,
    ),
    "expel": Step(
        acts.expel,
        phrase("Put this member out"),
        "circle-x",
        phrase("Put %(name)s out of the hub?"),
        [
            phrase("What we hold of it goes, and all members are told to let go of it too."),
            phrase("Our posts there are called back."),
            phrase("Agreements that people made live on. It can ask to join again."),
        ],
        phrase("It is no member any more. All members hear it."),
        stop=True,
        asks=phrase("Why? This stays in the log."),
        hint=SHORT,
    ),
}


@dataclass(frozen=True)
class View:
    """The whole page. `hub`: the one we asked or joined; `refused`: those that said no, and why.

    `asking`, `members`: at a hub those who wait for us, and who is in; else our fellow members. `advice`:
    whom a hub advises to block.
    """

    hub: Node | None
    refused: list[tuple[Node, str]]
    looked_up: list[Lookup]
    asking: list[Node]
    members: Slice[Node]
    advice: AdviceView


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/hub. Only an operator."""
    return await _listed(ui, request, who, Form())


async def join(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Ask a hub to take us in, by its address. Only an operator."""
    try:
        await ui.database.writing(acts.ask, who.required(Deed.RUN_BORDERS), form["address"], who.at)
    except Invalid as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    except Conflict as refused:
        wrong, _ = form.refused(Invalid({"address": refused.reason}))
        return await _listed(ui, request, who, wrong, status(refused))
    return go_to(LIST)


async def leaving(ui: Ui, request: Request, who: Visitor) -> Response:
    """What will happen, before we leave. Only an operator."""
    who.required(Deed.RUN_BORDERS)
    ours = await ui.database.reading(nodes.hub)
    if ours is None or ui.settings.home.is_hub:
        raise Conflict(phrase("This node has no hub."))
    return sure(ui, request, who, ours, LEAVE, LIST)


async def leave(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Leave the hub, or take the question back. Only an operator."""
    await ui.database.writing(acts.leave, who.required(Deed.RUN_BORDERS), who.at)
    return go_to(f"{LIST}?said=leave")


async def step(ui: Ui, request: Request, who: Visitor) -> Response:
    """What will happen to a member, or to who asks, before it does. Only an operator."""
    return await explain(ui, request, who, STEPS, LIST)


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Do it. Only an operator."""
    return await take(ui, request, who, form, STEPS, LIST)


async def advise(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """At a hub: advise the members to block somebody. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    try:
        until = end_of_day(form["until"], ui.settings.home.zone)
        await ui.database.writing(advising.advise, by, form["subject"], form["reason"], until, who.at)
    except Invalid as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    except Conflict as refused:
        wrong, _ = form.refused(Invalid({"subject": refused.reason}))
        return await _listed(ui, request, who, wrong, status(refused))
    return go_to(f"{LIST}?said=advised")


async def choose(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """At a member: say what becomes of the hub's advice. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    await ui.database.writing(lambda tx: policies.choose(tx, by, who.at, advice=form["advice"]))
    return go_to(f"{LIST}?said=policy")


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_BORDERS)
    start, advice = (number(request.query_params.get(name)) for name in ("from", "advice"))
    view = await ui.database.reading(_look, start, advice, who.at)
    values: dict[str, Any] = {"view": view, "form": form, "steps": STEPS, "hint": ADDRESS, "path": LIST}
    said = was_done(request, {**STEPS, "leave": LEAVE}, code)
    if code == 200 and not said:
        word = request.query_params.get("said", "")
        said = CHOICES[word].done if word in CHOICES else SAID.get(word, "")
    values |= {"our_actor": ui.settings.home.actor, "said": said, "most": WHY_LENGTH}
    values |= {"choices": CHOICES, "policies": POLICIES}
    return ui.page(request, who, "hub.html", code, current="me", **values)


def _look(tx: Transaction, start: int, advice: int, at: datetime) -> View:
    everyone, ours = nodes.everyone(tx), None if tx.home.is_hub else nodes.hub(tx)
    refused = [one for one in everyone if one.kind is NodeKind.HUB and one.membership is Membership.REFUSED]
    asking = [one for one in everyone if one.membership is Membership.ASKED] if tx.home.is_hub else []
    members = [one for one in nodes.members(tx) if one.kind is not NodeKind.HUB]
    return View(
        hub=ours,
        refused=[(one, log.last_why(tx, Happening.HUB_REFUSED, one.id)) for one in refused],
        looked_up=lookups.open_for(tx, "hub"),
        asking=asking,
        members=sliced(members, start),
        advice=look(tx, advice, at),
    )
