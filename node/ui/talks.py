"""Conversations: what a poster and one helper write to each other, and the details they let be seen."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import appointments, contacts, threads
from node.neighbourhood.audience import may_see
from node.neighbourhood.contact import FIELDS, Contact, Elsewhere, Release
from node.neighbourhood.match import MatchState
from node.neighbourhood.refusal import Conflict, Invalid, NotReachable, Refusal, TooMany, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.thanks import giver
from node.neighbourhood.thread import Message, Side, Thread
from node.storage import contacts as kept_contacts
from node.storage import sayings, thanks, whereabouts
from node.storage import threads as kept
from node.storage.database import Transaction
from node.storage.whereabouts import Whereabouts
from node.ui import appointment
from node.ui.door import Handling, Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.language import gettext
from node.ui.post import shown_state
from node.ui.verdict import Verdict, taken

MOST = 100  # conversations in the list
MESSAGES_MOST = 500  # of one on its page; those before it stay in the API
ENDED = {
    MatchState.CANCELLED: (phrase("the agreement was called off."), "x"),
    MatchState.DONE: (phrase("it worked out."), "heart"),
}


@dataclass(frozen=True)
class Turn:
    """What happened between the two, as a line across the conversation."""

    at: datetime
    words: Words
    icon: str


@dataclass(frozen=True)
class Say:
    """What one of the two wrote. `id` is empty for the answer with which it began. `report`: where to say
    that something is wrong with it, if it is the other's; `reported`: one did so, and nobody decided yet."""

    id: str
    at: datetime
    mine: bool
    text: str
    gone: bool = False
    changed: datetime | None = None
    report: str = ""
    reported: bool = False
    taken: Verdict | None = None  # a supervisor took its words away
    when: str = ""  # when it suits, beside the answer with which it began


@dataclass(frozen=True)
class View:
    """A conversation as one of the two sees it. `url`: the page of the post, while it can be seen; `home`:
    the neighbourhood of the post, whose broker reads the answer with which it began."""

    thread: Thread
    state: str  # of the answer with which it began
    where: Whereabouts
    home: str
    title: str
    url: str
    lines: list[Turn | Say]
    unread: bool
    open: bool
    details: Contact  # one's own
    release: Release | None
    seen: list[datetime]  # when the other looked
    thanked: bool  # it was said on this answer
    helped: bool  # this one of the two was, and may say thank you

    @property
    def path(self) -> str:
        return f"/talks/{self.thread.response.id}"


@dataclass(frozen=True)
class Talk:
    """A conversation in the list."""

    path: str
    name: str
    where: Whereabouts
    title: str
    language: str
    at: datetime
    unread: int


@dataclass(frozen=True)
class Looked:
    """What came of looking at the other's details. Neither `contact` nor `away`: nothing is released."""

    contact: Contact | None = None
    away: bool = False


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /talks. Anybody with an account, for themselves."""
    person = who.required(Deed.READ_OWN)
    found = await ui.database.reading(_listed, person, who.at)
    return ui.page(request, who, "talks.html", talks=found)


async def one(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /talks/{answer}. Only the two; for all others, whatever their office, it is not there."""
    person, answer = who.signed_in(), request.path_params["answer"]
    view = await ui.database.reading(_look, person, answer, who.at)
    if view.unread:
        await ui.database.writing(threads.read, person, answer, view.lines[-1].at)
    return _shown(ui, request, who, view, Form())


async def send(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}: write to the other."""
    person, answer = who.signed_in(), request.path_params["answer"]
    if form.speak:
        return _shown(ui, request, who, await ui.database.reading(_look, person, answer, who.at), form, 200)
    try:
        key = form["key"][:100]
        await ui.database.writing(threads.write, person, answer, form["text"], who.at, form=key)
    except (Invalid, Conflict, TooMany) as refused:
        return await _again(ui, request, who, form, refused)
    return go_to(f"/talks/{answer}#last")


async def agree_on(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/date: say when it is to be; the other reads it as a message."""
    person, answer, zone = who.signed_in(), request.path_params["answer"], ui.settings.home.zone
    try:
        moment = appointment.filled_in(form, zone)
        if moment is None:
            raise Invalid({"agreed_day": phrase("Say on which day.")})
        words = appointment.words(moment, who.at, zone)
        await ui.database.writing(appointments.make, person, answer, moment, words, who.at)
    except Invalid as wrong:
        return await _again(ui, request, who, form, appointment.at_its_field(wrong))
    except (Conflict, TooMany) as refused:
        return await _again(ui, request, who, form, refused)
    return go_to(f"/talks/{answer}#agreement")


