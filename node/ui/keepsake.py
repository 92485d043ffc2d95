"""Everything that this node keeps of a person, for that person to keep: as a file for programs, and as a
parcel with a page to read and an outbox beside it."""

import asyncio
import io
import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import takeout as acts
from node.neighbourhood.refusal import phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.storage import export, parcels
from node.storage.database import Transaction
from node.ui import takeout
from node.ui.door import Ui, Visitor
from node.ui.photobox import LARGE

FILE, BOX = "my-buurtknoop.json", "my-buurtknoop.zip"
PAGE, DATA, OUTBOX = "index.html", "data.json", "outbox.json"
FACTS = {
    "name": phrase("Your neighbours know you as"),
    "email": phrase("Mail address"),
    "phone": phrase("My telephone number"),
    "address": phrase("My address"),
    "language": phrase("My language"),
}
STYLE = """body { max-width: 44em; margin: 2em auto; padding: 0 1em; font: 1.1em/1.5 sans-serif }
body { color: #111; background: #fff }
h2 { margin-top: 2em; border-bottom: 2px solid #111; break-after: avoid }
dt { font-weight: bold } dd { margin: 0 0 .5em }
ul { padding-inline-start: 1.2em } li { margin-bottom: .8em; break-inside: avoid } p { margin: 0 }
blockquote { margin: .3em 0; padding-inline-start: .8em; border-inline-start: 3px solid #777 }
blockquote, p { overflow-wrap: anywhere } img { max-width: 100% }
@media print { body { margin: 0; font-size: 11pt } }
"""


async def overview(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/data: what one can do with one's data. Anybody with an account."""
    person = who.required(Deed.READ_OWN)
    brought = bool(await ui.database.reading(parcels.of, person.id))
    return ui.page(request, who, "data.html", current="me", brought=brought)


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/export. Anybody with an account, for themselves."""
    person = who.required(Deed.READ_OWN)
    kept = await ui.database.reading(export.everything, person.id)
    return _file(_data(ui, who, kept), FILE, "application/json")


async def box(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/export.zip: the same to read, in one's own language, and as other software reads posts. Anybody
    with an account, for themselves."""
    person = who.required(Deed.READ_OWN)
    kept, put = await ui.database.reading(_look, person)
    said = {PAGE: _page(ui, who, kept), "style.css": STYLE, DATA: _data(ui, who, kept)}
    if ui.outbox is not None:
        said[OUTBOX] = _json(ui.outbox([(one.facts, one.uri) for one in put]))
    packed = await asyncio.to_thread(_zipped, ui, said, [row["id"] for row in kept["photos"]], who.at)
    return _file(packed, BOX, "application/zip")


def _look(tx: Transaction, person: Resident) -> tuple[export.Row, list[acts.Put]]:
    return export.everything(tx, person.id), acts.put_up(tx, person)


def _data(ui: Ui, who: Visitor, kept: export.Row) -> str:
    here = {"name": ui.settings.name, "url": ui.settings.origin}
    return _json({"made": who.at, "node": here, **kept})


def _page(ui: Ui, who: Visitor, kept: export.Row) -> str:
    facts = [(term, kept["account"][name]) for name, term in FACTS.items()]
    values = {"node": ui.settings, "at": who.at, "facts": facts, "parts": takeout.parts(kept)}
    return ui.templates.get_template("keepsake.html").render(values)


def _zipped(ui: Ui, said: dict[str, str], photos: list[str], at: datetime) -> bytes:
    """All of it in one file, the photos as they are kept; one that goes at this moment is not in it."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo  # seldom needed

    made, when = io.BytesIO(), (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with ZipFile(made, "w") as files_in:
        for name, words in said.items():
            files_in.writestr(ZipInfo(name, when), words, ZIP_DEFLATED)
        for key in photos:
            if (photo := ui.photos.read(key, LARGE)) is not None:
                files_in.writestr(ZipInfo(takeout.photo_path(key), when), photo, ZIP_STORED)
    return made.getvalue()


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2, default=_moment)


def _file(body: str | bytes, name: str, kind: str) -> Response:
    headers = {
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Accept-Language",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(body, 200, headers, media_type=kind)


def _moment(value: object) -> str:
    """A moment as RFC 3339, in UTC; nothing else of a person needs to be written otherwise."""
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return value.isoformat().replace("+00:00", "Z")
