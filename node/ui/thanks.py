"""Saying thank you, who may read it, and the page with what neighbours let everybody read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import thanks
from node.neighbourhood.audience import may_see
from node.neighbourhood.match import MatchState
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.thanks import WORDS_LENGTH, Thanks, giver, may_stand
from node.neighbourhood.thread import Message, Thread
from node.storage import posts, sayings
from node.storage import thanks as kept
from node.storage import threads as kept_threads
from node.storage.database import Transaction
from node.ui import worry
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

MOST = 100
WORRYING = ("text",)
DEEDS: dict[str, Callable[[Transaction, Resident, str, datetime], Thanks]] = {
    "show": thanks.show,
    "hide": thanks.hide,
}


@dataclass(frozen=True)
class View:
    """The thank-you of one conversation, as one of the two sees it. `giver`: who was helped; `here`: both
    live here, so that others may read it; `message`: its words, once it was said."""

    thread: Thread
    giver: bool
    here: bool
    thanks: Thanks | None
    message: Message | None

    @property
    def talk(self) -> str:
        return f"/talks/{self.thread.response.id}"

    @property
    def mine(self) -> bool:
        """Whether this one of the two lets everybody read it."""
        yes = self.thanks and (self.thanks.giver_yes if self.giver else self.thanks.thanked_yes)
        return yes is not None

    @property
    def to_say(self) -> bool:
        """Whether it can be said now."""
        match = self.thread.match
        return self.thanks is None and self.giver and match is not None and match.state is MatchState.DONE


@dataclass(frozen=True)
class Read:
    """One that everybody may read. `title` and `url`: of what it is about, for who may see that; `report`: to
    say that something is wrong; `own`: to where one of the two decides about it."""

    giver: str
    thanked: str
    text: str
    at: datetime
    title: str
    url: str
    report: str
    own: str


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /thanks. Everybody; what a post was about stands there for who may see that post."""
    found = await ui.database.reading(_listed, who)
    return ui.page(request, who, "thanks.html", read=found)


async def one(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /talks/{answer}/thanks. Only the two; there is nothing to see before it can be said."""
    view = await ui.database.reading(_look, who.signed_in(), request.path_params["answer"])
    if view.thanks is None and not view.to_say:
        return go_to(view.talk)
    return _shown(ui, request, who, view, Form())


async def send(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/thanks: say it. Only who was helped."""
    person, answer = who.signed_in(), request.path_params["answer"]
    form = worry.answered(form, WORRYING)
    warned = worry.warned(form, WORRYING) if form["public"] else None
    if form["go"] == worry.OUT or warned:
        view = await ui.database.reading(_look, person, answer)
        if view.to_say:
            return _shown(ui, request, who, view, form, warned=warned)
    try:
        await ui.database.writing(thanks.say, person, answer, form["text"], bool(form["public"]), who.at)
    except (Invalid, Conflict, TooMany) as refused:
        view = await ui.database.reading(_look, person, answer)
        return _shown(ui, request, who, view, *form.refused(refused))
    return go_to(f"/talks/{answer}/thanks")


async def do(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/thanks/{deed}: let everybody read it, or nobody any more. Each of the two."""
    person, answer = who.signed_in(), request.path_params["answer"]
    act = DEEDS.get(request.path_params["deed"])
    if act is None:
        raise NotFound(phrase("This page is not here"))
    try:
        await ui.database.writing(act, person, answer, who.at)
    except Conflict as refused:
        view = await ui.database.reading(_look, person, answer)
        return _shown(ui, request, who, view, *form.refused(refused))
    return go_to(f"/talks/{answer}/thanks")


def _look(tx: Transaction, person: Resident, answer_id: str) -> View:
    thread = kept_threads.see(tx, person, answer_id)
    require(person, Deed.WRITE, thread.owner)
    found = kept.of_answer(tx, answer_id)
    message = kept_threads.get(tx, found.message_id) if found is not None else None
    return View(thread, thread.side is giver(thread.post), may_stand(thread), found, message)


def _shown(
    ui: Ui,
    request: Request,
    who: Visitor,
    view: View,
    form: Form,
    status: int = 200,
    *,
    warned: worry.Warned | None = None,
) -> Page:
    values = {"view": view, "form": form, "most": WORDS_LENGTH, "warned": warned}
    return ui.page(request, who, "thank.html", status, **values)


def _listed(tx: Transaction, who: Visitor) -> list[Read]:
    found = kept.newest(tx, MOST)
    about = posts.known(tx, {one.post_id for one in found})
    away = sayings.reported_by(tx, who.person.id) if who.person is not None else frozenset()
    return [
        _read(one, who, about[one.post_id].title if may_see(who.person, about[one.post_id], who.at) else "")
        for one in found
        if one.message_id not in away
    ]


def _read(one: kept.Shown, who: Visitor, title: str) -> Read:
    person = who.admitted.id if who.admitted is not None else ""
    return Read(
        giver=one.giver,
        thanked=one.thanked,
        text=one.text,
        at=one.at,
        title=title,
        url=f"/o/{one.post_id}" if title else "",
        report=f"/report/messages/{one.message_id}" if person and person != one.of[0] else "",
        own=f"/talks/{one.response_id}/thanks" if person in one.of else "",
    )
