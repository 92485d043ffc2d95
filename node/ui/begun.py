"""What somebody began to write: kept each time a step is sent, and there again when they come back.

Before signing in it is kept for this browser, as long as it stays open and for a day at most; whoever signs
in there takes it along. A node keeps only so many texts of strangers: where there is no room, what was typed
still travels in the form.
"""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from node.caller import caller
from node.neighbourhood.post import TEXT_LENGTH, Kind
from node.storage import access
from node.storage import drafts as kept
from node.storage.database import Transaction
from node.storage.drafts import Draft
from node.ui import session
from node.ui.door import Ui, Visitor
from node.ui.forms import Form

COOKIE = "draft"
WORD_MOST, TEXT_MOST = 400, 2 * TEXT_LENGTH  # letters of one field that are kept: more is refused anyway
A_DAY = 30  # new texts of strangers from one address
_LONG = ("text",)


async def of(ui: Ui, request: Request, who: Visitor, kind: Kind) -> Draft | None:
    """What was begun here of this kind, by this person or in this browser."""
    owner = _owner(ui, request, who)
    return await ui.database.reading(kept.of, owner, kind, who.at) if owner else None


async def keep(
    ui: Ui, request: Request, who: Visitor, kind: Kind, form: Form, fields: tuple[str, ...]
) -> str | None:
    """Keep what was typed, once there is a story in it. Gives back the secret that a new stranger's browser
    is to keep."""
    if not (form["title"].strip() or form["text"].strip()):
        return None
    values = {name: form[name][: TEXT_MOST if name in _LONG else WORD_MOST] for name in fields if form[name]}
    if owner := _owner(ui, request, who):
        known = who.person is not None or await ui.database.reading(kept.of, owner, kind, who.at) is not None
        if known:
            await ui.database.writing(kept.keep, owner, kind, values, who.at)
            return None
    secret, asks = secrets.token_urlsafe(24), caller(request, ui.settings.trusted_proxies)
    taken = await ui.database.writing(_of_stranger, secret, kind, values, asks, who)
    return secret if taken else None


async def throw_away(ui: Ui, request: Request, who: Visitor, kind: Kind) -> None:
    """It is not wanted any more."""
    if owner := _owner(ui, request, who):
        await ui.database.writing(kept.drop, owner, kind)


async def take_along(ui: Ui, request: Request, response: Response, person: str, who: Visitor) -> Kind | None:
    """Somebody signed in: what was begun in this browser is theirs, and the browser forgets. Says of which
    kind it is, if there is anything."""
    secret = request.cookies.get(session.cookie(ui.settings, COOKIE))
    if not secret:
        return None
    session.drop_cookie(ui.settings, response, COOKIE)
    return await ui.database.writing(kept.adopt, kept.of_browser(secret), person, who.at)


def remember(ui: Ui, response: Response, secret: str | None) -> Response:
    """Let this browser keep its secret, until it is closed."""
    if secret is not None:
        session.set_cookie(ui.settings, response, COOKIE, secret, None)
    return response


def _owner(ui: Ui, request: Request, who: Visitor) -> str | None:
    if who.person is not None:
        return who.person.id
    secret = request.cookies.get(session.cookie(ui.settings, COOKIE))
    return kept.of_browser(secret) if secret else None


def _of_stranger(
    tx: Transaction, secret: str, kind: Kind, values: dict[str, str], asks: str, who: Visitor
) -> bool:
    """Whether there is room for one more, in all and from this address."""
    lately = access.tries_since(tx, "draft", asks, who.at - kept.KEPT_OF_STRANGERS)
    if lately >= A_DAY or not kept.has_room(tx, who.at):
        return False
    access.note_try(tx, "draft", asks, who.at)
    kept.keep(tx, kept.of_browser(secret), kind, values, who.at)
    return True
