"""Every page and every form of this door, on one screen, and how refusals become pages."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany
from node.settings import Settings
from node.storage.database import Database
from node.ui import language, session
from node.ui.door import Ui, Visitor, go_to, stranger
from node.ui.forms import Form, filled

Page = Callable[[Ui, Request, Visitor], Awaitable[Response]]
Send = Callable[[Ui, Request, Visitor, Form], Awaitable[Response]]

PAGES: list[tuple[str, Page]] = []
FORMS: list[tuple[str, Send]] = []

_STATUS: list[tuple[type[Refusal], int]] = [
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (TooMany, 429),
]


def routes(ui: Ui) -> list[BaseRoute]:
    """The routes of this door. A GET changes nothing; a POST is believed only from our own pages."""
    pages = [Route(path, _page(ui, page), methods=["GET"]) for path, page in PAGES]
    forms = [Route(path, _form(ui, send), methods=["POST"]) for path, send in FORMS]
    return [*pages, *forms, ui.assets.route()]


def open_door(database: Database, settings: Settings) -> Ui:
    """The door to people with a browser."""
    return Ui(database, settings)


def sorry(ui: Ui, request: Request, status: int) -> Response:
    """The page for what no route knows, and for what broke: made without looking anything up."""
    with language.speaking(ui.language_for(request, None)):
        return ui.sorry(request, stranger(), status)


def _page(ui: Ui, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            try:
                response = await page(ui, request, who)
            except Refusal as refusal:
                response = _refused(ui, request, who, refusal)
        session.keep_seal(ui, request, who, response)
        return response

    return answer


def _form(ui: Ui, send: Send) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            try:
                form = await filled(request)
                session.require_own_form(ui, request, form["token"])
                return await send(ui, request, who, form)
            except Refusal as refusal:
                return _refused(ui, request, who, refusal)

    return answer


def _refused(ui: Ui, request: Request, who: Visitor, refusal: Refusal) -> Response:
    """A stranger who looks at what needs an account is asked to sign in first, and comes back here after."""
    if isinstance(refusal, NotAllowed) and who.person is None and request.method == "GET":
        return go_to(f"/signin?next={request.url.path}")
    status = next((code for kind, code in _STATUS if isinstance(refusal, kind)), 400)
    response = ui.sorry(request, who, status, refusal.reason)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.wait)
    return response
