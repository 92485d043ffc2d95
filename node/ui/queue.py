"""The supervisor's queue: what was reported, why it stands here, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import moderation, reports
from node.neighbourhood.activity import Entry, Happening
from node.neighbourhood.audience import may_see
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, Words, phrase
from node.neighbourhood.report import REASON_LENGTH, Measure, Report
from node.neighbourhood.roles import Deed
from node.storage import log, nodes, outbox, replies, sayings
from node.storage import reports as kept
from node.storage.database import Transaction
from node.storage.reports import Waiting
from node.ui.cards import Card, cards
from node.ui.decided import CAME, Decided, last
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.report import WRONG
from node.ui.slices import PAGE, Slice, number
from node.ui.words import Sign

LIST = "/queue"
HIDDEN_MOST = 50
EARLIER_MOST = 50
STAYS, SEND = "stays", "send"
KINDS = {
    Kind.REQUEST: phrase("Request:"),
    Kind.OFFER: phrase("Offer:"),
    Kind.NOTICE: phrase("Notice:"),
    Kind.EVENT: phrase("Activity:"),
}
SAID = {
    STAYS: phrase("It stays. Everybody who reported it hears."),
    Measure.HIDE: phrase("It is out of sight. Everybody who reported it hears."),
    Measure.REMOVE: phrase("It is removed, here and everywhere. Everybody who reported it hears."),
    Measure.ASK: phrase("The writer is asked to change it."),
    SEND: phrase("Your words are on their way."),
}


@dataclass(frozen=True)
class Said:
    """One report as a supervisor reads it: not who, but from what side. `node`: of another node; `came`: what
    was made of it."""

    wrong: Sign
    text: str
    node: str
    created: datetime
    came: Words | str = ""


@dataclass(frozen=True)
class Case:
    """One thing that waits. `home`: the node of a post of others; `heard`: what other nodes answered us;
    `away`: it is out of sight; `url`: its page, if this supervisor sees that. On the page of one thing alone:
    what was decided `last`, and the `earlier` reports."""

    post: Post
    card: Card
    since: datetime
    reports: list[Said]
    why: list[Words]
    heard: list[tuple[str, str]]
    home: str
    away: bool
    url: str
    last: Decided | None = None
    earlier: Sequence[Said] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """What can be done, the first on the green button."""
        if self.home:
            return (STAYS,) if self.away and not self.reports else (STAYS, Measure.HIDE)
        return (STAYS, Measure.ASK, *(() if self.away else (Measure.HIDE,)), Measure.REMOVE)


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /queue: what waits, the oldest on top. Only a supervisor."""
    who.required(Deed.MODERATE, Deed.SEE_QUEUE)
    shown, hidden, elsewhere, written = await ui.database.reading(
        _look, who, number(request.query_params.get("from"))
    )
    said = SAID.get(request.query_params.get("said", ""), "")
    values = {"shown": shown, "hidden": hidden, "path": LIST, "said": said, "form": Form(), "alone": False}
    values |= {"elsewhere": elsewhere, "written": written}
    return ui.page(request, who, "queue.html", **values, **_frame())


