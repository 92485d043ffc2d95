"""Reports about posts, and the supervisor's queue, in JSON. Who reported is in none of it."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from node.acts import moderation
from node.acts import reports as acts
from node.api import lists, posts
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.api.posts import Post
from node.neighbourhood.category import LOOKED_AT_FIRST
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, State
from node.neighbourhood.post import Post as KeptPost
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.report import REASON_LENGTH, TEXT_LENGTH, Measure, ReportCategory, ReportState
from node.neighbourhood.report import Report as Kept
from node.settings import Settings
from node.storage import nodes
from node.storage import reports as kept
from node.storage.database import Transaction
from node.storage.reports import Waiting

NEIGHBOUR = "neighbour"
Why = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": REASON_LENGTH})]
Told = Annotated[
    str,
    Meta(
        description="What those who reported it hear, here and at other nodes. No names or numbers.",
        extra_json_schema={"maxLength": REASON_LENGTH},
    ),
]


class Report(Struct):
    """What one reported, and what came of it. `post` is the post's id at the answering node; `response` and
    `message` say which answer to it, and which message in the conversation on that answer, it is about."""

    id: str
    post: str
    response: str | None
    message: str | None
    category: ReportCategory
    text: str
    state: ReportState
    outcome: str
    created: Moment
    decided: Moment | None


class Reports(Struct):
    """A page of reports, newest first."""

    items: list[Report]
    next: str | None


class NewReport(Struct, forbid_unknown_fields=True):
    """What is wrong. `text` is needed when nothing of the list fits (other)."""

    category: Annotated[str, Meta(extra_json_schema={"enum": [str(one) for one in ReportCategory]})]
    text: Annotated[str, Meta(extra_json_schema={"maxLength": TEXT_LENGTH})] = ""


class Said(Struct):
    """One open report, as a supervisor reads it. `from` is *neighbour*, or the node that passed it on."""

    category: ReportCategory
    text: str
    by: str = msgspec.field(name="from")
    created: Moment = msgspec.field()


class Case(Struct):
    """One post that waits for a supervisor, with its open reports. `why` is in English sentences."""

    id: str
    post: Post
    reports: list[Said]
    why: list[str]
    since: Moment


class Queue(Struct):
    """A page of what waits for a supervisor, newest first."""

    items: list[Case]
    next: str | None


class QueueAsked(PageAsked, forbid_unknown_fields=True):
    """Which cases are wanted."""

    hidden: Annotated[
        bool, Meta(description="true: posts of other nodes that are not shown here, and wait for nobody.")
    ] = False


class Upheld(Struct, forbid_unknown_fields=True):
    """Do something: hide (out of sight), remove (everywhere), ask (its writer to change it), and why."""

    what: Annotated[str, Meta(extra_json_schema={"enum": [str(one) for one in Measure]})]
    reason: Why
    told: Told = ""


class Dismissed(Struct, forbid_unknown_fields=True):
    """It may stay, and why."""

    reason: Why
    told: Told = ""


class Flagged(Struct, forbid_unknown_fields=True):
    """What is wrong with a post of another node, in a supervisor's own words."""

    category: Annotated[str, Meta(extra_json_schema={"enum": [str(one) for one in ReportCategory]})]
    text: Why


def make(kind: Kind, tx: Transaction, call: Call[NewReport]) -> Report:
    """Say that something is wrong with a post."""
    posts.seen(tx, call.by, kind, call.key, call.at)
    return told(acts.report(tx, call.by, call.key, call.asked.category, call.asked.text, call.at))


def mine(tx: Transaction, call: Call[PageAsked]) -> Reports:
    """What one reported."""
    end, limit = lists.before(call.asked), call.asked.limit
    found = kept.of_resident(tx, call.by.id, end, limit + 1)
    shown, more = lists.page(found, limit, lambda one: lists.by_time(one.created, one.id))
    return Reports([told(one) for one in shown], more)


def queue(tx: Transaction, call: Call[QueueAsked]) -> Queue:
    """What waits for this supervisor, or what is not shown here."""
    end, limit = lists.before(call.asked), call.asked.limit
    if call.asked.hidden:
        found = [Waiting(post, [], post.updated) for post in kept.hidden_here(tx, limit + 1, end)]
    else:
        found = kept.queue(tx, call.by.id, end, limit + 1)
    shown, more = lists.page(found, limit, lambda one: lists.by_time(one.since, one.post.id))
    return Queue(_items(tx, call.settings, shown), more)


def uphold(tx: Transaction, call: Call[Upheld]) -> Case:
    """Do something about a post."""
    asked = call.asked
    post = moderation.uphold(tx, call.by, call.key, asked.what, asked.reason, asked.told, call.at)
    return _item(tx, call.settings, post)


def dismiss(tx: Transaction, call: Call[Dismissed]) -> Case:
    """Let a post stay, or show it again."""
    post = moderation.dismiss(tx, call.by, call.key, call.asked.reason, call.asked.told, call.at)
    return _item(tx, call.settings, post)


def flag(tx: Transaction, call: Call[Flagged]) -> Case:
    """Write to the home of a post. What the act calls the words is `text` here."""
    try:
        acts.send_on(tx, call.by, call.key, call.asked.category, call.asked.text, call.at)
    except Invalid as wrong:
        raise Invalid(
            {"text" if name == "words" else name: why for name, why in wrong.errors.items()}
        ) from None
    return _item(tx, call.settings, moderation.judged(tx, call.by, call.key))


def show(tx: Transaction, call: Call[Nothing]) -> Case:
    """One post, reported or not."""
    return _item(tx, call.settings, moderation.judged(tx, call.by, call.key))


def _item(tx: Transaction, settings: Settings, post: KeptPost) -> Case:
    return _items(tx, settings, [kept.about(tx, post)])[0]


def _items(tx: Transaction, settings: Settings, found: list[Waiting]) -> list[Case]:
    told = posts.told(tx, settings, [one.post for one in found])
    known = nodes.known(tx, {r.node_id for one in found for r in one.reports if r.node_id is not None})
    return [
        Case(
            id=one.post.id,
            post=post,
            reports=[said(report, known) for report in one.reports],
            why=_why(one, known),
            since=one.since,
        )
        for one, post in zip(found, told, strict=True)
    ]


def said(report: Kept, known: dict[str, Node]) -> Said:
    return Said(report.category, report.text, origin_of(report, known), report.created)


def origin_of(report: Kept, known: dict[str, Node]) -> str:
    if report.resident is not None:
        return NEIGHBOUR
    node = known.get(report.node_id or "")
    return node.name if node is not None else "/".join(report.uri.split("/")[:3])


def _why(one: Waiting, known: dict[str, Node]) -> list[str]:
    ours = sum(report.resident is not None for report in one.reports)
    theirs = dict.fromkeys(origin_of(report, known) for report in one.reports if report.resident is None)
    said = [f"{ours} of our own neighbours reported this."] if ours else []
    said += [f"{name} asks us to look at it." for name in theirs]
    away = one.post.hidden or (one.post.own and one.post.state is State.WAITING)
    if away and one.post.category in LOOKED_AT_FIRST:
        said.append("It is about childcare, which is looked at first.")
    return [*said, "It is out of sight."] if away else said


def told(one: Kept) -> Report:
    return Report(
        id=one.id,
        post=one.post_id,
        response=one.response_id,
        message=one.message_id,
        category=one.category,
        text=one.text,
        state=one.state,
        outcome=one.outcome,
        created=one.created,
        decided=one.decided,
    )
