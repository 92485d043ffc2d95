"""Answers to posts, in JSON."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from node.acts import responses as acts
from node.api import lists, posts
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood.post import Kind
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import TEXT_LENGTH, WHEN_LENGTH, ResponseState
from node.neighbourhood.response import Response as Kept
from node.neighbourhood.roles import Deed, may
from node.storage import responses as kept
from node.storage import sayings, whereabouts
from node.storage.database import Transaction


class From(Struct):
    """Who answered: a name, and the neighbourhood they live in; of an account elsewhere its handle."""

    name: str
    home: str


class Response(Struct):
    """Somebody's answer to a post. `post` is the post's id at the answering node. `when`: when it suits, if
    they said so."""

    id: str
    post: str
    text: str
    by: From = msgspec.field(name="from")
    state: ResponseState
    created: Moment
    when: str | UnsetType = UNSET


class Responses(Struct):
    """A page of responses, newest first."""

    items: list[Response]
    next: str | None


class NewResponse(Struct, forbid_unknown_fields=True):
    """What goes with a yes: when one can come, or what one can do. To a notice: what everybody reads."""

    text: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_LENGTH})]
    when: Annotated[
        str,
        Meta(
            description="To a request or an offer: when it suits, in a few words.",
            extra_json_schema={"maxLength": WHEN_LENGTH},
        ),
    ] = ""


class NewComing(Struct, forbid_unknown_fields=True):
    """That one comes needs no words; those that are sent stay at this node."""

    text: Annotated[str, Meta(extra_json_schema={"maxLength": TEXT_LENGTH})] = ""


def listing(kind: Kind, tx: Transaction, call: Call[PageAsked]) -> Responses:
    """At the post's home all answers, for the poster and a broker, and to a notice for everybody; for others,
    and elsewhere, one's own."""
    post = posts.seen(tx, call.who, kind, call.key, call.at)
    public = kind is Kind.NOTICE
    everybody = post.own and (public or may(call.who, Deed.SEE_ANSWERS, post.author))
    if not everybody and call.who is None:
        return Responses([], None)
    whose = None if everybody or call.who is None else call.who.id
    end, limit = lists.before(call.asked), call.asked.limit
    shown_alone = ResponseState.ACCEPTED if public else None
    found = kept.page(tx, post.id, whose, end, limit + 1, shown_alone)
    shown, more = lists.page(found, limit, lambda response: lists.by_time(response.created, response.id))
    return Responses(_shown(tx, call.who, shown), more)


def make(kind: Kind, tx: Transaction, call: Call[NewResponse] | Call[NewComing]) -> Response:
    """Answer a post: say yes, that one comes, or something in public."""
    posts.seen(tx, call.by, kind, call.key, call.at)
    when = call.asked.when if isinstance(call.asked, NewResponse) else ""
    made = acts.answer(tx, call.by, call.key, call.asked.text, call.at, when=when)
    return _shown(tx, call.who, [made])[0]


def withdraw(tx: Transaction, call: Call[Nothing]) -> None:
    """Take one's own yes back."""
    acts.withdraw(tx, call.by, call.key, call.at)


def decline(tx: Transaction, call: Call[Nothing]) -> Response:
    """Say kindly no to an answer."""
    return _shown(tx, call.who, [acts.decline(tx, call.by, call.key, call.at)])[0]


def _shown(tx: Transaction, who: Resident | None, found: list[Kept]) -> list[Response]:
    """As one sees them: without the words that one reported, until somebody decided."""
    homes = whereabouts.of(tx, found)
    away = sayings.reported_by(tx, who.id) if who is not None else frozenset()
    return [
        Response(
            id=response.id,
            post=response.post_id,
            text="" if response.id in away else response.text,
            by=From(response.name, homes[response.id].name),
            state=response.state,
            created=response.created,
            when=UNSET if response.id in away or not response.when else response.when,
        )
        for response in found
    ]
