"""Everything that this node keeps of a person, as a file for that person to keep."""

import json
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.roles import Deed
from node.storage import export
from node.ui.door import Ui, Visitor

FILE = "my-buurtknoop.json"


async def overview(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/data: what one can do with one's data. Anybody with an account."""
    who.required(Deed.READ_OWN)
    return ui.page(request, who, "data.html", current="me")


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/export. Anybody with an account, for themselves."""
    person = who.required(Deed.READ_OWN)
    here = {"name": ui.settings.name, "url": ui.settings.origin}
    kept = await ui.database.reading(export.everything, person.id)
    everything = {"made": who.at, "node": here, **kept}
    body = json.dumps(everything, ensure_ascii=False, indent=2, default=_moment)
    headers = {
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Accept-Language",
        "Content-Disposition": f'attachment; filename="{FILE}"',
    }
    return Response(body, 200, headers, media_type="application/json")


def _moment(value: object) -> str:
    """A moment as RFC 3339, in UTC; nothing else of a person needs to be written otherwise."""
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return value.isoformat().replace("+00:00", "Z")
