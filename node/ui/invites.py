"""A broker asks: would you help with this? The page of who is asked: yes with a sentence, or kindly no."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.acts import invites as acts
from node.neighbourhood.audience import may_see
from node.neighbourhood.invite import Invite
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.storage import invites, posts
from node.storage.database import Transaction
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form

ANSWERS = ("yes", "no")


@dataclass(frozen=True)
class Question:
    """What somebody was asked. `card` and `post` are None when the post is gone; `offer` is the title of the
    own offer that made the broker think of them, and empty when that is gone."""

    invite: Invite
    url: str
    post: Post | None
    card: Card | None
    offer: str
    live: bool


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /invites/{invite}. Only who was asked; for others there is no such page."""
    return await _shown(ui, request, who, Form())


async def answer(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /invites/{invite}/{answer}: yes, with a sentence, or no. Only who was asked."""
    by, key, word = who.signed_in(), request.path_params["invite"], request.path_params["answer"]
    if word not in ANSWERS:
        raise NotFound(phrase("This page is not here"))
    try:
        if word == "no":
            await ui.database.writing(acts.decline, by, key, who.at)
            return go_to(f"/invites/{key}")
        made = await ui.database.writing(acts.accept, by, key, form["text"], who.at)
    except (Invalid, Conflict) as refused:
        return await _shown(ui, request, who, *form.refused(refused))
    return go_to(f"/o/{made.post_id}?said=answered")


def waiting(tx: Transaction, person: Resident, at: datetime) -> list[Question]:
    """The questions that wait for somebody, for the page of what is theirs."""
    found = (_question(tx, person, invite, at) for invite in invites.waiting_for(tx, person.id))
    return [question for question in found if question.live]


async def _shown(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    question = await ui.database.reading(_look, who.signed_in(), request.path_params["invite"], who.at)
    return ui.page(request, who, "invite.html", code, view=question, form=form)


def _look(tx: Transaction, person: Resident, invite_id: str, at: datetime) -> Question:
    found = invites.get(tx, invite_id)
    if found.resident != person.id:
        raise NotFound(phrase("This question is not here, or no longer."))
    return _question(tx, person, found, at)


def _question(tx: Transaction, person: Resident, invite: Invite, at: datetime) -> Question:
    post, offer = posts.get(tx, invite.post_id), posts.get(tx, invite.offer_id)
    seen = may_see(person, post, at)
    return Question(
        invite=invite,
        url=f"/invites/{invite.id}",
        post=post if seen else None,
        card=cards(tx, person, [post], at)[0] if seen else None,
        offer=offer.title,
        live=invite.live(at) and seen and post.answerable(at),
    )
