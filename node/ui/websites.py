"""Websites of the neighbourhood's own: what they tell, for everybody; which there are, for the operator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import websites as acts
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.roles import Deed
from node.neighbourhood.website import ADDRESS, BACK, NAME, Entry, Website
from node.storage import websites
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.sure import Sure
from node.ui.words import Sign

LIST = "/operator/websites"
SHOWN = 60
SAID = {
    "added": phrase("It is on the list. We read it now: look here again in a moment."),
    "removed": phrase("It is gone, and what it told is shown no more."),
}
WELL = Sign(phrase("Is read"), "circle-check", "", "good")
WAITS = Sign(phrase("Not read yet"), "hourglass", "", "warn")
ILL = Sign(phrase("Cannot be read"), "triangle-alert", "", "bad")
REMOVE = Sure(
    phrase("No longer show %(name)s?"),
    phrase("What it told goes from our pages. The website itself stays as it is."),
    phrase("Yes, take it away"),
    "x",
    stop=True,
)


@dataclass(frozen=True)
class Elsewhere:
    """Something that a website tells, with the name of that website."""

    source: str
    entry: Entry


@dataclass(frozen=True)
class News:
    """What the websites tell, newest first, and which there are."""

    told: list[Elsewhere]
    websites: list[Website]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /websites: what they told lately. Everybody may: it stands on the open web."""
    news = await ui.database.reading(lambda tx: News(newest(tx, who.at, SHOWN), websites.everyone(tx)))
    return ui.page(request, who, "websites.html", news=news)


async def list_page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/websites. Only an operator."""
    who.required(Deed.RUN_BORDERS)
    return await _listed(ui, request, who, Form({}))


async def add(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Show another website. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    try:
        await ui.database.writing(acts.add, by, form["address"], form["name"], who.at)
    except (Invalid, Conflict) as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}?said=added")


async def removing(ui: Ui, request: Request, who: Visitor) -> Response:
    """Are you sure to show it no more? Only an operator."""
    who.required(Deed.RUN_BORDERS)
    website = await ui.database.reading(websites.get, request.path_params["website"])
    values: dict[str, Any] = {"sure": REMOVE.about(website.name), "website": website, "path": LIST}
    return ui.page(request, who, "website-remove.html", current="me", **values)


async def remove(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Show it no more. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    await ui.database.writing(acts.remove, by, request.path_params["website"], who.at)
    return go_to(f"{LIST}?said=removed")


def newest(tx: Transaction, at: datetime, limit: int) -> list[Elsewhere]:
    """The news of the last months."""
    return [Elsewhere(*found) for found in websites.news(tx, at - BACK, limit)]


def upcoming(tx: Transaction, since: datetime, until: datetime | None, limit: int) -> list[Elsewhere]:
    """What stands in their calendars from then on."""
    return [Elsewhere(*found) for found in websites.events(tx, since, until, limit)]


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200) -> Response:
    found = await ui.database.reading(websites.everyone)
    values: dict[str, Any] = {
        "websites": found,
        "form": form,
        "said": SAID.get(request.query_params.get("said", ""), "") if status == 200 else "",
        "path": LIST,
        "most": {"address": ADDRESS, "name": NAME},
        "signs": {one.id: ILL if one.error else WELL if one.read else WAITS for one in found},
    }
    return ui.page(request, who, "website-list.html", status, current="me", **values)
