"""Who is there, and did they mean it: sessions kept by the server, and the proof that a form came from our
own page.

A form is believed by Sec-Fetch-Site, else by Origin; a browser that sends neither (phones of 2017) proves it
with the seal: a secret that stands in a cookie and in the form (U10).
"""

import secrets
from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node import clock
from node.acts.entering import lasts
from node.neighbourhood.passkey import Shown
from node.neighbourhood.refusal import NotAllowed, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Role
from node.settings import Settings
from node.storage import access, passkeys, residents
from node.storage.access import Begun
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor
from node.ui.forms import Form
from node.ui.language import YEAR
from node.ui.reader import FORGET, READER, mark_of
from node.ui.seals import is_of

_FOREIGN = phrase("This form came from another site. Go back, and try it from our own page.")


def cookie(settings: Settings, name: str) -> str:
    """A cookie's name on this node: guarded by its prefix over https; told apart by port in a demo town."""
    if settings.secure:
        return f"__Host-bk_{name}"
    return f"bk_{name}_{settings.authority.rpartition(':')[2]}"


def set_cookie(settings: Settings, response: Response, name: str, value: str, seconds: int | None) -> None:
    """Keep a secret in this browser alone, out of reach of scripts and of other sites' forms (U09). Without
    `seconds` it is forgotten when the browser closes."""
    full, secure = cookie(settings, name), settings.secure
    response.set_cookie(full, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def drop_cookie(settings: Settings, response: Response, name: str) -> None:
    full, secure = cookie(settings, name), settings.secure
    response.delete_cookie(full, path="/", secure=secure, httponly=True, samesite="lax")


async def visitor(ui: Ui, request: Request) -> Visitor:
    """Who looks at this page; a session that ended, or of nobody, is a stranger's."""
    at, session = clock.now(), request.cookies.get(cookie(ui.settings, "session"))
    seal = request.cookies.get(cookie(ui.settings, "seal")) or secrets.token_urlsafe(24)
    if not session:
        return Visitor(None, None, seal, at)
    found = await ui.database.reading(_owner, session, at, not ui.settings.town)
    if found is None:
        return Visitor(None, None, seal, at)
    person, resting, begun, shown = found
    note = begun.to_note(at) and request.method == "GET"  # whose answer tells the browser so too
    if note:
        await ui.database.writing(access.keep_session, session, at + lasts(not begun.shared), at)
    return Visitor(person, session, seal, at, note, begun.shared, shown, resting, begun.notice)


def keep(ui: Ui, request: Request, found: Visitor, response: Response) -> None:
    """Let this browser keep its seal, once; and its session as long as the server does. When that ended, it
    forgets what it kept of it (V06)."""
    if request.cookies.get(cookie(ui.settings, "seal")) != found.seal:
        set_cookie(ui.settings, response, "seal", found.seal, YEAR)
    if found.session is not None and found.longer:
        begin(ui.settings, response, found.session, own=not found.shared)
    if found.session is None and request.cookies.get(cookie(ui.settings, "session")):
        forget(ui.settings, response)


def forget(settings: Settings, response: Response) -> None:
    """Signed out: the session's secret goes, and all that this browser kept to be read without a line."""
    drop_cookie(settings, response, "session")
    response.headers.update(FORGET)


def begin(settings: Settings, response: Response, session: str, *, own: bool) -> None:
    """Signed in: this browser keeps the session's secret, and no longer than it is open when others use it
    too."""
    seconds = int(lasts(own).total_seconds()) if own else None
    set_cookie(settings, response, "session", session, seconds)


def require_same_reader(request: Request, found: Visitor) -> None:
    """Refuse what a page sends by its script for somebody else than who is signed in by now: it was typed by
    another, in this browser (V06). Whose session ended is a stranger, and refused as such."""
    typed_by = request.headers.get(READER)
    if found.person is not None and typed_by not in (None, mark_of(found.person)):
        raise NotAllowed(phrase("Somebody else is signed in now. What the other wrote was not sent."))


def require_own_form(ui: Ui, request: Request, seal_in_form: str | None) -> None:
    """Refuse a POST that another site made somebody's browser send."""
    if not _is_own_form(ui, request, seal_in_form):
        raise NotAllowed(_FOREIGN)


def require_not_foreign(ui: Ui, request: Request) -> None:
    """Refuse, before any of it is read, a POST whose browser says that it is from another site."""
    if _said_own(ui, request) is False:
        raise NotAllowed(_FOREIGN)


def is_own(ui: Ui, request: Request, form: Form | None) -> bool:
    """Whether this is a page that was asked for, or a form of ours."""
    return form is None or _is_own_form(ui, request, form["token"])


def _said_own(ui: Ui, request: Request) -> bool | None:
    """Whether the browser says that a form is from our own page; None when it says nothing of that."""
    fetch_site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetch_site is not None:
        return fetch_site == "same-origin" and origin in (None, ui.settings.origin)
    return origin == ui.settings.origin if origin is not None else None


def _is_own_form(ui: Ui, request: Request, seal_in_form: str | None) -> bool:
    said = _said_own(ui, request)
    if said is not None:
        return said
    kept = request.cookies.get(cookie(ui.settings, "seal")) or ""
    return is_of(seal_in_form or "", kept)


def _owner(
    tx: Transaction, session: str, at: datetime, asked: bool
) -> tuple[Resident, frozenset[Role], Begun, Shown] | None:
    """Whose session it is, and which of their roles rest until a passkey is shown in it (`asked`: not in a
    demo town)."""
    begun = access.begun(tx, session, at)
    if begun is None:
        return None
    try:
        person = residents.get(tx, begun.owner, at)
    except NotFound:
        return None
    if not person.roles:
        return person, frozenset(), begun, Shown(at=begun.verified, asked=asked)
    shown = Shown(passkeys.there(tx, person.id), begun.verified, asked)
    if not shown.rests(residents.passkey_by(tx, person.id, at), at):
        return person, frozenset(), begun, shown
    return replace(person, roles=frozenset()), person.roles, begun, shown
