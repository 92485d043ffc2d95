"""Answering a post, and what can be done with an answer: choose it, say no, take it back, be done, call it
off, hide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import appointments, matches, responses
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, ResponseState
from node.storage import matches as kept_matches
from node.storage.database import Transaction
from node.ui import appointment, post, worry
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.given import Answer
from node.ui.post import View
from node.ui.sure import Sure

WORRYING = ("text", "when")
Act = Callable[[Transaction, Resident, str, str, datetime], object]


@dataclass(frozen=True)
class Deed:
    """What can be done with an answer. `own`: by who gave it, else by who decides; `states`: while so."""

    sure: Sure
    act: Act
    own: bool = False
    states: tuple[ResponseState, ...] = (ResponseState.PENDING,)
    kinds: tuple[Kind, ...] = (Kind.REQUEST, Kind.OFFER)


def _complete(tx: Transaction, by: Resident, _post_id: str, answer_id: str, at: datetime) -> object:
    return matches.complete(tx, by, _match(tx, answer_id), at)


def _call_off(tx: Transaction, by: Resident, _post_id: str, answer_id: str, at: datetime) -> object:
    return matches.cancel(tx, by, _match(tx, answer_id), at)


def _decline(tx: Transaction, by: Resident, _post_id: str, answer_id: str, at: datetime) -> object:
    return responses.decline(tx, by, answer_id, at)


def _take_back(tx: Transaction, by: Resident, _post_id: str, answer_id: str, at: datetime) -> object:
    return responses.withdraw(tx, by, answer_id, at)


def _match(tx: Transaction, answer_id: str) -> str:
    found = kept_matches.of_response(tx, answer_id)
    if found is None:
        raise Conflict(phrase("There is no agreement on this any more."))
    return found.id


DEEDS = {
    "choose": Deed(
        Sure(
            phrase("Do you choose %(name)s?"),
            phrase(
                "Then it is agreed: %(name)s hears it at once. When no more help is needed, "
                "the others hear kindly that it is settled."
            ),
            phrase("Yes, I choose %(name)s"),
            "handshake",
        ),
        matches.agree,
    ),
    "decline": Deed(
        Sure(
            phrase("Say no to %(name)s?"),
            phrase("%(name)s hears kindly that it is not needed this time. You cannot take this back."),
            phrase("Yes, say it kindly"),
            "send",
        ),
        _decline,
    ),
    "done": Deed(
        Sure(
            phrase("Did it work out with %(name)s?"),
            phrase("Then we tick it off, here and with everybody who could see it."),
            phrase("Yes, it is done"),
            "heart",
        ),
        _complete,
        states=(ResponseState.ACCEPTED,),
    ),
    "off": Deed(
        Sure(
            phrase("Is it off with %(name)s?"),
            phrase("%(name)s hears it at once. Your neighbours can answer again."),
            phrase("Yes, call it off"),
            "x",
            stop=True,
        ),
        _call_off,
        states=(ResponseState.ACCEPTED,),
    ),
    "back": Deed(
        Sure(
            phrase("Do you take your answer back?"),
            phrase("That is all right. We let the other know at once, so that somebody else can come."),
            phrase("Yes, take it back"),
            "undo-2",
            stop=True,
        ),
        _take_back,
        own=True,
        states=LIVE,
    ),
    "leave": Deed(
        Sure(
            phrase("Do you not come after all?"),
            phrase("That is all right. We let the other know, so that somebody else can have your place."),
            phrase("No, I do not come"),
            "undo-2",
            stop=True,
        ),
        _take_back,
        own=True,
        states=LIVE,
        kinds=(Kind.EVENT,),
    ),
    "away": Deed(
        Sure(
            phrase("Can %(name)s not come?"),
            phrase("%(name)s hears at once that it is off. The place is free again."),
            phrase("No, %(name)s cannot come"),
            "x",
            stop=True,
        ),
        _decline,
        states=(ResponseState.ACCEPTED,),
        kinds=(Kind.EVENT,),
    ),
    "hide": Deed(
        Sure(
            phrase("Hide what %(name)s says?"),
            phrase("Then nobody reads it here any more. You cannot undo this."),
            phrase("Yes, hide it"),
            "eye-off",
            stop=True,
        ),
        _decline,
        states=(ResponseState.ACCEPTED,),
        kinds=(Kind.NOTICE,),
    ),
    "delete": Deed(
        Sure(
            phrase("Delete what you said here?"),
            phrase("Then your words are gone, here and at the home of this notice."),
            phrase("Yes, delete it"),
            "trash-2",
            stop=True,
        ),
        _take_back,
        own=True,
        states=(ResponseState.ACCEPTED,),
        kinds=(Kind.NOTICE,),
    ),
}


async def send(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /o/{post}/answers: say yes, *I come*, or something in public. Any resident may; to their own post
    only in public."""
    if form.speak:
        view = await ui.database.reading(post.look, who, request.path_params["post"])
        return post.shown(ui, request, who, view, form)
    post_id, form = request.path_params["post"], worry.answered(form, WORRYING)
    warned = worry.warned(form, WORRYING)
    if form["go"] == worry.OUT or warned:
        view = await ui.database.reading(post.look, who, post_id)
        if "answer" in view.ways:
            return post.shown(ui, request, who, view, form, warned=warned)
    try:
        await ui.database.writing(
            responses.answer, who.signed_in(), post_id, form["text"], who.at, when=form["when"]
        )
    except (Invalid, Conflict) as refused:
        view = await ui.database.reading(post.look, who, post_id)
        answered = view.answer is not None and view.answer.live
        if isinstance(refused, Invalid) or not answered:  # else: the button was pressed twice
            return post.shown(ui, request, who, view, *form.refused(refused))
    return go_to(f"/o/{post_id}?said=answered#answers")


