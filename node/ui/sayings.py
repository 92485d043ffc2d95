"""What people wrote to each other and that was reported, for a supervisor: what, why it stands here, and
what to do about it."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.acts import sayings as acts
from node.neighbourhood.audience import may_see
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, Words, phrase
from node.neighbourhood.report import REASON_LENGTH
from node.neighbourhood.roles import Deed
from node.neighbourhood.saying import Saying, Where
from node.storage import nodes, whereabouts
from node.storage import sayings as kept
from node.storage.database import Transaction
from node.storage.whereabouts import Whereabouts
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.queue import Said, neighbours, origin_of, said
from node.ui.slices import PAGE, Slice, number

LIST = "/queue/said"
STAYS, AWAY, TELL = "stays", "away", "tell"
DONE = {
    STAYS: phrase("It stays. Everybody who reported it hears."),
    AWAY: phrase("It is taken away. Everybody who reported it hears."),
    TELL: phrase("It is taken away, and where it comes from they hear that something is wrong with it."),
}
WHERE = {
    Where.COMMENT: phrase("All who see the notice can read it."),
    Where.ANSWER: phrase("An answer, which only the poster and the broker read."),
    Where.MESSAGE: phrase("One message of a conversation between two people. The rest you do not read."),
}


@dataclass(frozen=True)
class Case:
    """One thing that was said and waits. `title` and `url` of the post it is about: empty when this
    supervisor does not see that. `away`: it comes from elsewhere, so that its home can be told."""

    id: str
    saying: Saying
    where: Whereabouts
    read_by: Words
    title: str
    language: str
    url: str
    reports: list[Said]
    why: list[Words]
    since: datetime

    @property
    def away(self) -> bool:
        return self.saying.node_id is not None or self.saying.account_id is not None

    @property
    def ways(self) -> tuple[str, ...]:
        """What can be done, the first on the green button."""
        return (STAYS, AWAY, TELL) if self.away else (STAYS, AWAY)


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /queue/said: what waits, the oldest on top. Only a supervisor."""
    who.required(Deed.MODERATE, Deed.SEE_QUEUE)
    return await _listed(ui, request, who, Form())


async def decide(ui: Ui, request: Request, who: Visitor, form: Form) -> Page:
    """POST /queue/said/{report}: it stays, its words go, or where it comes from hears too. Only a supervisor,
    and not about their own words."""
    by, key, what = who.required(Deed.MODERATE, Deed.SEE_QUEUE), request.path_params["report"], form["what"]
    words = (form["reason"], form["told"])
    try:
        if what == STAYS:
            await ui.database.writing(acts.dismiss, by, key, *words, who.at)
        elif what in DONE:
            await ui.database.writing(acts.uphold, by, key, *words, what == TELL, who.at)
        else:
            raise NotFound(phrase("This page is not here"))
    except (Invalid, Conflict) as refused:
        return await _listed(ui, request, who, *form.refused(refused), key)
    return go_to(f"{LIST}?said={what}")


async def _listed(
    ui: Ui, request: Request, who: Visitor, form: Form, status: int = 200, key: str = ""
) -> Page:
    """The page; `key`: the one whose form came back."""
    shown = await ui.database.reading(_look, who, number(request.query_params.get("from")))
    done = DONE.get(request.query_params.get("said", ""), "") if status == 200 else ""
    values = {"shown": shown, "path": LIST, "form": form, "key": key, "blank": Form()}
    return ui.page(
        request, who, "sayings.html", status, current="me", said=done, most=REASON_LENGTH, **values
    )


def _look(tx: Transaction, who: Visitor, start: int) -> Slice[Case]:
    person = who.signed_in()
    found = kept.oldest(tx, person.id, start, PAGE)
    known = nodes.known(tx, {r.node_id for one in found for r in one.reports if r.node_id is not None})
    homes = whereabouts.of(tx, [one.saying for one in found])
    cases = [_case(who, one, homes[one.saying.id], known) for one in found]
    return Slice(cases, start, kept.length(tx, person.id))


def _case(who: Visitor, one: kept.Waiting, where: Whereabouts, known: dict[str, Node]) -> Case:
    saying, post = one.saying, one.saying.post
    seen = may_see(who.person, post, who.at)
    return Case(
        id=one.id,
        saying=saying,
        where=where,
        read_by=WHERE[saying.where],
        title=post.title if seen else "",
        language=post.language,
        url=f"/o/{post.id}" if seen else "",
        reports=[said(report, known) for report in one.reports],
        why=_why(one, known),
        since=one.since,
    )


def _why(one: kept.Waiting, known: dict[str, Node]) -> list[Words]:
    """Why it stands here, in sentences."""
    ours = sum(report.resident is not None for report in one.reports)
    theirs = dict.fromkeys(origin_of(report, known) for report in one.reports if report.resident is None)
    found = [neighbours(ours)] if ours else []
    return found + [phrase("%(name)s asks us to look at it.", name=name) for name in theirs]
