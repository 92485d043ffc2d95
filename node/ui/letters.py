"""What I get by mail: the digest, and what I want to hear of as soon as it is there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from node.acts import digests as acts
from node.neighbourhood.digest import HOURS, Digest, Often
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.neighbourhood.wish import MOST
from node.storage import digests, residents, searches
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.reach import reach
from node.ui.searches import PAGE, Waited, waited
from node.ui.words import Sign

OFTEN = {
    Often.WEEKLY: Sign(phrase("Once a week"), "calendar-days", phrase("On Thursday morning.")),
    Often.DAILY: Sign(phrase("Every day"), "clock", phrase("Only when there is something new.")),
    Often.NEVER: Sign(phrase("Never"), "minus", phrase("I look myself.")),
}
SAID = {
    "kept": phrase("We keep it."),
    "waits": phrase("We mail you when there is something."),
    "paused": phrase("It is on hold. You hear nothing of it now."),
    "resumed": phrase("It goes on. We mail you when there is something."),
    "gone": phrase("It is removed."),
}


@dataclass(frozen=True)
class Mail:
    """What the page shows. `address`: where we write to, or None. `room`: whether another search fits."""

    address: str | None
    digest: Digest
    searches: list[Waited]

    @property
    def room(self) -> bool:
        return len(self.searches) < MOST


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/mail. Residents, each their own."""
    return await _shown(ui, request, who, Form())


async def choose(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """How often the digest comes, and at what hour."""
    try:
        person = who.required(Deed.CHOOSE_MAIL)
        await ui.database.writing(acts.choose, person, form["often"], form["hour"], who.at)
    except Invalid as refused:
        return await _shown(ui, request, who, *form.refused(refused))
    return go_to(f"{PAGE}?said=kept#digest")


async def _shown(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    mail = await ui.database.reading(_look, who.required(Deed.CHOOSE_MAIL))
    query = request.query_params
    said = query.get("said", "") if code == 200 else ""
    again = {name: query.get(name, "") for name in ("words", "kind", "category", "where")}
    values = {"mail": mail, "form": form, "often": OFTEN, "hours": HOURS, "said": SAID.get(said)}
    undo = f"{PAGE}/new?{urlencode(again)}" if said == "gone" else ""
    at_digest = said == "kept"
    more = {"most": MOST, "undo": undo, "at_digest": at_digest}
    return ui.page(request, who, "mail.html", code, current="me", **values, **more)


def _look(tx: Transaction, person: Resident) -> Mail:
    around, kept = reach(tx), searches.of(tx, person.id)
    address, wish = residents.email_of(tx, person.id), digests.of(tx, person.id)
    return Mail(address, wish, [waited(one, around) for one in kept])