async def sure(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /o/{post}/answers/{answer}/{deed}: are you sure? For whoever may do it."""
    view, answer, deed = await _asked(ui, request, who)
    if answer.state not in deed.states or answer.agreement is MatchState.DONE:
        return go_to(view.card.url)
    return _ask(ui, request, who, view, answer, deed, Form())


def _ask(
    ui: Ui,
    request: Request,
    who: Visitor,
    view: View,
    answer: Answer,
    deed: Deed,
    form: Form,
    status: int = 200,
) -> Page:
    """The question; who chooses somebody may say at once when it is to be. (A broker does not write in the
    conversation of the two.)"""
    values = {"view": view, "answer": answer, "sure": deed.sure.about(answer.name), "elsewhere": False}
    values["form"] = form if deed.act is matches.agree and view.card.mine else None
    values["action"] = f"{view.card.url}/answers/{answer.id}/{request.path_params['deed']}"
    return ui.page(request, who, "sure.html", status, **values)


async def do(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /o/{post}/answers/{answer}/{deed}: yes, do it. The acts say who may."""
    view, answer, deed = await _asked(ui, request, who)
    act = deed.act
    try:
        if act is matches.agree and view.card.mine:
            act = _with_time(form, ui.settings.home.zone, who.at)
        await ui.database.writing(act, who.signed_in(), view.post.id, answer.id, who.at)
    except Invalid as wrong:
        return _ask(ui, request, who, view, answer, deed, *form.refused(appointment.at_its_field(wrong)))
    except Conflict as late:
        view, answer, _ = await _asked(ui, request, who)
        if deed.act is not matches.agree or answer.agreement is not MatchState.AGREED:  # else: pressed twice
            return post.shown(ui, request, who, view, *Form().refused(late))
    return go_to(f"{view.card.url}?said={request.path_params['deed']}")


def _with_time(form: Form, zone: tzinfo, at: datetime) -> Act:
    """Choose somebody, and say when it is to be if that was filled in: both, or neither."""
    moment = appointment.filled_in(form, zone)
    if moment is None:
        return matches.agree

    def choose(tx: Transaction, by: Resident, post_id: str, answer_id: str, at: datetime) -> object:
        made = matches.agree(tx, by, post_id, answer_id, at)
        appointments.make(tx, by, answer_id, moment, appointment.words(moment, at, zone), at)
        return made

    return choose


async def _asked(ui: Ui, request: Request, who: Visitor) -> tuple[View, Answer, Deed]:
    """The post, the answer and the deed of an address. NotFound for what this visitor may not know of."""
    view = await ui.database.reading(post.look, who, request.path_params["post"])
    deed = DEEDS.get(request.path_params["deed"])
    if deed is not None and view.post.kind in deed.kinds:
        for answer in _within_reach(view, deed):
            if answer.id == request.path_params["answer"]:
                return view, answer, deed
    raise NotFound(phrase("This answer is not here, or no longer."))


def _within_reach(view: View, deed: Deed) -> list[Answer]:
    """The answers with which this visitor may do that."""
    if view.post.kind is not Kind.NOTICE:
        return [view.answer] if deed.own and view.answer else [] if deed.own else view.answers or []
    if deed.own:
        return [answer for answer in view.comments if answer.mine]
    return view.comments if "hide" in view.ways else []
