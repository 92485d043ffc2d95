"""Moving house: the file that somebody takes along, and the offers that came with it.

What it brings nobody sees before its owner has looked.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import parcels as acts
from node.acts import ways
from node.caller import caller
from node.neighbourhood import parcel as house
from node.neighbourhood.parcel import Parcel
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.roles import Deed
from node.storage import parcels
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

FILE = "my-move.json"
BROUGHT = "/me/brought"
ALONE = phrase("This node speaks with no other one. Nobody can bring anything along.")


async def moving(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/moving: what goes along, and how. Anybody with an account."""
    who.required(Deed.READ_OWN)
    return ui.page(request, who, "moving.html", current="me", alone=ui.seal is None)


async def file(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/moving/file: what one takes along, signed by this node. Anybody with an account."""
    person = who.required(Deed.READ_OWN)
    if ui.seal is None:
        raise Conflict(ALONE)
    packed = await ui.database.reading(acts.pack, person, who.at)
    sealed = ui.seal(house.written(packed, who.at), who.at)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{FILE}"',
    }
    body = json.dumps(sealed, ensure_ascii=False, indent=2)
    return Response(body, 200, headers, media_type="application/json")


async def read(ui: Ui, request: Request, who: Visitor, text: str) -> Parcel:
    """What such a file says, once its node is found to have signed it. Everybody, a few times a minute: a key
    may have to be fetched for it. Raises Invalid, Conflict, NotAllowed, NotReachable and TooMany."""
    if ui.unseal is None:
        raise Conflict(ALONE)
    await ui.database.writing(ways.count, caller(request, ui.settings.trusted_proxies), who.at)
    return house.read(await ui.unseal(text), who.at)


async def brought(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/brought: offers from where one lived before. Anybody with an account."""
    return await _shown(ui, request, who)


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /me/brought/{brought}/{deed}: look at one to post it, or throw it away. Only whose it is."""
    person, key, deed = who.signed_in(), request.path_params["brought"], request.path_params["deed"]
    if deed == "away":
        await ui.database.writing(acts.throw_away, person, key)
        return go_to(BROUGHT)
    if deed != "look":
        raise NotFound(phrase("This page is not here"))
    try:
        await ui.database.writing(acts.look_at, person, key, who.at)
    except Conflict as refused:
        return await _shown(ui, request, who, *Form().refused(refused))
    return go_to("/offer?draft=1")


async def _shown(
    ui: Ui, request: Request, who: Visitor, form: Form | None = None, code: int = 200
) -> Response:
    person = who.required(Deed.READ_OWN)
    found = await ui.database.reading(parcels.of, person.id)
    values: dict[str, Any] = {"found": found, "form": form or Form(), "path": BROUGHT}
    return ui.page(request, who, "brought.html", code, current="me", **values)
