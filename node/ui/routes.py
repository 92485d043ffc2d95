"""Every page and every form of this door, on one screen, and how refusals become pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany, phrase
from node.settings import Settings
from node.storage.database import Database
from node.ui import (
    about,
    account,
    answers,
    changes,
    choice,
    compose,
    home,
    invitations,
    join,
    language,
    mine,
    neighbours,
    people,
    post,
    posts,
    session,
    signin,
)
from node.ui.door import Ui, Visitor, go_to, here, stranger
from node.ui.forms import Form, filled

Page = Callable[[Ui, Request, Visitor], Awaitable[Response]]
Send = Callable[[Ui, Request, Visitor, Form], Awaitable[Response]]

PAGES: list[tuple[str, Page]] = [
    ("/favicon.ico", choice.favicon),
    ("/signin", signin.page),
    ("/signin/sent", signin.sent),
    ("/signin/{secret}", signin.link),
    ("/join", join.page),
    ("/join/invited", join.invited),
    ("/join/waiting", join.waiting),
    ("/me", account.page),
    ("/operator/neighbours", neighbours.page),
    ("/operator/neighbours/{node}/{step}", neighbours.step),
    ("/operator/people", people.page),
    ("/operator/people/new", people.newcomer),
    ("/operator/people/{person}", people.one),
    ("/operator/invitations", invitations.page),
    ("/about", about.about),
    ("/rules", about.rules),
    ("/privacy", about.privacy),
    ("/accessibility", about.accessibility),
    ("/", home.page),
    ("/requests", posts.requests),
    ("/offers", posts.offers),
    ("/ask", compose.ask),
    ("/offer", compose.offer),
    ("/o/{post}", post.page),
    ("/o/{post}/edit", changes.edit),
    ("/o/{post}/{deed}", changes.sure),
    ("/o/{post}/answers/{answer}/{deed}", answers.sure),
    ("/mine", mine.page),
]
FORMS: list[tuple[str, Send]] = [
    ("/choice", choice.choose),
    ("/signin", signin.ask),
    ("/signin/{secret}", signin.enter),
    ("/signout", signin.leave),
    ("/join", join.join),
    ("/me/code", account.use_code),
    ("/me/tokens", account.make_token),
    ("/me/tokens/{token}/end", account.end_token),
    ("/me/sessions/end", account.end_others),
    ("/me/sessions/{session}/end", account.end_session),
    ("/operator/neighbours", neighbours.ask),
    ("/operator/neighbours/lookups/{lookup}/end", neighbours.stop),
    ("/operator/neighbours/{node}/{step}", neighbours.decide),
    ("/operator/people", people.add),
    ("/operator/people/{person}/admit", people.admit),
    ("/operator/people/{person}/roles", people.grant),
    ("/operator/people/{person}/roles/{role}/end", people.end_role),
    ("/operator/invitations", invitations.make),
    ("/ask", compose.send_ask),
    ("/offer", compose.send_offer),
    ("/o/{post}/edit", changes.save),
    ("/o/{post}/answers", answers.send),
    ("/o/{post}/{deed}", changes.do),
    ("/o/{post}/answers/{answer}/{deed}", answers.do),
]

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
                _require_readable(request)
                response = await page(ui, request, who)
            except Refusal as refusal:
                response = _refused(ui, request, who, refusal)
        session.keep(ui, request, who, response)
        return response

    return answer


def _form(ui: Ui, send: Send) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            try:
                _require_readable(request)
                form = await filled(request)
                session.require_own_form(ui, request, form["token"])
                return await send(ui, request, who, form)
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
    status = next((code for kind, code in _STATUS if isinstance(refusal, kind)), 400)
    response = ui.sorry(request, who, status, refusal.reason, signin if status in (403, 404) else "")
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.wait)
    return response
