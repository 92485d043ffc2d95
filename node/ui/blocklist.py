"""Taking in a list of blocks that others made: first what it would do, then all of it at once."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import blocklist as acts
from node.acts.blocklist import Weighed
from node.neighbourhood.block import Severity
from node.neighbourhood.blocklist import BlockList, carried, read
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage.database import Transaction
from node.ui.blocks import LIST, SEVERITIES
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

IMPORT = f"{LIST}/import"
CARRIED = 240 * 1024  # bytes: what fits in a form again, beside its other fields
SHOWN = 30


@dataclass(frozen=True)
class Preview:
    """What a list says, what it would do here, and the list itself, as it is sent again with the yes."""

    said: BlockList
    hit: Weighed
    text: str

    @property
    def blocked(self) -> int:
        """How many would be blocked."""
        return sum(one.severity is Severity.BLOCK for one in self.hit.fresh)


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/blocks/import. Only an operator."""
    return _asked(ui, request, who, Form())


async def take_in(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Look at a list, or take in one that was looked at. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)
    text, field = (form["file"], "file") if form["file"].strip() else (form["list"], "list")
    if form.errors:
        return _asked(ui, request, who, *form.refused(Invalid(dict(form.errors))))
    try:
        preview = await ui.database.reading(_look, text)
    except Invalid as refused:
        return _asked(ui, request, who, *form.refused(Invalid({field: refused.errors["list"]})))
    if form["sure"] == "yes" and preview.hit.fresh:
        await ui.database.writing(acts.take_in, by, preview.said.wanted, who.at)
        return go_to(f"{LIST}?said=list")
    values: dict[str, Any] = {"preview": preview, "shown": SHOWN, "severities": SEVERITIES}
    return ui.page(request, who, "blocklist-sure.html", current="me", path=LIST, action=IMPORT, **values)


def _look(tx: Transaction, text: str) -> Preview:
    if not text.strip():
        raise Invalid({"list": phrase("Choose a file, or paste a list here.")})
    said = read(text)
    hit = acts.weighed(tx, said.wanted)
    again = carried(hit.fresh)
    if len(again.encode()) + again.count("\n") > CARRIED:  # a browser sends two letters for each end
        raise Invalid({"list": phrase("This list is too long for a page. Take it in pieces, or by command.")})
    return Preview(said, hit, again)


def _asked(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.RUN_BORDERS)
    values: dict[str, Any] = {"form": form, "path": LIST, "action": IMPORT}
    return ui.page(request, who, "blocklist.html", code, current="me", **values)
