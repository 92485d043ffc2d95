"""Whom we keep out, for the operator: servers and accounts elsewhere, why, and since when."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import blocklist
from node.acts import blocks as acts
from node.acts.blocklist import Weighed
from node.neighbourhood.activity import WHY_LENGTH
from node.neighbourhood.block import Block, Severity, Source, checked_subject
from node.neighbourhood.blocklist import Listed, written
from node.neighbourhood.refusal import Invalid, NotFound, phrase
from node.neighbourhood.roles import Deed
from node.storage import blocks
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import PAGE, Slice, number
from node.ui.sure import Sure
from node.ui.words import Sign

LIST = "/operator/blocks"
WHICH = phrase(
    "The name of the server, such as social.example, with all that is under it. "
    "Or the address of one account: https://social.example/users/somebody."
)
SEVERITIES = {
    Severity.BLOCK: Sign(
        phrase("Blocked"),
        "circle-x",
        phrase("What it sends is refused, and nothing of it stays here."),
        "bad",
    ),
    Severity.HOLD: Sign(
        phrase("Held back"), "eye", phrase("All that it says waits until a supervisor has looked."), "warn"
    ),
}
SOURCES = {
    Source.OWN: phrase("by ourselves"),
    Source.LIST: phrase("from a list"),
    Source.HUB: phrase("as the hub advises"),
}
SAID = {
    "put": phrase("It stands on the list, and counts at once."),
    "lifted": phrase("It is on the list no more. It can reach us again."),
    "list": phrase("The list is taken in, and counts at once."),
}
LIFT = Sure(
    phrase("No longer keep out %(name)s?"),
    phrase(
        "It can reach us again. Who followed us or was a neighbour has to ask anew: that does not come back."
    ),
    phrase("Yes, lift it"),
    "check",
)
FILE = "blocks.csv"


@dataclass(frozen=True)
class Asked:
    """A server or account that is about to be blocked, and whom that would hit."""

    subject: str
    hit: Weighed


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/blocks: all of them, or those with a word in their name. Only an operator."""
    subject = request.query_params.get("subject", "")[:2048].replace("\x00", "")
    return await _listed(ui, request, who, Form({"subject": subject, "severity": Severity.BLOCK}))


async def put(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Block or hold one. When we know somebody there, it is asked first. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    try:
        if form["sure"] != "yes" and form["severity"] == Severity.BLOCK:
            asked = await ui.database.reading(_weigh, form["subject"])
            if asked.hit.nodes or asked.hit.accounts:
                return _sure(ui, request, who, form, asked)
        words = form["subject"], form["severity"], form["reason"]
        await ui.database.writing(acts.put, by, *words, who.at)
    except Invalid as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}?said=put")


async def lifting(ui: Ui, request: Request, who: Visitor) -> Response:
    """Are you sure to speak again with a server or an account? Only an operator."""
    who.required(Deed.RUN_BORDERS)
    subject = request.query_params.get("subject", "").replace("\x00", "")
    if not subject:
        return go_to(LIST)
    if await ui.database.reading(blocks.by_subject, subject) is None:
        raise NotFound(phrase("This is not here, or no longer."))
    values: dict[str, Any] = {"sure": LIFT.about(subject), "subject": subject, "path": LIST}
    return ui.page(request, who, "block-lift.html", current="me", **values)


async def lift(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Speak again with a server or an account. Only an operator."""
    await ui.database.writing(acts.lift, who.required(Deed.RUN_BORDERS), form["subject"], who.at)
    return go_to(f"{LIST}?said=lifted")


async def export(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/blocks.csv: the servers, as other servers read them. Only an operator."""
    who.required(Deed.RUN_BORDERS)
    text = await ui.database.reading(lambda tx: "".join(written(blocks.everyone(tx))))
    headers = {
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Accept-Language",
        "Content-Disposition": f'attachment; filename="{FILE}"',
    }
    return Response(text.encode(), 200, headers, media_type="text/csv; charset=utf-8")


def _weigh(tx: Transaction, subject: str) -> Asked:
    subject = checked_subject(subject)
    return Asked(subject, blocklist.weighed(tx, [Listed(subject, Severity.BLOCK, "")]))


def _sure(ui: Ui, request: Request, who: Visitor, form: Form, asked: Asked) -> Response:
    values: dict[str, Any] = {"form": form, "asked": asked, "path": LIST}
    return ui.page(request, who, "block-sure.html", current="me", **values)


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_BORDERS)
    query = request.query_params
    name = query.get("name", "").strip().lower().replace("\x00", "")
    shown = await ui.database.reading(_look, name, number(query.get("from")))
    said = SAID.get(query.get("said", ""), "") if code == 200 else ""
    values: dict[str, Any] = {"shown": shown, "form": form, "name": name, "said": said, "path": LIST}
    values |= {"severities": SEVERITIES, "sources": SOURCES, "most": WHY_LENGTH, "which": WHICH}
    return ui.page(request, who, "blocks.html", code, current="me", **values)


def _look(tx: Transaction, name: str, start: int) -> Slice[Block]:
    return Slice(blocks.listing(tx, "", PAGE, name, start), start, blocks.count(tx, name))
