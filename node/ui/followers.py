"""Accounts of other software, for the operator: who may follow us, who asks to, and who does."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import accounts as acts
from node.acts import policies
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import A_MINUTE_LEAST, A_MINUTE_MOST, Followers, Policy
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.roles import Deed
from node.storage import accounts
from node.storage import policies as kept_policies
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.slices import PAGE, Slice, number
from node.ui.sure import Sure
from node.ui.words import Sign

LIST = "/operator/followers"
WHO = {
    Followers.OPEN: Sign(
        phrase("Everybody"), "globe", phrase("What they get is public anyway. Most nodes choose this.")
    ),
    Followers.ASK: Sign(
        phrase("Whom we let in"), "eye", phrase("Each of them waits until an operator has looked.")
    ),
    Followers.CLOSED: Sign(
        phrase("Nobody"), "lock", phrase("Who follows already goes on. Other Buurtknopen always may.")
    ),
}
MINUTE = phrase(
    "From %(least)d to %(most)d. What is more is refused, and that server tries again later.",
    least=A_MINUTE_LEAST,
    most=A_MINUTE_MOST,
)
SAID = {
    "policy": phrase("This is how it is from now on."),
    "in": phrase("It follows us now, and hears it."),
    "no": phrase("You said no. It hears it now."),
    "out": phrase("It does not follow us any more, and hears it."),
}
NO = Sure(
    phrase("Say no to %(name)s?"),
    phrase("That account hears that it may not follow us. It can ask again. To keep it out, block it."),
    phrase("Yes, say no"),
    "x",
    stop=True,
)
OUT = Sure(
    phrase("No longer let %(name)s follow us?"),
    phrase(
        "It hears so, and gets no new posts. It can follow again as anybody may. To keep it out, block it."
    ),
    phrase("Yes, no longer"),
    "x",
    stop=True,
)


@dataclass(frozen=True)
class View:
    """The whole page: what was chosen, who asks, and who follows, the newest first."""

    policy: Policy
    asking: Slice[Account]
    following: Slice[Account]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/followers. Only an operator."""
    return await _listed(ui, request, who, None)


async def choose(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Say who may follow, and how much one server may send. Only an operator."""
    by = who.required(Deed.RUN_BORDERS)

    def chosen(tx: Transaction) -> Policy:
        a_minute = number(form["a_minute"].strip())  # what is no number is 0, and so refused
        return policies.choose(tx, by, who.at, followers=form["followers"], a_minute=a_minute)

    try:
        await ui.database.writing(chosen)
    except Invalid as refused:
        return await _listed(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}?said=policy")


async def admit(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Let an account follow us that asked to. Only an operator."""
    by, account = who.required(Deed.RUN_BORDERS), request.path_params["account"]
    await ui.database.writing(acts.admit, by, account, who.at)
    return go_to(f"{LIST}?said=in")


async def refusing(ui: Ui, request: Request, who: Visitor) -> Response:
    """Are you sure that an account may not follow us, or no longer? Only an operator."""
    who.required(Deed.RUN_BORDERS)
    account = await ui.database.reading(accounts.get, request.path_params["account"])
    if account.their_follow not in (Follow.PENDING, Follow.ACCEPTED):
        raise Conflict(phrase("This account does not follow us."))
    question = OUT if account.follows else NO
    sure = question.about(account.name or account.handle)
    values: dict[str, Any] = {"sure": sure, "about": account, "path": LIST}
    return ui.page(request, who, "follower-no.html", current="me", **values)


async def refuse(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """An account may not follow us, or no longer. Only an operator."""
    by, account_id = who.required(Deed.RUN_BORDERS), request.path_params["account"]
    before = await ui.database.reading(accounts.get, account_id)
    await ui.database.writing(acts.refuse, by, account_id, who.at)
    return go_to(f"{LIST}?said={'out' if before.follows else 'no'}")


async def _listed(ui: Ui, request: Request, who: Visitor, form: Form | None, code: int = 200) -> Response:
    who.required(Deed.RUN_BORDERS)
    query = request.query_params
    view = await ui.database.reading(_look, number(query.get("asking")), number(query.get("from")))
    if form is None:
        form = Form({"followers": view.policy.followers, "a_minute": str(view.policy.a_minute)})
    said = SAID.get(query.get("said", ""), "") if code == 200 else ""
    values: dict[str, Any] = {"view": view, "form": form, "said": said, "path": LIST}
    values |= {"choices": WHO, "minute": MINUTE}
    return ui.page(request, who, "followers.html", code, current="me", **values)


def _look(tx: Transaction, asking: int, start: int) -> View:
    asks = accounts.following(tx, Follow.PENDING, None, PAGE, asking)
    follows = accounts.following(tx, Follow.ACCEPTED, None, PAGE, start)
    return View(
        kept_policies.current(tx),
        Slice(asks, asking, accounts.asking(tx)),
        Slice(follows, start, accounts.followers(tx)),
    )
