"""Erase me: what goes and what stays in plain words, and the receipt on which one reads who threw the copies
away. Whoever has the receipt's address may read it: there is no account left to sign in with."""

from starlette.requests import Request
from starlette.responses import Response

from node.acts import erasing as acts
from node.neighbourhood.passkey import FRESH
from node.neighbourhood.refusal import Conflict, Words
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.storage import access
from node.storage.database import Transaction
from node.storage.erasures import Holder
from node.ui import session, sharing
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form, status
from node.ui.ledger import Bead

BACK = "/signin?next=/me/erase"


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/erase: what it means, and the button. Anybody with an account."""
    return await _asking(ui, request, who)


async def erase(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /me/erase: by somebody who signed in just now. The answer is the receipt; this browser forgets
    what it kept."""
    person = who.required(Deed.READ_OWN)
    if not await _is_fresh(ui, who, person):
        return go_to("/me/erase")
    try:
        secret = await ui.database.writing(acts.erase, person, who.at)
    except Conflict as refused:
        return await _asking(ui, request, who, refused.reason, status(refused))
    await sharing.sweep(ui, who.at)
    response = go_to(f"/erased/{secret}")
    session.forget(ui.settings, response)
    return response


async def receipt(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /erased/{receipt}: who was asked, who said that it is gone, and until when this stands here."""
    kept, holders = await ui.database.reading(acts.receipt, request.path_params["receipt"], who.at)
    here = Bead("gone", ui.settings.name, True, kept.at)
    nodes = [here, *(_bead(one) for one in holders if one.says)]
    servers = [one.name for one in holders if not one.says]
    waits = sum(one.says and one.gone < one.asked for one in holders)
    values = {"kept": kept, "copies": nodes, "servers": servers, "waits": waits}
    return ui.page(request, who, "erased.html", **values)


async def _asking(
    ui: Ui, request: Request, who: Visitor, reason: Words | str = "", code: int = 200
) -> Response:
    person = who.required(Deed.READ_OWN)
    fresh = await _is_fresh(ui, who, person)
    found = await ui.database.reading(acts.outlook, person)
    values = {"outlook": found, "fresh": fresh, "again": BACK, "reason": reason}
    return ui.page(request, who, "erase.html", code, current="me", **values)


async def _is_fresh(ui: Ui, who: Visitor, person: Resident) -> bool:
    """Whether it was them, just now: nobody who finds a device lying open erases its owner."""
    return who.shown.fresh(who.at) or await ui.database.reading(_signed_in_lately, who, person)


def _signed_in_lately(tx: Transaction, who: Visitor, person: Resident) -> bool:
    here = access.session_id(who.session or "")
    return any(
        one.id == here and who.at - FRESH < one.created for one in access.sessions_of(tx, person.id, who.at)
    )


def _bead(holder: Holder) -> Bead:
    state = "gone" if holder.gone == holder.asked else "deletion_asked"
    return Bead(state, holder.name, False, holder.at)
