"""What is mine: what I agreed with neighbours, what I asked and offered, and where I answered."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response as Page

from node.neighbourhood.audience import may_see
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Response
from node.neighbourhood.roles import Deed
from node.storage import matches, posts, responses, threads, whereabouts
from node.storage.database import Transaction
from node.storage.whereabouts import Whereabouts
from node.ui import invites
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor
from node.ui.language import gettext
from node.ui.post import shown_state

MOST = 100


@dataclass(frozen=True)
class About:
    """The post that an answer or an agreement is about: its title and page, or nothing when it is gone."""

    title: str
    language: str
    url: str
    author: str


@dataclass(frozen=True)
class Agreement:
    """A yes that runs, or is done. `helps`: I help the other, else the other helps me."""

    about: About | None
    name: str
    where: Whereabouts
    helps: bool
    done: bool


@dataclass(frozen=True)
class Answered:
    """My answer to somebody's post of this kind, and how it stands."""

    kind: Kind
    about: About | None
    text: str
    created: datetime
    state: str


@dataclass(frozen=True)
class Mine:
    posts: list[Card]
    answers: list[Answered]
    agreements: list[Agreement]
    unread: int  # messages in my conversations
    asked: list[invites.Question]  # by a broker: would I help with this?


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /mine. Anybody with an account, for themselves."""
    person = who.required(Deed.READ_OWN)
    mine = await ui.database.reading(look, person, who.at)
    return ui.page(request, who, "mine.html", mine=mine)


def look(tx: Transaction, person: Resident, at: datetime) -> Mine:
    written = posts.listing(tx, person, posts.Filter(author=person.id, limit=MOST), at)
    answers = responses.of_resident(tx, person.id, limit=MOST)
    agreed = [m for m in matches.of_resident(tx, person.id, MOST) if m.state is not MatchState.CANCELLED]
    known = posts.known(tx, {answer.post_id for answer in answers} | {match.post_id for match in agreed})
    about = {key: _about(person, found, at) for key, found in known.items()}
    settled = {match.response_id for match in agreed}
    return Mine(
        posts=sorted(cards(tx, person, written, at), key=_rank),
        answers=[
            _answered(tx, known[one.post_id], about[one.post_id], one)
            for one in answers
            if one.id not in settled
        ],
        agreements=[_agreement(tx, person, match, known[match.post_id], about) for match in agreed],
        unread=sum(threads.unread(tx, person.id).values()),
        asked=invites.waiting(tx, person, at),
    )


def _rank(card: Card) -> int:
    """Those with answers that wait for me first, then what runs, then what is over; each the newest first."""
    if card.responses and card.state in ANSWERABLE:
        return 0
    return 1 if card.state in (*ANSWERABLE, State.AGREED, State.PAUSED) else 2


def _about(who: Resident, found: Post, at: datetime) -> About | None:
    if not may_see(who, found, at):
        return None
    return About(found.title, found.language, f"/o/{found.id}", found.author_name)


def _answered(tx: Transaction, post: Post, about: About | None, one: Response) -> Answered:
    return Answered(post.kind, about, one.text, one.created, shown_state(tx, post, one))


def _agreement(
    tx: Transaction, who: Resident, match: Match, found: Post, about: dict[str, About | None]
) -> Agreement:
    response = responses.get(tx, match.response_id)
    answered = response.resident == who.id
    return Agreement(
        about=about.get(match.post_id),
        name=(found.author_name if answered else response.name) or gettext("A neighbour"),
        where=whereabouts.of_node(tx, found.node_id) if answered else whereabouts.of_one(tx, response),
        helps=answered == (found.kind is Kind.REQUEST),
        done=match.state is MatchState.DONE,
    )
