"""Reports: somebody says that something is wrong with a post, here or at another node (`wire.md` 10).

Who reported is known to nobody but this node, and the reporter's own words never leave it: another node hears
only what sort of thing is wrong, from the node as a whole.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import moderation, sayings
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.refusal import Conflict, TooMany, phrase
from node.neighbourhood.report import (
    A_DAY,
    A_DAY_OF_NODE,
    OPEN_OF_NODE,
    OPEN_OF_STRANGERS,
    Report,
    ReportCategory,
    ReportState,
    checked_category,
    checked_outside,
    checked_text,
    pulls_back,
)
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.neighbourhood.saying import Saying
from node.storage import letters, log, nodes, outbox, posts, residents
from node.storage import reports as kept
from node.storage import sayings as kept_sayings
from node.storage.database import Transaction
from node.storage.outbox import Activity

DAY = timedelta(days=1)


def report(tx: Transaction, by: Resident, post_id: str, category: str, text: str, at: datetime) -> Report:
    """Say that something is wrong with a post. Any resident may, about what they may see and is not theirs;
    once until it is decided, and not more than so many a day."""
    require(by, Deed.REPORT)
    post = posts.see(tx, by, post_id, at, lock=True)
    if post.own and post.author == by.id:
        raise Conflict(phrase("This is your own. You can change it, or take it back."))
    wrong = checked_category(category)
    text = checked_text(text, wrong)
    waiting = kept.open_about(tx, post.id)
    if any(one.resident == by.id for one in waiting):
        raise Conflict(phrase("You reported this already. A supervisor looks at it."))
    if kept.since(tx, by.id, at - DAY) >= A_DAY:
        raise TooMany(phrase("These are many reports for one day. Please call us."), wait=24 * 3600)
    key = uuid4().hex
    made = Report(key, tx.home.uri("a", key), post.id, wrong, text, ReportState.OPEN, at, resident=by.id)
    _keep(tx, post, made, waiting, by.id, at)
    if post.own:
        _pull_back(tx, post, at)
    elif not any(one.resident is not None and one.category is wrong for one in waiting):
        _flag(tx, post, wrong, "", at)
    return made


def send_on(tx: Transaction, by: Resident, post_id: str, category: str, words: str, at: datetime) -> None:
    """Write to the home of a post, in the supervisor's own words, what is wrong with it. Only a supervisor,
    and once until that node has answered: it is kept as a report of theirs."""
    require(by, Deed.MODERATE)
    post = moderation.judged(tx, by, post_id, lock=True)
    if post.own:
        raise Conflict(phrase("This post is our own. Decide about it here."))
    wrong = checked_category(category)
    words = checked_outside(words, "words", needed=True)
    if any(one.sent_on for one in kept.open_about(tx, post.id, wrong)):
        raise Conflict(phrase("This was sent already. Its neighbourhood has not answered yet."))
    key, open_now = uuid4().hex, ReportState.OPEN
    kept.add(tx, Report(key, tx.home.uri("a", key), post.id, wrong, words, open_now, at, by.id, post.node_id))
    _flag(tx, post, wrong, words, at)
    log.record(tx, Happening.REPORTED, by.id, post.id, at)


def flagged(
    tx: Transaction,
    node: Node | None,
    origin: str,
    uri: str,
    objects: Collection[str],
    category: ReportCategory,
    words: str,
    at: datetime,
) -> None:
    """A Flag came from the node at this origin (`node` is None when we do not know it): it fills the queue,
    and does nothing else. Only about what that node may have from us, and only so many."""
    about = _about(tx, node, objects)
    waiting, lately = kept.of_origin(tx, origin, at - DAY)
    if about is None or waiting >= OPEN_OF_NODE or lately >= A_DAY_OF_NODE:
        return
    if node is None and kept.open_of_strangers(tx) >= OPEN_OF_STRANGERS:
        return
    node_id = node.id if node is not None else None
    post = about.post if isinstance(about, Saying) else about
    made = Report(uuid4().hex, uri, post.id, category, words, ReportState.OPEN, at, node_id=node_id)
    if isinstance(about, Saying):
        sayings.flagged(tx, node, origin, about, made, at)
    else:
        _keep(tx, post, made, kept.open_about(tx, post.id), node_id, at)


def answered(tx: Transaction, node: Node, flag: Activity, upheld: bool, words: str, at: datetime) -> None:
    """Another node dealt with a Flag of ours: who reported it here hears. Only the node that it went to.

    What the hub did with its own copy is written down; the home of the post decides about the report.
    """
    facts = flag.facts or {}
    if facts.get("node") != node.id:
        return
    post = posts.by_uri(tx, flag.object, lock=True)
    if post is None:
        sayings.answered(tx, node, flag, upheld, words, at)
        return
    if post.node_id != node.id:
        log.record(tx, Happening.REPORT_DECIDED, node.id, post.id, at, words or None)
        return
    state = ReportState.UPHELD if upheld else ReportState.DISMISSED
    for one in kept.open_about(tx, post.id, ReportCategory(facts["category"])):
        moderation.settle(tx, one, state, words, node.id, words, at)


def settle_gone(tx: Transaction, at: datetime) -> int:
    """What was reported is no longer there: who reported it hears. Done by the node itself."""
    gone = kept.about_what_is_gone(tx)
    for post_id in gone:
        for one in kept.open_about(tx, post_id):
            moderation.settle(tx, one, ReportState.UPHELD, "", None, "", at)
    return len(gone)


def _keep(
    tx: Transaction, post: Post, made: Report, waiting: list[Report], who: str | None, at: datetime
) -> None:
    """Keep it; the supervisors hear of the first one about a post. In the log it stands under its own id, so
    that nobody who looks at the post reads who reported it."""
    if not kept.add(tx, made):
        return
    log.record(tx, Happening.REPORTED, who, made.id, at)
    if all(one.sent_on for one in waiting):
        for supervisor in residents.holding(tx, Role.SUPERVISOR, at):
            if supervisor != post.author:
                letters.add(tx, "reported", at, resident_id=supervisor, post=post.id)


def _pull_back(tx: Transaction, post: Post, at: datetime) -> None:
    """Enough different neighbours reported it: out of sight, until a supervisor has looked."""
    reporters = {one.resident for one in kept.open_about(tx, post.id) if one.resident is not None}
    if post.state is not State.WAITING and pulls_back(len(reporters), kept.last_ok(tx, post.id), at):
        moderation.out_of_sight(tx, post, None, None, at)


def _flag(tx: Transaction, post: Post, category: ReportCategory, words: str, at: datetime) -> None:
    """Tell the home of a post, and the hub that it went through. Nobody's name is in it."""
    for node_id in _concerned(tx, post):
        facts = {"node": node_id, "category": str(category), "words": words}
        outbox.send_to(tx, outbox.add(tx, "Flag", post.uri, facts, at), node_id)


def _concerned(tx: Transaction, post: Post) -> list[str]:
    if post.node_id is None:
        return []
    home, hub = nodes.get(tx, post.node_id), nodes.hub(tx)
    through = post.audience in (Audience.MUNICIPALITY, Audience.PUBLIC)
    if hub is None or not hub.member or not through or hub.id == home.id or home.hub != hub.actor:
        return [home.id]
    return [home.id, hub.id]


def _about(tx: Transaction, node: Node | None, objects: Collection[str]) -> Post | Saying | None:
    """The first of these that is a post here which that node may have from us, or something that was said
    here."""
    for uri in objects:
        post = posts.by_uri(tx, uri, lock=True)
        if post is not None and post.state is not State.WITHDRAWN and moderation.has_from_us(tx, node, post):
            return post
        if post is None and (saying := kept_sayings.by_uri(tx, uri)) is not None:
            return saying
    return None
