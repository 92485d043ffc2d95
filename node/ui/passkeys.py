"""Passkeys: made, named and ended on a page of one's own; shown to come in, or before something weighty."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import passkeys as acts
from node.caller import caller
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage import passkeys, residents
from node.ui import ceremony, signin
from node.ui.ceremony import Unproved
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

LIST = "/me/passkeys"
SAID = {
    "made": phrase("Your passkey works from now on."),
    "named": phrase("We keep the new name."),
    "ended": phrase("This passkey lets nobody in any more."),
}


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """My passkeys, and how to make one. Anybody with an account."""
    return await _mine(ui, request, who, Form())


async def to_make(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """What the browser asks its device to make. Anybody with an account."""
    person = who.required(Deed.READ_OWN)
    challenge = await _challenge(ui, request, who, acts.ADD)
    known = await ui.database.reading(passkeys.of, person.id)
    asked = ceremony.to_make(ui.settings, person, challenge, known, _verified(ui, who))
    return _json({"publicKey": asked})


async def to_prove(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """What the browser asks its device to sign, before something weighty. Anybody with an account."""
    who.required(Deed.READ_OWN)
    challenge = await _challenge(ui, request, who, acts.PROVE)
    return _json({"publicKey": ceremony.to_sign(ui.settings, challenge, verified=True)})


async def to_sign_in(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """What the browser asks its device to sign, to come in. Anybody."""
    challenge = await _challenge(ui, request, who, acts.SIGN_IN)
    return _json({"publicKey": ceremony.to_sign(ui.settings, challenge, verified=False)})


async def add(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Keep what the device made. Anybody with an account; who holds a role has to be known to the device."""
    person = who.required(Deed.READ_OWN)
    verified = _verified(ui, who)
    try:
        challenge = await _taken(ui, who, acts.ADD, form["credential"])
        made = ceremony.made(ui.settings, form["credential"], challenge, verified)
        values = (made.credential, made.public_key, made.counter, made.verified)
        await ui.database.writing(acts.add, person, *values, form["name"], who.at)
    except Unproved as refused:
        return await _mine(ui, request, who, Form({"name": form["name"]}, reason=refused.reason), 400)
    except Invalid as refused:
        return await _mine(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}?said=made")


async def rename(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Call a passkey otherwise. Only whose it is."""
    person, which = who.required(Deed.READ_OWN), request.path_params["passkey"]
    try:
        await ui.database.writing(acts.rename, person, which, form["name"])
    except Invalid as refused:
        return await _mine(ui, request, who, Form(reason=refused.errors["name"]), 422)
    return go_to(f"{LIST}?said=named")


async def end(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """A passkey lets nobody in any more. Only whose it is; never the last way in."""
    person, which = who.required(Deed.READ_OWN), request.path_params["passkey"]
    await ui.database.writing(acts.end, person, which, who.at, asked=not ui.settings.town)
    return go_to(f"{LIST}?said=ended")


async def prove(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """I am still who I was: noted in this session. Answered to the script of the page, which goes on then."""
    person = who.required(Deed.READ_OWN)
    try:
        signed = await _signed(ui, who, acts.PROVE, form["credential"], verified=True)
    except Unproved:
        return _json({"ok": False}, 400)
    proved = await ui.database.writing(acts.prove, person, signed, who.session or "", who.at)
    return _json({"ok": proved}, 200 if proved else 400)


async def enter(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Come in by a passkey."""
    own = form["own"] == "yes"
    try:
        signed = await _signed(ui, who, acts.SIGN_IN, form["credential"], verified=False)
    except Unproved as refused:
        return signin.refused(ui, request, who, refused.reason)
    how = {"own": own, "asked": not ui.settings.town}
    began = await ui.database.writing(acts.sign_in, signed, who.session, who.at, **how)
    if began is None:
        return signin.refused(ui, request, who, ceremony.WRONG)
    return await signin.welcome(ui, request, who, began, own=own, wanted=form["next"])


async def _challenge(ui: Ui, request: Request, who: Visitor, what: str) -> str:
    by = None if what == acts.SIGN_IN else who.person
    caller_now = caller(request, ui.settings.trusted_proxies)
    return await ui.database.writing(acts.ask, what, by, who.seal, caller_now, who.at)


async def _taken(ui: Ui, who: Visitor, what: str, sent: str) -> str:
    """The challenge that this browser answers: gone from here on, whatever comes of it. Raises Unproved."""
    by = None if what == acts.SIGN_IN or who.person is None else who.person.id
    challenge = ceremony.challenge_in(sent)
    if not await ui.database.writing(passkeys.take, challenge, what, by, who.seal, who.at):
        raise Unproved
    return challenge


async def _signed(ui: Ui, who: Visitor, what: str, sent: str, *, verified: bool) -> acts.Signed:
    challenge = await _taken(ui, who, what, sent)
    found = await ui.database.reading(passkeys.by_credential, ceremony.credential_in(sent))
    if found is None:
        raise Unproved
    return ceremony.signed(ui.settings, sent, challenge, found, verified)


def _verified(ui: Ui, who: Visitor) -> bool:
    """Whether the device has to know its owner: for who holds a role, also one that rests."""
    return bool(who.resting or (who.person and who.person.roles)) and not ui.settings.town


async def _mine(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    person = who.required(Deed.READ_OWN)
    values: dict[str, Any] = {
        "passkeys": await ui.database.reading(passkeys.of, person.id),
        "possible": ceremony.possible(ui.settings),
        "resting": who.resting,
        "by": await ui.database.reading(residents.passkey_by, person.id, who.at),
        "form": form,
        "path": LIST,
        "said": SAID.get(request.query_params.get("said", ""), "") if code == 200 else "",
        "needs": _verified(ui, who),
        "first": who.shown.wanted(who.at),
    }
    return ui.page(request, who, "passkeys.html", code, current="me", **values)


def _json(content: dict[str, Any], code: int = 200) -> Response:
    body = json.dumps(content)
    return Response(body, code, {"Cache-Control": "private, no-store"}, "application/json")
