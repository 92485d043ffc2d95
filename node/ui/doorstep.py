"""On the doorstep: who asks, in which language, and how a refusal becomes a page."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from node.acts import residents
from node.neighbourhood.refusal import Invalid, NotAllowed, NotFound, Refusal, TooMany, phrase
from node.neighbourhood.roles import Deed, may
from node.ui import language, session
from node.ui.door import Ui, Visitor, go_to, here, stranger
from node.ui.forms import Form, filled, status

WEIGHTY = ("/operator", "/desk", "/me/tokens", "/me/passkeys", "/me/erase")
NO_WEIGHT = {"/me/passkeys/challenge", "/me/passkeys/prove"}  # they are how it is shown
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


def form(
    ui: Ui, send: Send, file: str, deed: Deed | None, speaks: bool
) -> Callable[[Request], Awaitable[Response]]:
    """A form that was sent, from one of our own pages. `file`: the field that may hold one; it is read
    of everybody, or (`deed`) only of those who may do that. `speaks`: it comes back in another language, with
    all that was typed, when one was chosen (`Form.speak`)."""

    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            words = None
            try:
                _require_readable(request)
                words = await filled(request, file if deed is None or may(who.person, deed) else "")
                session.require_own_form(ui, request, words["token"])
                session.require_same_reader(request, who)
                if _weighty(request.scope["path"]) and who.shown.wanted(who.at):
                    return _prove(ui, request, who, words)
                chosen = words.speak if speaks else ""
                if chosen not in language.languages():
                    return await send(ui, request, who, words.without_speak())
                return await _spoken(ui, request, who, words, send)
            except Refusal as refusal:
                return _refused(ui, request, who, refusal, words)

    return answer


def photo(ui: Ui, send: Send) -> Callable[[Request], Awaitable[Response]]:
    """A form with a photo, from one of our own pages. Of who may post nothing, nothing is read."""

    async def answer(request: Request) -> Response:
        who = await session.visitor(ui, request)
        with language.speaking(ui.language_for(request, who.person)):
            words = None
            try:
                _require_readable(request)
                session.require_not_foreign(ui, request)
                person = who.required(Deed.POST)
                words = await ui.uploads.form(request, person.id)
                session.require_own_form(ui, request, words["token"])
                session.require_same_reader(request, who)
                return await send(ui, request, who, words)
            except Invalid as refusal:  # the form itself was too much: there is nothing to come back with
                reason = next(iter(refusal.errors.values()), refusal.reason)
                response = ui.sorry(request, who, 413, reason)
                response.headers["Connection"] = "close"
                return response
            except Refusal as refusal:
                return _refused(ui, request, who, refusal, words)

    return answer


async def _spoken(ui: Ui, request: Request, who: Visitor, words: Form, send: Send) -> Response:
    """The page again, in the language that was chosen; it is kept as any choice of one is."""
    if who.person is not None:
        await ui.database.writing(residents.set_language, who.person, words.speak)
    with language.speaking(words.speak):
        response = await send(ui, request, who, words)
    language.keep(response, words.speak, ui.settings.secure)
    return response


def _weighty(path: str) -> bool:
    """What somebody with a role does only with a passkey shown just now: all that an operator decides (C09),
    and what makes or ends a way in."""
    return path.startswith(WEIGHTY) and path not in NO_WEIGHT


def _prove(ui: Ui, request: Request, who: Visitor, form: Form | None = None) -> Response:
    """Show your passkey first; what was filled in goes along. Who has none yet is led to make one."""
    fields = dict(request.query_params) if form is None else form.values
    values = {"path": request.scope["path"], "method": request.method.lower(), "fields": fields}
    return ui.page(request, who, "prove.html", 403, current="me", there=who.shown.there, **values)


def _require_readable(request: Request) -> None:
    """Refuse an address with the one sign in it that PostgreSQL does not take."""
    if "\x00" in request.scope["path"]:
        raise NotFound(phrase("This page is not here"))


def _refused(ui: Ui, request: Request, who: Visitor, refusal: Refusal, form: Form | None = None) -> Response:
    """A stranger who looks at what needs an account is asked to sign in first, and comes back here after.

    What is not there for a stranger may be there for a neighbour: both read the same, with the way in.
    """
    signin = f"/signin?next={quote(here(request))}" if who.person is None else ""
    if isinstance(refusal, NotAllowed) and signin and request.method == "GET":
        return go_to(signin)
    if isinstance(refusal, NotAllowed) and who.resting and session.is_own(ui, request, form):
        return _prove(ui, request, who, form)
    code = status(refusal)
    response = ui.sorry(request, who, code, refusal.reason, signin if code in (403, 404) else "")
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.wait)
    return response
