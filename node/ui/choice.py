"""How a person wants to read: language, day or night, size of letters. Anyone may choose, without a
script."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.acts import residents
from node.ui.door import Ui, Visitor
from node.ui.forms import Form
from node.ui.language import LOOK_COOKIE, languages, remember


async def choose(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /choice: keep it in this browser, and the language also for the letters of who is signed in."""
    if who.person is not None and form["language"] in languages():
        await ui.database.writing(residents.set_language, who.person, form["language"])
    return remember(form.values, request.cookies.get(LOOK_COOKIE), ui.settings.secure)


async def favicon(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /favicon.ico: browsers ask for it by this name."""
    return RedirectResponse(ui.assets.url("favicon.ico"), 302)
