"""What people wrote and that was reported, in JSON: who reported it is in none of it."""

import msgspec
from msgspec import Struct

from node.acts import sayings as acts
from node.api import lists, reports
from node.api.lists import PageAsked
from node.api.operation import Call, Moment
from node.api.reports import Dismissed, NewReport, Report, Said, Told, Why
from node.api.responses import From
from node.neighbourhood.node import Node
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.saying import Where
from node.storage import nodes, whereabouts
from node.storage import sayings as kept
from node.storage.database import Transaction


class Saying(Struct):
    """An answer, a public one (comment), or one message of a conversation. `id` is that of its oldest open
    report; `response` that of the answer, or of the one that the conversation is about."""

    id: str
    where: Where
    post: str
    response: str
    message: str | None
    by: From = msgspec.field(name="from")
    text: str
    reports: list[Said]
    since: Moment


class Sayings(Struct):
    """A page of what was said and waits for a supervisor, the newest report first."""

    items: list[Saying]
    next: str | None


class TakenAway(Struct, forbid_unknown_fields=True):
    """Its words go, and why. `home`: the node or server that it came from hears what sort of thing is
    wrong."""

    reason: Why
    told: Told = ""
    home: bool = False


def report_answer(tx: Transaction, call: Call[NewReport]) -> Report:
    """Say that something is wrong with an answer."""
    return reports.told(
        acts.report_answer(tx, call.by, call.key, call.asked.category, call.asked.text, call.at)
    )


def report_message(tx: Transaction, call: Call[NewReport]) -> Report:
    """Say that something is wrong with a message."""
    return reports.told(
        acts.report_message(tx, call.by, call.key, call.asked.category, call.asked.text, call.at)
    )


def listing(tx: Transaction, call: Call[PageAsked]) -> Sayings:
    """What waits for this supervisor."""
    require(call.by, Deed.SEE_QUEUE)
    limit = call.asked.limit
    found = kept.queue(tx, call.by.id, lists.before(call.asked), limit + 1)
    shown, more = lists.page(found, limit, lambda one: lists.by_time(one.since, one.saying.id))
    known = nodes.known(tx, {r.node_id for one in shown for r in one.reports if r.node_id is not None})
    homes = whereabouts.of(tx, [one.saying for one in shown])
    return Sayings([_told(one, homes[one.saying.id].name, known) for one in shown], more)


def uphold(tx: Transaction, call: Call[TakenAway]) -> None:
    """Take its words away."""
    asked = call.asked
    acts.uphold(tx, call.by, call.key, asked.reason, asked.told, asked.home, call.at)


def dismiss(tx: Transaction, call: Call[Dismissed]) -> None:
    """It may stay."""
    acts.dismiss(tx, call.by, call.key, call.asked.reason, call.asked.told, call.at)


def _told(one: kept.Waiting, home: str, known: dict[str, Node]) -> Saying:
    saying = one.saying
    return Saying(
        id=one.id,
        where=saying.where,
        post=saying.post.id,
        response=saying.response.id,
        message=saying.message.id if saying.message is not None else None,
        by=From(saying.name, home),
        text=saying.text,
        reports=[reports.said(report, known) for report in one.reports],
        since=one.since,
    )
