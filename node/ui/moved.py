"""Where somebody who moved here gives the file of their old neighbourhood.

A stranger gets the form to join, filled in; the file goes along in it, and is looked at anew when they join.
"""

from starlette.requests import Request
from starlette.responses import Response

from node.acts import parcels as acts
from node.neighbourhood.parcel import spoilt
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotReachable, TooMany
from node.ui import join, parcels
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /join/moved: where one gives it. Everybody."""
    return _giving(ui, request, who, Form())


async def give(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /join/moved: whoever has an account gets what is in it; a stranger the form to join, filled in."""
    try:
        if form.errors:
            raise spoilt()
        found = await parcels.read(ui, request, who, form["file"])
        if who.person is not None:
            await ui.database.writing(acts.take_in, who.person, found, who.at)
            return go_to(parcels.BROUGHT)
    except (Invalid, Conflict, NotReachable, NotAllowed, TooMany) as refused:
        return _giving(ui, request, who, *form.refused(refused))
    filled = {"name": found.name, "email": found.mail, "language": found.language, "parcel": form["file"]}
    return join.with_form(ui, request, who, Form(filled))


def _giving(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    current = "signin" if who.person is None else "me"
    return ui.page(request, who, "moved.html", code, current=current, form=form)
