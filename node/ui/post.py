"""The page of one post: what it says, how it stands, and what this visitor can do with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response as Page

from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_see
from node.neighbourhood.draft import USUAL_EXPIRY
from node.neighbourhood.invite import Invite
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Decide, Kind, Post, State
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.roles import Deed, may
from node.storage import invites, log, nodes, posts, responses, tombstones
from node.storage.database import Transaction
from node.ui import given
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.given import Answer
from node.ui.ledger import Bead, Elsewhere, Happened, beads, elsewhere, happened
from node.ui.reach import Reach, reach
from node.ui.verdict import Verdict, verdict
from node.ui.words import ON_ITS_WAY
from node.ui.worry import Warned


@dataclass(frozen=True)
class View:
    """A post with what belongs to it, as far as this visitor may know. What they may not is None."""

    post: Post
    card: Card
    reach: Reach
    home: str  # where the post lives, if that is elsewhere: its page there
    answers: list[Answer] | None
    answer: Answer | None  # the visitor's own
    comments: list[Answer]  # public ones, to a notice; elsewhere the visitor's own
    coming: int | None  # how many come, to an event of ours
    changed: bool  # since the visitor's own answer
    copies: list[Bead] | None
    elsewhere: Elsewhere | None
    happened: list[Happened] | None
    ways: frozenset[str]
    verdict: Verdict | None = None  # of a supervisor, for the writer
    invite: Invite | None = None  # the visitor was asked to help
    by_broker: bool = False  # who helps said yes to a broker who asked

    @property
    def was_first(self) -> bool:
        """Whether nobody chose the visitor's answer: the first yes has it, or a broker asked for it."""
        asked = self.invite.response_id if self.invite is not None else None
        answered = self.answer is not None and self.answer.id == asked
        return self.post.decide is Decide.FIRST or answered

    @property
    def on_its_way(self) -> bool:
        """Whether the visitor's yes is agreed as soon as it is at the post's home, unless somebody was
        first."""
        return self.answer is not None and on_its_way(self.post, self.answer.state, self.was_first)

    @property
    def seen_by_many(self) -> bool:
        """Whether nothing on the page is for this visitor alone: not theirs, not answered, no office."""
        own = (self.answer, self.invite, self.verdict, self.answers, self.copies)
        said = any(comment.mine for comment in self.comments)
        return not (self.card.mine or said or "hide" in self.ways) and all(one is None for one in own)

    @property
    def neighbours(self) -> list[str]:
        """The names of those next door."""
        return self.reach.neighbours


def on_its_way(post: Post, state: ResponseState, first: bool) -> bool:
    """Whether a yes is agreed at once at the home of a post, and that home did not hear of it yet."""
    return state is ResponseState.PENDING and first and not post.own


def shown_state(tx: Transaction, post: Post, answer: Response) -> str:
    """How one of our own people's answers stands, as a word of `words.reply`."""
    asked = invites.latest(tx, post.id, answer.resident) if not post.own and answer.resident else None
    first = post.decide is Decide.FIRST or (asked is not None and asked.response_id == answer.id)
    return ON_ITS_WAY if on_its_way(post, answer.state, first) else answer.state


async def page(ui: Ui, request: Request, who: Visitor) -> Page:
    """GET /o/{post}. Whoever may see the post; for others there is no such page, or no longer.

    A stranger may come from a mail, and is told to sign in: at every address, so this gives nothing away.
    """
    key = request.path_params["post"]
    try:
        view = await ui.database.reading(look, who, key)
    except NotFound:
        if found := await ui.database.reading(_by_uri, who, key):
            return go_to(f"/o/{found}")
        if await ui.database.reading(_gone, key):
            return ui.page(request, who, "gone.html", 410)
        if who.person is not None:
            raise
        return ui.page(request, who, "unseen.html", 404)
    return shown(ui, request, who, view, Form())


def _by_uri(tx: Transaction, who: Visitor, key: str) -> str | None:
    """Our own id of a post that other nodes know by this key, for whoever may see it: a post that was shared
    anew has another there."""
    found = posts.by_uri(tx, tx.home.uri("o", key))
    return found.id if found is not None and may_see(who.person, found, who.at) else None


def _gone(tx: Transaction, key: str) -> bool:
    """Whether this was the page of a post that everybody could see, and that was taken back."""
    found = posts.known(tx, {key}).get(key)
    return found is not None and found.state is State.WITHDRAWN and tombstones.buried(tx, found.uri)


