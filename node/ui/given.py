"""Answers to a post as they are shown: to whoever gave one, and to whoever decides about them."""

from dataclasses import dataclass, replace
from datetime import datetime

from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, Response, ResponseState
from node.neighbourhood.roles import Deed, may
from node.storage import matches, responses, sayings, thanks, whereabouts
from node.storage.database import Transaction
from node.storage.whereabouts import Whereabouts
from node.ui.language import gettext
from node.ui.verdict import Verdict, taken


@dataclass(frozen=True)
class Answer:
    """Somebody's yes as it is shown, without the words that this visitor reported. `agreement`: what came of
    it, if anything."""

    id: str
    name: str
    where: Whereabouts
    text: str
    created: datetime
    state: ResponseState
    agreement: MatchState | None
    mine: bool
    when: str = ""  # when it suits them, in their words
    agreed_for: datetime | None = None
    reported: bool = False  # by this visitor, and nobody decided yet
    taken: Verdict | None = None  # a supervisor took its words away
    thanked: bool = False

    @property
    def live(self) -> bool:
        """Whether it still waits, or is agreed and not done."""
        return self.state in LIVE and self.agreement is not MatchState.DONE


def public(post: Post, answers: list[Answer]) -> list[Answer]:
    """The public answers to a notice, the first said on top; elsewhere we know only those of our own. What a
    supervisor took away, whoever wrote it still finds, with the reason."""
    away = [answer for answer in answers if answer.mine and answer.taken is not None]
    shown = [answer for answer in answers if answer.state is ResponseState.ACCEPTED and answer not in away]
    return [answer for answer in shown if post.own or answer.mine] + away


def found(tx: Transaction, who: Resident | None, post: Post) -> list[Response]:
    """All answers known here, for whoever may know of them; for others only their own."""
    knows = post.own and (may(who, Deed.SEE_ANSWERS, post.author) or may(who, Deed.SEE_COPIES, post.author))
    if knows or post.kind is Kind.NOTICE:
        return responses.of_post(tx, post.id)
    return responses.of_resident(tx, who.id, post.id) if who is not None else []


def answers(tx: Transaction, who: Resident | None, post: Post, found: list[Response]) -> list[Answer]:
    """Answers as they are shown: first those that wait, then those agreed on; who came first stands first."""
    agreed = {m.response_id: m for m in reversed(matches.page(tx, None, post.id, None, 100))}
    homes = whereabouts.of(tx, found)
    made = [_answer(who, answer, agreed.get(answer.id), homes[answer.id]) for answer in reversed(found)]
    if any(one.agreement is MatchState.DONE for one in made):
        said = thanks.on_post(tx, post.id)
        made = [replace(one, thanked=one.id in said) for one in made]
    made = [_as_said(tx, post, answer) for answer in _unreported(tx, who, made)]
    return sorted(made, key=lambda answer: LIVE.index(answer.state) if answer.state in LIVE else len(LIVE))


def _answer(who: Resident | None, answer: Response, match: Match | None, where: Whereabouts) -> Answer:
    return Answer(
        id=answer.id,
        name=answer.name or gettext("A neighbour"),  # who is gone has none
        where=where,
        text=answer.text,
        created=answer.created,
        state=answer.state,
        agreement=match.state if match is not None else None,
        mine=who is not None and answer.resident == who.id,
        when=answer.when,
        agreed_for=match.agreed_for if match is not None else None,
    )


def _unreported(tx: Transaction, who: Resident | None, answers: list[Answer]) -> list[Answer]:
    """Without the words that this visitor reported."""
    away = sayings.reported_by(tx, who.id) if who is not None and answers else frozenset()
    return [replace(one, text="", when="", reported=True) if one.id in away else one for one in answers]


def _as_said(tx: Transaction, post: Post, answer: Answer) -> Answer:
    """With what a supervisor decided about its words, when they are not there. (Under a notice only whoever
    wrote it asks, and who comes to an event says nothing.)"""
    if post.kind is Kind.NOTICE:
        gone = answer.mine and answer.state is not ResponseState.ACCEPTED
    else:
        gone = not answer.text and not answer.reported and post.kind is not Kind.EVENT
    return replace(answer, taken=taken(tx, answer.id)) if gone else answer
