"""On the doorstep: who asks, in which language, and how a refusal becomes a page."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.refusal import NotAllowed, NotFound, Refusal, TooMany, phrase
from node.neighbourhood.roles import Deed, may
from node.ui import language, session
from node.ui.door import Ui, Visitor, go_to, here, stranger
from node.ui.forms import Form, filled, status

Page = Callable[[Ui, Request, Visitor], Awaitable[Response]]
Send = Callable[[Ui, Request, Visitor, Form], Awaitable[Response]]


def sorry(ui: Ui, request: Request, status: int) -> Response:
    """The page for what no route knows, and for what broke: made without looking anything up."""
    with language.speaking(ui.language_for(request, None)):
        return ui.sorry(request, stranger(), status)


def page(ui: Ui, show: Page) -> Callable[[Request], Awaitable[Response]]:
    """A page, for whoever asks."""

    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            try:
                _require_readable(request)
                response = await show(ui, request, who)
            except Refusal as refusal:
                response = _refused(ui, request, who, refusal)
        session.keep(ui, request, who, response)
        return response

    return answer


def feed(ui: Ui, show: Page) -> Callable[[Request], Awaitable[Response]]:
    """Whoever asks is a stranger, so that a cache may keep the answer; in the language of the node."""

    async def answer(request: Request) -> Response:
        who = stranger()
        with language.speaking(language.choose(None, None, ui.settings.language)):
            try:
                return await show(ui, request, who)
            except Refusal as refusal:
                return _refused(ui, request, who, refusal)

    return answer


def form(ui: Ui, send: Send, file: str) -> Callable[[Request], Awaitable[Response]]:
    """A form that was sent, from one of our own pages. `file`: the field that may hold one; only an
    operator's is read."""

    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            try:
                _require_readable(request)
                words = await filled(request, file if may(who.person, Deed.RUN_BORDERS) else "")
                session.require_own_form(ui, request, words["token"])
                return await send(ui, request, who, words)
            except Refusal as refusal:
                return _refused(ui, request, who, refusal)

    return answer


def _require_readable(request: Request) -> None:
    """Refuse an address with the one sign in it that PostgreSQL does not take."""
    if "\x00" in request.scope["path"]:
        raise NotFound(phrase("This page is not here"))


def _refused(ui: Ui, request: Request, who: Visitor, refusal: Refusal) -> Response:
    """A stranger who looks at what needs an account is asked to sign in first, and comes back here after.

    What is not there for a stranger may be there for a neighbour: both read the same, with the way in.
    """
    signin = f"/signin?next={quote(here(request))}" if who.person is None else ""
    if isinstance(refusal, NotAllowed) and signin and request.method == "GET":
        return go_to(signin)
    code = status(refusal)
    response = ui.sorry(request, who, code, refusal.reason, signin if code in (403, 404) else "")
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.wait)
    return response
