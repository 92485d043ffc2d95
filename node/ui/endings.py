"""How a broker ends somebody's post from the board: closed, or handed to a professional; they read why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from node.acts import board as acts
from node.neighbourhood.board import EXPLANATION_LENGTH
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Conflict, Invalid, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.storage.database import Transaction
from node.ui import board
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form


@dataclass(frozen=True)
class Ending:
    """One way to end a post: its question, what it means, what to write, and the button."""

    act: Callable[[Transaction, Resident, str, str, datetime], Post]
    title: Words
    then: Words
    asks: Words
    hint: Words
    yes: Words
    icon: str


CLOSE = Ending(
    acts.close_for,
    phrase("Close this for %(name)s?"),
    phrase(
        "%(name)s gets a mail, reads what you write here, and can open it again. "
        "Who still waits for an answer hears it kindly."
    ),
    phrase("Why?"),
    phrase("For example: this has been arranged already. No illness, no address, no names of others."),
    phrase("Yes, close it"),
    "check",
)
REFER = Ending(
    acts.refer,
    phrase("Hand this to a professional, for %(name)s?"),
    phrase(
        "First ask %(name)s whether that is all right. Then nobody else sees the post any more. "
        "%(name)s gets a mail, reads what you write here, and can open it again. "
        "Who still waits for an answer hears it kindly."
    ),
    phrase("Who takes it over, and what happens now?"),
    phrase("For example: the district team calls you on Monday. No illness, no address."),
    phrase("Yes, hand it over"),
    "users",
)


async def closing(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /board/{post}/close: write why, first. Only a broker."""
    return await _asked(ui, request, who, CLOSE, Form())


async def close(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /board/{post}/close: close it for the poster, who reads why. Only a broker."""
    solved = replace(CLOSE, act=partial(acts.close_for, elsewhere=True)) if form["elsewhere"] else CLOSE
    return await _end(ui, request, who, solved, form, "closed")


async def referring(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /board/{post}/refer: write to whom, first. Only a broker."""
    return await _asked(ui, request, who, REFER, Form())


async def refer(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /board/{post}/refer: hand it over for the poster, who reads to whom. Only a broker."""
    return await _end(ui, request, who, REFER, form, "referred")


async def _end(ui: Ui, request: Request, who: Visitor, ending: Ending, form: Form, said: str) -> Response:
    by, post_id = who.required(Deed.SEE_BOARD), request.path_params["post"]
    try:
        await ui.database.writing(ending.act, by, post_id, form["words"], who.at)
    except (Invalid, Conflict) as refused:
        return await _asked(ui, request, who, ending, *form.refused(refused))
    return go_to(f"{board.LIST}?said={said}")


async def _asked(
    ui: Ui, request: Request, who: Visitor, ending: Ending, form: Form, code: int = 200
) -> Response:
    by = who.required(Deed.SEE_BOARD)
    card, _ = await ui.database.reading(board.ours, by, request.path_params["post"], who.at)
    title, then = (phrase(words.text, name=card.author) for words in (ending.title, ending.then))
    values = {"card": card, "ending": ending, "title": title, "then": then, "form": form}
    values["elsewhere"] = ending.yes is CLOSE.yes and card.kind == Kind.REQUEST
    more = {"most": EXPLANATION_LENGTH, "path": board.LIST, "current": "board"}
    return ui.page(request, who, "ending.html", code, **values, **more)
