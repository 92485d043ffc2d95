"""Who is there, and did they mean it: sessions kept by the server, and the proof that a form came from our
own page.

A form is believed by Sec-Fetch-Site, else by Origin; a browser that sends neither (phones of 2017) proves it
with the seal: a secret that stands in a cookie and in the form (U10).
"""

import secrets
from datetime import datetime
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from node import clock
from node.acts.residents import SESSION_LASTS
from node.neighbourhood.refusal import NotAllowed, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.settings import Settings
from node.storage import access, residents
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor
from node.ui.language import YEAR


def cookie(settings: Settings, name: str) -> str:
    """A cookie's name on this node: guarded by its prefix over https; told apart by port in a demo town."""
    if settings.secure:
        return f"__Host-bk_{name}"
    return f"bk_{name}_{settings.authority.rpartition(':')[2]}"


def set_cookie(settings: Settings, response: Response, name: str, value: str, seconds: int | None) -> None:
    """Keep a secret in this browser alone, out of reach of scripts and of other sites' forms (U09); without
    `seconds` until it is closed."""
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
    found = await ui.database.reading(_owner, session, at)
    if found is None:
        return Visitor(None, None, seal, at)
    person, note = found[0], found[1] and request.method == "GET"  # whose answer tells the browser so too
    if note:
        await ui.database.writing(access.keep_session, session, at + SESSION_LASTS, at)
    return Visitor(person, session, seal, at, longer=note)


def keep(ui: Ui, request: Request, found: Visitor, response: Response) -> None:
    """Let this browser keep its seal, once; and its session as long as the server does."""
    if request.cookies.get(cookie(ui.settings, "seal")) != found.seal:
        set_cookie(ui.settings, response, "seal", found.seal, YEAR)
    if found.session is not None and found.longer:
        begin(ui.settings, response, found.session)


def begin(settings: Settings, response: Response, session: str) -> None:
    """Signed in: this browser keeps the session's secret."""
    set_cookie(settings, response, "session", session, int(SESSION_LASTS.total_seconds()))


def require_own_form(ui: Ui, request: Request, seal_in_form: str | None) -> None:
    """Refuse a POST that another site made somebody's browser send."""
    fetch_site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetch_site is not None:
        believed = fetch_site == "same-origin" and origin in (None, ui.settings.origin)
    elif origin is not None:
        believed = origin == ui.settings.origin
    else:
        kept = request.cookies.get(cookie(ui.settings, "seal")) or ""
        believed = bool(kept) and compare_digest(kept.encode(), (seal_in_form or "").encode())
    if not believed:
        raise NotAllowed(phrase("This form came from another site. Go back, and try it from our own page."))


def _owner(tx: Transaction, session: str, at: datetime) -> tuple[Resident, bool] | None:
    found = access.session_owner(tx, session, at)
    if found is None:
        return None
    try:
        return residents.get(tx, found[0], at), found[1]
    except NotFound:
        return None
