"""Saying that something is wrong with a post, or with what somebody wrote, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import reports as acts
from node.acts import sayings
from node.neighbourhood.audience import may_see
from node.neighbourhood.language import UNKNOWN
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, TooMany, phrase
from node.neighbourhood.report import TEXT_LENGTH, Report, ReportCategory, ReportState
from node.neighbourhood.roles import Deed
from node.neighbourhood.saying import Saying, Where
from node.storage import nodes, posts, thanks, whereabouts
from node.storage import reports as kept
from node.storage import sayings as kept_sayings
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.words import Sign

SHOWN = 50
WRONG = {
    ReportCategory.PRIVACY: Sign(
        phrase("It tells too much about somebody"), "id-card", phrase("An address, a number, an illness.")
    ),
    ReportCategory.UNSAFE: Sign(
        phrase("It is not safe"), "triangle-alert", phrase("Somebody could come to harm by it.")
    ),
    ReportCategory.RUDE: Sign(
        phrase("It hurts people"), "heart", phrase("Scolding, threats, or shutting people out.")
    ),
    ReportCategory.FRAUD: Sign(
        phrase("It looks like deceit"), "lock", phrase("Paying first, a PIN, or a strange link.")
    ),
    ReportCategory.SPAM: Sign(
        phrase("It is advertising"), "megaphone", phrase("Somebody only wants to sell something.")
    ),
    ReportCategory.OTHER: Sign(phrase("Something else"), "ellipsis", phrase("Tell us in your own words.")),
}
DECIDED = {
    ReportState.OPEN: Sign(phrase("A supervisor looks at it"), "hourglass", tone="warn"),
    ReportState.UPHELD: Sign(
        phrase("Something was done"),
        "circle-check",
        phrase("Thank you. Something was done about it."),
        "good",
    ),
    ReportState.DISMISSED: Sign(
        phrase("It stays"), "eye", phrase("Thank you. Somebody looked, and found that this may stay.")
    ),
}


@dataclass(frozen=True)
class Reported:
    """What somebody reported, and how it stands. `title` and `url` are empty when the post is gone; `said`:
    it is what somebody wrote about that post."""

    title: str
    url: str
    said: bool
    wrong: Sign
    stands: Sign
    text: str
    outcome: str
    created: datetime
    decided: datetime | None
    language: str


@dataclass(frozen=True)
class Subject:
    """What is to be reported: `title` and `text` as they are quoted. `path` of the form, `back` to where it
    stands. `home`: where it comes from, when that is elsewhere. `again`: this person reported it already."""

    title: str
    text: str
    path: str
    back: str
    home: str
    again: bool
    where: Where | None = None
    told: bool = False  # its home hears at once what sort of thing is wrong
    language: str = UNKNOWN


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /report/{post}. Any resident, about what they may see; a stranger is asked to sign in."""
    who.required(Deed.REPORT)
    return await _asked(ui, request, who, Form())


async def send(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /report/{post}. Any resident, about what they may see and is not theirs."""
    post_id = request.path_params["post"]
    if form.speak:
        return await _asked(ui, request, who, form)
    try:
        await ui.database.writing(
            acts.report, who.signed_in(), post_id, form["category"], form["text"], who.at
        )
    except (Invalid, Conflict, TooMany) as refused:
        return await _asked(ui, request, who, *form.refused(refused))
    return go_to("/reports?said=reported")


async def said_page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /report/{answers, messages}/{id}. Whoever may read it."""
    who.required(Deed.REPORT)
    return await _asked(ui, request, who, Form())


async def send_answer(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /report/answers/{answer}. Whoever may read that answer, and did not give it."""
    return await _send_said(ui, request, who, form, sayings.report_answer, request.path_params["answer"])


async def send_message(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /report/messages/{message}. The one of the two who did not write it."""
    return await _send_said(ui, request, who, form, sayings.report_message, request.path_params["message"])


async def _send_said(
    ui: Ui, request: Request, who: Visitor, form: Form, act: Callable[..., Report], key: str
) -> Page:
    if form.speak:
        return await _asked(ui, request, who, form)
    try:
        await ui.database.writing(act, who.signed_in(), key, form["category"], form["text"], who.at)
    except (Invalid, Conflict, TooMany) as refused:
        return await _asked(ui, request, who, *form.refused(refused))
    return go_to("/reports?said=reported")


async def mine(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /reports: what I reported. Anybody with an account, for themselves."""
    who.required(Deed.READ_OWN)
    found = await ui.database.reading(_mine, who)
    said = request.query_params.get("said", "") == "reported"
    return ui.page(request, who, "reports.html", current="me", reports=found, said=said)


async def _asked(ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200) -> Page:
    about = await ui.database.reading(_look, who, request.path_params)
    values = {"about": about, "form": form, "wrong": WRONG, "most": TEXT_LENGTH}
    return ui.page(request, who, "report.html", status, **values)


def _look(tx: Transaction, who: Visitor, keys: Mapping[str, str]) -> Subject:
    """What an address is about, for whoever may read it."""
    if "answer" in keys:
        return _said(tx, who, kept_sayings.answer(tx, keys["answer"]))
    if "message" in keys:
        return _said(tx, who, kept_sayings.message(tx, keys["message"]))
    post = posts.see(tx, who.person, keys["post"], who.at)
    home = nodes.get(tx, post.node_id).name if post.node_id is not None else ""
    again = _again(who, kept.open_about(tx, post.id))
    path, back = f"/report/{post.id}", f"/o/{post.id}"
    return Subject(post.title, post.text, path, back, home, again, None, home != "", post.language)


def _said(tx: Transaction, who: Visitor, saying: Saying) -> Subject:
    saying = sayings.readable(tx, who.signed_in(), saying, who.at)
    private = saying.where is Where.MESSAGE
    shown = private and thanks.stands(tx, saying.id)
    home = _home(tx, saying)
    return Subject(
        title=saying.name,
        text=saying.text,
        path=f"/report/{'messages' if private else 'answers'}/{saying.id}",
        back="/thanks" if shown else f"/talks/{saying.response.id}" if private else f"/o/{saying.post.id}",
        home=home,
        again=_again(who, kept_sayings.open_about(tx, saying)),
        where=Where.COMMENT if shown else saying.where,  # everybody reads it
        told=saying.public and saying.node_id is not None,
    )


def _home(tx: Transaction, saying: Saying) -> str:
    """Where something said comes from; empty when that is here."""
    if saying.account_id is None and saying.node_id is None:
        return ""
    where = whereabouts.of_one(tx, saying)
    return where.server if where.account else where.name


def _again(who: Visitor, found: list[Report]) -> bool:
    return any(who.person is not None and one.resident == who.person.id for one in found)


def _mine(tx: Transaction, who: Visitor) -> list[Reported]:
    person = who.signed_in()
    found = kept.of_resident(tx, person.id, None, SHOWN)
    about = posts.known(tx, {one.post_id for one in found})
    return [_told(one, about[one.post_id], may_see(person, about[one.post_id], who.at)) for one in found]


def _told(one: Report, post: Post, there: bool) -> Reported:
    return Reported(
        title=post.title if there else "",
        url=f"/o/{post.id}" if there else "",
        said=one.response_id is not None,
        wrong=WRONG[one.category],
        stands=DECIDED[one.state],
        text=one.text,
        outcome=one.outcome,
        created=one.created,
        decided=one.decided,
        language=post.language,
    )
