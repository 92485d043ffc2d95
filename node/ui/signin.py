"""Signing in: a mail with a link, and a button behind it. A look at the link uses nothing up (U02)."""

from datetime import datetime
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from node.acts import residents as acts
from node.caller import caller
from node.neighbourhood.refusal import Invalid, NotFound, phrase
from node.storage import access, residents
from node.storage.database import Transaction
from node.ui import begun, session
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.language import back

HOUR = 3600
NEXT_LENGTH = 1000  # of an address in a cookie
OLD = phrase("This link was used already, or it is too old.")


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """Where to send the mail with the link."""
    return _asking(ui, request, who, Form({"next": back(request.query_params.get("next"))}))


async def ask(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Whether the address is known or not: the same work, the same answer (U01)."""
    try:
        caller_now = caller(request, ui.settings.trusted_proxies)
        await ui.database.writing(acts.ask_signin, form["email"], caller_now, who.at)
    except Invalid as refused:
        return _asking(ui, request, who, *form.refused(refused))
    response = go_to("/signin/sent")
    _keep_next(ui, response, back(form["next"]))
    return response


async def sent(ui: Ui, request: Request, who: Visitor) -> Response:
    """The mail is on its way, or would be if we knew the address; and what to do when nothing comes."""
    return ui.page(request, who, "signin-sent.html", current="signin")


async def link(ui: Ui, request: Request, who: Visitor) -> Response:
    """What the mail leads to: whose link this is, and the button. Programs that look at links may come by
    (U02)."""
    name = await ui.database.reading(_owner, request.path_params["secret"], who.at)
    if name is None:
        return _asking(ui, request, who, Form(reason=OLD), 404)
    kept = request.cookies.get(session.cookie(ui.settings, "next"), "")
    wanted = back(request.query_params.get("next") or unquote(kept))
    return ui.page(request, who, "signin-link.html", current="signin", name=name, next=wanted)


async def enter(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """The button: the link is used up, a session begins, and one that was there ends (U08)."""
    secret = request.path_params["secret"]
    try:
        started, person = await ui.database.writing(acts.sign_in, secret, who.session, who.at)
    except NotFound:
        return _asking(ui, request, who, Form(reason=OLD), 404)
    response = go_to(back(form["next"]))
    session.begin(ui.settings, response, started)
    await begun.take_along(ui, request, response, person.id, who)
    session.drop_cookie(ui.settings, response, "next")
    return response


async def leave(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Sign out, here. Who was not signed in is not told off."""
    if who.session is not None:
        await ui.database.writing(access.end_session, who.session)
    response = go_to("/")
    session.drop_cookie(ui.settings, response, "session")
    return response


def _asking(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    return ui.page(request, who, "signin.html", code, current="signin", form=form)


def _owner(tx: Transaction, secret: str, at: datetime) -> str | None:
    found = access.link_owner(tx, secret, at)
    return residents.get(tx, found, at).name if found is not None else None


def _keep_next(ui: Ui, response: Response, path: str) -> None:
    """Where one wanted to go: the mail does not know it, this browser does."""
    kept = quote(path, safe="/?=&")
    if path != "/" and len(kept) <= NEXT_LENGTH:
        session.set_cookie(ui.settings, response, "next", kept, HOUR)
