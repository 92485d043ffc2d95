"""Signing in by mail: a link with a button behind it, and a code to type where one asked. A look at the link
uses nothing up (U02)."""

import secrets
from datetime import datetime
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from node.acts import entering
from node.acts import residents as acts
from node.caller import caller
from node.neighbourhood.refusal import Invalid, NotAllowed, NotFound, Words, phrase
from node.neighbourhood.resident import Resident
from node.storage import access, residents
from node.storage.database import Transaction
from node.ui import begun, ceremony, session
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.kinds import paths
from node.ui.language import back

HOUR = 3600
NEXT_LENGTH = 1000  # of an address in a cookie
OLD = phrase("This link was used already, or it is too old.")


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Where to send the mail with the link."""
    return _asking(ui, request, who, Form({"next": back(request.query_params.get("next"))}))


async def ask(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Whether the address is known or not: the same work, the same answer (U01)."""
    browser = secrets.token_urlsafe(24)
    try:
        caller_now = caller(request, ui.settings.trusted_proxies)
        await ui.database.writing(acts.ask_signin, form["email"], caller_now, who.at, browser)
    except Invalid as refused:
        return _asking(ui, request, who, *form.refused(refused))
    response = go_to("/signin/sent")
    keep_asked(ui, response, browser)
    _keep_next(ui, response, back(form["next"]))
    return response


async def sent(ui: Ui, request: Request, who: Visitor) -> Response:
    """The mail is on its way, or would be if we knew the address; the field for its code, in the browser that
    asked; and what to do when nothing comes."""
    return _sent(ui, request, who, Form())


async def code(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """The six digits of the mail, in the browser that asked for it."""
    browser, own = asked_in(ui, request), form["own"] == "yes"
    caller_now = caller(request, ui.settings.trusted_proxies)
    try:
        values = (browser, form["code"], caller_now, who.session, who.at)
        began = await ui.database.writing(entering.by_code, *values, own=own)
    except Invalid as refused:
        await ui.database.writing(entering.note_wrong_code, browser, caller_now, who.at)
        return _sent(ui, request, who, *form.refused(refused))
    return await welcome(ui, request, who, began, own=own)


async def link(ui: Ui, request: Request, who: Visitor) -> Response:
    """What the mail leads to: in the browser that asked whose link this is, and the button; in another the
    code to type there (U04). Programs that look at links may come by (U02)."""
    found = await ui.database.reading(_owner, request.path_params["secret"], who.at)
    if found is None:
        return _asking(ui, request, who, Form(reason=OLD), 404)
    name, browser = found
    if browser is not None and browser != access.hashed(asked_in(ui, request)):
        return _elsewhere(ui, request, who)
    wanted = back(request.query_params.get("next") or _kept_next(ui, request))
    return ui.page(request, who, "signin-link.html", current="signin", name=name, next=wanted)


async def enter(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """The button: the link is used up, a session begins, and one that was there ends (U08)."""
    secret, own = request.path_params["secret"], form["own"] == "yes"
    try:
        values, browser = (secret, who.session, who.at), asked_in(ui, request)
        began = await ui.database.writing(acts.sign_in, *values, browser=browser, own=own)
    except NotFound:
        return _asking(ui, request, who, Form(reason=OLD), 404)
    except NotAllowed:
        return _elsewhere(ui, request, who, 403)
    return await welcome(ui, request, who, began, own=own, wanted=form["next"])


async def welcome(
    ui: Ui,
    request: Request,
    who: Visitor,
    began: tuple[str, Resident],
    *,
    own: bool,
    wanted: str | None = None,
) -> Response:
    """Signed in: on to where one wanted to go, as this browser remembers it when no form says so; what was
    begun here before comes along, and who wanted to go nowhere else goes on with it."""
    started, person = began
    path = back(_kept_next(ui, request) if wanted is None else wanted)
    response = go_to(path)
    session.begin(ui.settings, response, started, own=own)
    kind = await begun.take_along(ui, request, response, person.id, who)
    if kind is not None and path == "/":
        response.headers["location"] = f"{paths(kind).make}?draft=1"
    for name in ("next", "asked"):
        session.drop_cookie(ui.settings, response, name)
    return response


def keep_asked(ui: Ui, response: Response, browser: str) -> None:
    """Let this browser know again that it asked for a mail."""
    session.set_cookie(ui.settings, response, "asked", browser, HOUR)


def asked_in(ui: Ui, request: Request) -> str:
    """What this browser knows of the mail that it asked for; nothing when it asked for none."""
    return request.cookies.get(session.cookie(ui.settings, "asked"), "")


def refused(ui: Ui, request: Request, who: Visitor, reason: Words) -> Response:
    """Back at the door: a passkey that fits nobody here (U13)."""
    return _asking(ui, request, who, Form({"again": "no"}, reason=reason), 400)


async def leave(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Sign out, here. Who was not signed in is not told off."""
    if who.session is not None:
        await ui.database.writing(access.end_session, who.session)
    response = go_to("/")
    session.forget(ui.settings, response)
    return response


def _asking(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    possible = ceremony.possible(ui.settings)
    return ui.page(request, who, "signin.html", code, current="signin", form=form, passkeys=possible)


def _sent(ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200) -> Response:
    values = {"form": form, "asked": bool(asked_in(ui, request))}
    return ui.page(request, who, "signin-sent.html", status, current="signin", **values)


def _elsewhere(ui: Ui, request: Request, who: Visitor, status: int = 200) -> Response:
    code = entering.code_of(request.path_params["secret"])
    spaced = f"{code[:3]} {code[3:]}"
    return ui.page(request, who, "signin-code.html", status, current="signin", digits=spaced)


def _owner(tx: Transaction, secret: str, at: datetime) -> tuple[str, str | None] | None:
    """Whose link it is, and the browser that it was asked in."""
    found = access.link_owner(tx, secret, at)
    if found is None:
        return None
    return residents.get(tx, found, at).name, access.link_browser(tx, secret)


def _kept_next(ui: Ui, request: Request) -> str:
    return unquote(request.cookies.get(session.cookie(ui.settings, "next"), ""))


def _keep_next(ui: Ui, response: Response, path: str) -> None:
    """Where one wanted to go: the mail does not know it, this browser does."""
    kept = quote(path, safe="/?=&")
    if path != "/" and len(kept) <= NEXT_LENGTH:
        session.set_cookie(ui.settings, response, "next", kept, HOUR)