def shown(
    ui: Ui,
    request: Request,
    who: Visitor,
    view: View,
    form: Form,
    status: int = 200,
    *,
    warned: Warned | None = None,
) -> Page:
    """The page of a post, also when a form on it came back."""
    said = request.query_params.get("said", "") if status == 200 else ""
    values = {"view": view, "names": view.reach.names, "form": form, "said": said, "warned": warned}
    seen_by_many = who.one_of_many and not (said or warned or form.values) and view.seen_by_many
    return ui.page(request, who, "post.html", status, Handling(may_keep=seen_by_many), **values)


def look(tx: Transaction, who: Visitor, post_id: str) -> View:
    post = posts.see(tx, who.person, post_id, who.at)
    found = given.found(tx, who.person, post)
    answers = given.answers(tx, who.person, post, found)
    agrees = post.kind is not Kind.NOTICE
    own = next((answer for answer in answers if answer.mine), None) if agrees else None
    knows = post.own and may(who.person, Deed.SEE_COPIES, post.author)
    decides = agrees and post.own and may(who.person, Deed.SEE_ANSWERS, post.author)
    return View(
        post=post,
        card=cards(tx, who.person, [post], who.at)[0],
        reach=reach(tx),
        home=_home(tx, post),
        answers=answers if decides else None,
        answer=own,
        comments=[] if agrees else given.public(post, answers),
        coming=responses.accepted(tx, post.id) if post.own and post.kind is Kind.EVENT else None,
        changed=own is not None and own.live and _changed(tx, post, own),
        copies=beads(tx, post) if knows else None,
        elsewhere=elsewhere(tx, post) if knows else None,
        happened=happened(tx, post, found) if knows else None,
        ways=_ways(who, post, answers, own),
        verdict=verdict(tx, who.person, post),
        invite=invites.latest(tx, post.id, who.person.id) if agrees and who.person is not None else None,
        by_broker=decides and _by_broker(tx, post, answers),
    )


def _by_broker(tx: Transaction, post: Post, answers: list[Answer]) -> bool:
    """Whether it is agreed with somebody whom a broker asked: then the poster chose nothing."""
    asked = {invite.response_id for invite in invites.of_post(tx, post.id)}
    return any(answer.id in asked for answer in answers if answer.agreement is not None)


def _home(tx: Transaction, post: Post) -> str:
    """The page of another node's post at its home."""
    if post.node_id is None:
        return ""
    key = post.uri.rpartition("/")[2]
    return f"{nodes.get(tx, post.node_id).origin}/o/{key}"


def _changed(tx: Transaction, post: Post, answer: Answer) -> bool:
    """Whether the post says something else than when it was answered (`wire.md` 6)."""
    changes = (Happening.EDITED, Happening.CHANGED_ELSEWHERE)
    return any(entry.what in changes and entry.at > answer.created for entry in log.of(tx, post.id))


def _ways(who: Visitor, post: Post, answers: list[Answer], own: Answer | None) -> frozenset[str]:
    """What this visitor is offered to do. The acts decide; this only spares people what would be refused."""
    person, open_now = who.person, post.answerable(who.at)
    mine = post.own and may(person, Deed.EDIT_POST, post.author)
    public = post.kind is Kind.NOTICE
    ways = set(_of_poster(post, answers, who.at)) if mine else set()
    if may(person, Deed.ANSWER) and open_now and (public or not (mine or (own is not None and own.live))):
        ways.add("answer")
    if post.own and public and may(person, Deed.HIDE_ANSWER, post.author):
        ways.add("hide")
    if post.own and post.kind.agrees and may(person, Deed.AGREE, post.author) and open_now:
        ways.add("choose")
    return frozenset(ways)


_RESTS = (State.CLOSED, State.SOLVED_ELSEWHERE, State.PAUSED, State.REFERRED)


def _of_poster(post: Post, answers: list[Answer], at: datetime) -> frozenset[str]:
    agreed = any(answer.agreement is MatchState.AGREED for answer in answers)
    open_now = post.state in ANSWERABLE
    over = post.state in (State.DONE, State.THANKED, State.WITHDRAWN)
    longer = max(post.expires, at + USUAL_EXPIRY[post.kind]) - post.expires > timedelta(days=1)
    offered = {
        "edit": not over,
        "extend": longer and not over and post.kind is not Kind.EVENT and post.state not in _RESTS,
        "pause": open_now and post.kind is Kind.OFFER,
        "close": (open_now or post.state is State.PAUSED) and not agreed,
        "reopen": post.state in _RESTS and (post.kind is not Kind.EVENT or post.expires > at),
        "withdraw": post.state is not State.WITHDRAWN,
    }
    return frozenset(way for way, possible in offered.items() if possible)
