"""Saying that something is wrong with a post, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import reports as acts
from node.neighbourhood.audience import may_see
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, TooMany, phrase
from node.neighbourhood.report import TEXT_LENGTH, Report, ReportCategory, ReportState
from node.neighbourhood.roles import Deed
from node.storage import nodes, posts
from node.storage import reports as kept
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
    """What somebody reported, and how it stands. `title` and `url` are empty when the post is gone."""

    title: str
    url: str
    wrong: Sign
    stands: Sign
    text: str
    outcome: str
    created: datetime
    decided: datetime | None


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /report/{post}. Any resident, about what they may see; a stranger is asked to sign in."""
    who.required(Deed.REPORT)
    return await _asked(ui, request, who, Form())


async def send(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /report/{post}. Any resident, about what they may see and is not theirs."""
    post_id = request.path_params["post"]
    try:
        await ui.database.writing(
            acts.report, who.signed_in(), post_id, form["category"], form["text"], who.at
        )
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
    post, home, open_until = await ui.database.reading(_look, who, request.path_params["post"])
    values = {"post": post, "home": home, "form": form, "wrong": WRONG, "most": TEXT_LENGTH}
    return ui.page(request, who, "report.html", status, **values, again=open_until)


def _look(tx: Transaction, who: Visitor, post_id: str) -> tuple[Post, str, bool]:
    """The post, the name of its home when that is elsewhere, and whether this visitor reported it already."""
    post = posts.see(tx, who.person, post_id, who.at)
    home = nodes.get(tx, post.node_id).name if post.node_id is not None else ""
    mine = [one for one in kept.open_about(tx, post.id) if who.person and one.resident == who.person.id]
    return post, home, bool(mine)


def _mine(tx: Transaction, who: Visitor) -> list[Reported]:
    person = who.signed_in()
    found = kept.of_resident(tx, person.id, None, SHOWN)
    about = posts.known(tx, {one.post_id for one in found})
    return [_told(one, about[one.post_id], may_see(person, about[one.post_id], who.at)) for one in found]


def _told(one: Report, post: Post, there: bool) -> Reported:
    return Reported(
        title=post.title if there else "",
        url=f"/o/{post.id}" if there else "",
        wrong=WRONG[one.category],
        stands=DECIDED[one.state],
        text=one.text,
        outcome=one.outcome,
        created=one.created,
        decided=one.decided,
    )