async def take_back(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/messages/{message}/end: take a message of one's own back."""
    await ui.database.writing(threads.take_back, who.signed_in(), request.path_params["message"], who.at)
    return go_to(f"/talks/{request.path_params['answer']}#last")


async def release(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/contact: let the other see what was ticked."""
    person, answer = who.signed_in(), request.path_params["answer"]
    ticked = frozenset(field for field in FIELDS if form[field])
    try:
        await ui.database.writing(contacts.release, person, answer, ticked, who.at)
    except (Invalid, Conflict) as refused:
        return await _again(ui, request, who, form, refused)
    return go_to(f"/talks/{answer}#contact")


async def end(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/contact/end: let the other see nothing any more."""
    answer = request.path_params["answer"]
    await ui.database.writing(contacts.take_back, who.signed_in(), answer, who.at)
    return go_to(f"/talks/{answer}#contact")


async def show(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /talks/{answer}/contact/show: what the other lets one see, in this answer alone."""
    person, answer = who.signed_in(), request.path_params["answer"]
    try:
        found = await ui.database.writing(contacts.look, person, answer, who.at)
        looked = Looked(await ui.fetch(found) if isinstance(found, Elsewhere) else found)
    except Conflict as refused:
        return await _again(ui, request, who, form, refused)
    except NotReachable:
        looked = Looked(away=True)
    view = await ui.database.reading(_look, person, answer, who.at)
    return _shown(ui, request, who, view, Form(), 502 if looked.away else 200, looked)


async def _again(ui: Ui, request: Request, who: Visitor, form: Form, refused: Refusal) -> Page:
    """The page with what was typed, and why it did not work."""
    view = await ui.database.reading(_look, who.signed_in(), request.path_params["answer"], who.at)
    page = _shown(ui, request, who, view, *form.refused(refused))
    if isinstance(refused, TooMany):
        page.headers["Retry-After"] = str(refused.wait)
    return page


def _shown(
    ui: Ui,
    request: Request,
    who: Visitor,
    view: View,
    form: Form,
    status: int = 200,
    looked: Looked | None = None,
) -> Page:
    match = view.thread.match
    if match is not None and not any(form[name] for name in appointment.FIELDS):
        fields = appointment.as_fields(match.agreed_for, ui.settings.home.zone)
        form = replace(form, values={**form.values, **fields})
    values = {"view": view, "form": form, "looked": looked, "key": form["key"] or secrets.token_urlsafe(16)}
    return ui.page(request, who, "talk.html", status, Handling(packs=False), **values)


def _look(tx: Transaction, person: Resident, answer_id: str, at: datetime) -> View:
    thread = kept.see(tx, person, answer_id)
    require(person, Deed.WRITE, thread.owner)
    messages = kept.page(tx, answer_id, None, MESSAGES_MOST)
    lines = [_as_said(tx, thread, line) for line in _lines(thread, messages)]
    away = sayings.reported_by(tx, person.id)
    return View(
        thread=thread,
        state=shown_state(tx, thread.post, thread.response),
        where=_where(tx, thread),
        home=whereabouts.of_node(tx, thread.post.node_id).name,
        title=thread.post.title,
        url=f"/o/{thread.post.id}" if may_see(person, thread.post, at) else "",
        lines=sorted((_unreported(line, away) for line in lines), key=lambda line: line.at),
        unread=bool(kept.unread(tx, person.id, answer_id)),
        open=thread.open_at(at),
        details=kept_contacts.of(tx, person.id),
        release=kept_contacts.released(tx, answer_id, thread.side),
        seen=kept_contacts.looks(tx, thread),
        thanked=thanks.of_answer(tx, answer_id) is not None,
        helped=thread.side is giver(thread.post),
    )


def _lines(thread: Thread, messages: list[Message]) -> Iterator[Turn | Say]:
    """All that was said and that happened; of the same moment, what led to the other comes first."""
    response, match, helps = thread.response, thread.match, thread.side is Side.HELPER
    answered = phrase("you answered.") if helps else phrase("%(name)s answered.", name=response.name)
    yield Turn(response.created, answered, "send")
    may_report = thread.post.own and not helps and response.text != ""
    about = f"/report/answers/{response.id}" if may_report else ""
    yield Say("", response.created, helps, response.text, report=about, when=response.when)
    if match is not None:
        yield Turn(match.created, phrase("you both said yes, so it is agreed."), "handshake")
        if match.ended is not None and match.state in ENDED:
            yield Turn(match.ended, *ENDED[match.state])
    for message in reversed(messages):
        mine = message.side is thread.side
        gone = message.deleted is not None
        about = "" if mine or gone else f"/report/messages/{message.id}"
        yield Say(message.id, message.created, mine, message.text, gone, message.changed, about)


def _as_said(tx: Transaction, thread: Thread, line: Turn | Say) -> Turn | Say:
    """With what a supervisor decided about its words, when they are not there."""
    if isinstance(line, Turn) or line.text:
        return line
    return replace(line, taken=taken(tx, line.id or thread.response.id))


def _unreported(line: Turn | Say, away: frozenset[str]) -> Turn | Say:
    """Without the words that this person reported."""
    if isinstance(line, Turn) or line.report.rpartition("/")[2] not in away:
        return line
    return replace(line, text="", when="", reported=True)


def _listed(tx: Transaction, person: Resident, at: datetime) -> list[Talk]:
    return [
        _talk(tx, kept.see(tx, person, waiting.response_id), waiting, person, at)
        for waiting in kept.listing(tx, person.id, MOST)
    ]


def _talk(tx: Transaction, thread: Thread, waiting: kept.Waiting, person: Resident, at: datetime) -> Talk:
    title = thread.post.title if may_see(person, thread.post, at) else ""
    path = f"/talks/{waiting.response_id}"
    name, where = thread.name or gettext("A neighbour"), _where(tx, thread)
    return Talk(path, name, where, title, thread.post.language, waiting.at, waiting.unread)


def _where(tx: Transaction, thread: Thread) -> Whereabouts:
    """Where the other lives."""
    if thread.side is Side.POSTER:
        return whereabouts.of_one(tx, thread.response)
    return whereabouts.of_node(tx, thread.post.node_id)