async def case(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /queue/{post}: one post, reported or not. Only a supervisor, and not about their own."""
    who.required(Deed.MODERATE, Deed.SEE_QUEUE)
    return await _one(ui, request, who, Form())


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /queue/{post}: decide, with a reason. Only a supervisor, and not about their own."""
    by, key, what = who.required(Deed.MODERATE, Deed.SEE_QUEUE), request.path_params["post"], form["what"]
    try:
        if what == SEND:
            await ui.database.writing(reports.send_on, by, key, form["category"], form["words"], who.at)
        elif what == STAYS:
            await ui.database.writing(moderation.dismiss, by, key, form["reason"], form["told"], who.at)
        else:
            words = (what, form["reason"], form["told"])
            await ui.database.writing(moderation.uphold, by, key, *words, who.at)
    except (Invalid, Conflict) as refused:
        return await _one(ui, request, who, *form.refused(refused))
    return go_to(f"{LIST}?said={what}")


def _frame() -> dict[str, Any]:
    choices = [("", phrase("Choose")), *((word, sign.word) for word, sign in WRONG.items())]
    return {"wrong_words": choices, "kinds": KINDS, "most": REASON_LENGTH, "current": "me"}


async def _one(ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200) -> Page:
    found = await ui.database.reading(_single, who, request.path_params["post"])
    shown = Slice([found], 0, 1)
    values = {"shown": shown, "hidden": [], "path": LIST, "said": "", "form": form, "alone": True}
    return ui.page(request, who, "queue.html", status, **values, **_frame())


def _single(tx: Transaction, who: Visitor, post_id: str) -> Case:
    post = moderation.judged(tx, who.signed_in(), post_id)
    before = kept.decided_about(tx, post.id, EARLIER_MOST)
    known = nodes.known(tx, {report.node_id for report in before if report.node_id is not None})
    found = _cases(tx, who, [kept.about(tx, post)])[0]
    return replace(found, last=last(tx, post, before), earlier=[said(report, known) for report in before])


def _look(tx: Transaction, who: Visitor, start: int) -> tuple[Slice[Case], list[Post], int, int]:
    """What waits; what is not shown here; and how many replies from elsewhere, and how many answers and
    messages, wait on their own pages."""
    person = who.signed_in()
    found = kept.oldest(tx, person.id, start, PAGE)
    total = kept.length(tx, person.id)
    hidden = kept.hidden_here(tx, HIDDEN_MOST)
    return (
        Slice(_cases(tx, who, found), start, total),
        hidden,
        replies.count(tx),
        sayings.length(tx, person.id),
    )


def _cases(tx: Transaction, who: Visitor, found: list[Waiting]) -> list[Case]:
    about = [one.post for one in found]
    ids = {post.node_id for post in about} | {r.node_id for one in found for r in one.reports}
    known = nodes.known(tx, {one for one in ids if one is not None})
    shown = cards(tx, who.person, about, who.at)
    return [_case(tx, who, one, card, known) for one, card in zip(found, shown, strict=True)]


def _case(tx: Transaction, who: Visitor, one: Waiting, card: Card, known: dict[str, Node]) -> Case:
    post, happened = one.post, log.of(tx, one.post.id)
    home = known[post.node_id].name if post.node_id is not None else ""
    return Case(
        post=post,
        card=card,
        since=one.since,
        reports=[said(report, known) for report in one.reports],
        why=_why(tx, one, home, happened, known),
        heard=_heard(tx, happened),
        home=home,
        away=_away(post),
        url=f"/o/{post.id}" if may_see(who.person, post, who.at) else "",
    )


def _away(post: Post) -> bool:
    return post.hidden or (post.own and post.state is State.WAITING)


def said(report: Report, known: dict[str, Node]) -> Said:
    came = CAME.get(report.state, "")
    return Said(WRONG[report.category], report.text, origin_of(report, known), report.created, came)


def origin_of(report: Report, known: dict[str, Node]) -> str:
    """The node that passed it on; empty for a neighbour of our own, whose name stays unsaid."""
    if report.resident is not None:
        return ""
    node = known.get(report.node_id or "")
    return node.name if node is not None else "/".join(report.uri.split("/")[:3])


def _why(
    tx: Transaction, one: Waiting, home: str, happened: list[Entry], known: dict[str, Node]
) -> list[Words]:
    """Why it stands here, in sentences."""
    ours = sum(report.resident is not None for report in one.reports)
    theirs = dict.fromkeys(origin_of(report, known) for report in one.reports if report.resident is None)
    said = []
    if ours:
        said.append(neighbours(ours))
    said += [phrase("%(name)s asks us to look at it.", name=name) for name in theirs]
    if _away(one.post):
        said += _out_of_sight(one.post, happened)
    if home and outbox.latest(tx, "Flag", one.post.uri) is not None:
        said.append(phrase("%(name)s, where it comes from, knows it too.", name=home))
    return said


def neighbours(number: int) -> Words:
    if number == 1:
        return phrase("A neighbour reported this.")
    return phrase("%(num)d different neighbours reported this.", num=number)


def _out_of_sight(post: Post, happened: list[Entry]) -> list[Words]:
    """Who put it out of sight, and whether its writer changed it since."""
    steps = (Happening.HELD, Happening.HIDDEN, Happening.EDITED)
    lately = [entry for entry in happened if entry.what in steps]
    by = next((entry for entry in reversed(lately) if entry.what is not Happening.EDITED), None)
    if not post.own:
        return [phrase("It is not shown here.")]
    if by is not None and by.what is Happening.HELD:
        return [phrase("It is about childcare. Nobody sees it until you have looked.")]
    said = phrase("A supervisor put it out of sight.") if by and by.who else None
    said = said or phrase("So it is out of sight until somebody looked.")
    changed = bool(lately) and lately[-1].what is Happening.EDITED
    return [said, phrase("Its writer changed it since.")] if changed else [said]


def _heard(tx: Transaction, happened: list[Entry]) -> list[tuple[str, str]]:
    """What other nodes answered to what we passed on about this post."""
    told = [entry for entry in happened if entry.what is Happening.REPORT_DECIDED and entry.who and entry.why]
    known = nodes.known(tx, {entry.who for entry in told if entry.who})
    return [(known[entry.who].name, entry.why or "") for entry in told if entry.who in known]
