"""The page of one post: what it says, how it stands, and what this visitor can do with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response as Page

from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import USUAL_EXPIRY
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.node import Node
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.roles import Deed, may
from node.storage import log, matches, nodes, posts, responses
from node.storage.database import Transaction
from node.ui.cards import Card, cards, neighbours
from node.ui.door import Ui, Visitor
from node.ui.forms import Form
from node.ui.ledger import Bead, Happened, beads, happened
from node.ui.words import listed

LIVE = (ResponseState.PENDING, ResponseState.ACCEPTED)


@dataclass(frozen=True)
class Answer:
    """Somebody's yes as it is shown. `agreement`: what came of it, if anything."""

    id: str
    name: str
    area: str
    text: str
    created: datetime
    state: ResponseState
    agreement: MatchState | None
    mine: bool

    @property
    def live(self) -> bool:
        """Whether it still waits, or is agreed and not done."""
        return self.state in LIVE and self.agreement is not MatchState.DONE


@dataclass(frozen=True)
class View:
    """A post with what belongs to it, as far as this visitor may know. What they may not is None."""

    post: Post
    card: Card
    neighbours: list[str]
    answers: list[Answer] | None
    answer: Answer | None  # the visitor's own
    changed: bool  # since the visitor's own answer
    copies: list[Bead] | None
    happened: list[Happened] | None
    ways: frozenset[str]


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /o/{post}. Whoever may see the post; for others there is no such page.

    A stranger may come from a mail, and is told to sign in: at every address, so this gives nothing away.
    """
    try:
        view = await ui.database.reading(look, who, request.path_params["post"])
    except NotFound:
        if who.person is not None:
            raise
        return ui.page(request, who, "unseen.html", 404)
    return shown(ui, request, who, view, Form())


def shown(ui: Ui, request: Request, who: Visitor, view: View, form: Form, status: int = 200) -> Page:
    """The page of a post, also when a form on it came back."""
    said = request.query_params.get("said", "") if status == 200 else ""
    return ui.page(
        request, who, "post.html", status, view=view, names=listed(view.neighbours), form=form, said=said
    )


def look(tx: Transaction, who: Visitor, post_id: str) -> View:
    post = posts.see(tx, who.person, post_id, who.at)
    answers = _answers(tx, who.person, post)
    own = next((answer for answer in answers if answer.mine), None)
    knows = post.own and may(who.person, Deed.SEE_COPIES, post.author)
    return View(
        post=post,
        card=cards(tx, who.person, [post], who.at)[0],
        neighbours=neighbours(tx) if post.own else [],
        answers=answers if post.own and may(who.person, Deed.SEE_ANSWERS, post.author) else None,
        answer=own,
        changed=own is not None and own.state is ResponseState.PENDING and _changed(tx, post, own),
        copies=beads(tx, post) if knows else None,
        happened=happened(tx, post, responses.of_post(tx, post.id)) if knows else None,
        ways=_ways(who, post, answers, own),
    )


def _answers(tx: Transaction, who: Resident | None, post: Post) -> list[Answer]:
    """All answers known here: first those that wait, then those agreed on; who came first stands first."""
    found = responses.of_post(tx, post.id)
    agreed = {m.response_id: m for m in reversed(matches.page(tx, None, post.id, None, 100))}
    homes = nodes.known(tx, {answer.node_id for answer in found if answer.node_id is not None})
    made = [_answer(tx, who, answer, agreed.get(answer.id), homes) for answer in reversed(found)]
    return sorted(made, key=lambda answer: LIVE.index(answer.state) if answer.state in LIVE else len(LIVE))


def _answer(
    tx: Transaction, who: Resident | None, answer: Response, match: Match | None, homes: dict[str, Node]
) -> Answer:
    home = homes.get(answer.node_id or "")
    return Answer(
        id=answer.id,
        name=answer.name,
        area=tx.home.area.name if home is None else home.name,
        text=answer.text,
        created=answer.created,
        state=answer.state,
        agreement=match.state if match is not None else None,
        mine=who is not None and answer.resident == who.id,
    )


def _changed(tx: Transaction, post: Post, answer: Answer) -> bool:
    """Whether the post says something else than when it was answered (`wire.md` 6)."""
    changes = (Happening.EDITED, Happening.CHANGED_ELSEWHERE)
    return any(entry.what in changes and entry.at > answer.created for entry in log.of(tx, post.id))


def _ways(who: Visitor, post: Post, answers: list[Answer], own: Answer | None) -> frozenset[str]:
    """What this visitor is offered to do. The acts decide; this only spares people what would be refused."""
    person = who.person
    if may(person, Deed.EDIT_POST, post.author):
        return _of_poster(post, answers, who.at)
    ways = set()
    if may(person, Deed.ANSWER) and post.answerable(who.at) and (own is None or not own.live):
        ways.add("answer")
    if post.own and may(person, Deed.AGREE, post.author) and post.answerable(who.at):
        ways.add("choose")
    return frozenset(ways)


def _of_poster(post: Post, answers: list[Answer], at: datetime) -> frozenset[str]:
    agreed = any(answer.agreement is MatchState.AGREED for answer in answers)
    open_now = post.state in ANSWERABLE
    over = post.state in (State.DONE, State.THANKED, State.WITHDRAWN)
    longer = max(post.expires, at + USUAL_EXPIRY[post.kind]) - post.expires > timedelta(days=1)
    offered = {
        "choose": post.answerable(at),
        "edit": not over,
        "extend": longer and not over and post.state not in (State.CLOSED, State.PAUSED),
        "pause": open_now and post.kind is Kind.OFFER,
        "close": (open_now or post.state is State.PAUSED) and not agreed,
        "reopen": post.state in (State.CLOSED, State.PAUSED),
        "withdraw": post.state is not State.WITHDRAWN,
    }
    return frozenset(way for way, possible in offered.items() if possible)
