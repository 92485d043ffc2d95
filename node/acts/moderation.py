"""What a supervisor decides about a post: it stays, it goes out of sight, it goes for good, or its writer is
asked to change it. Everybody who reported it hears, and so does the writer, with the reason.

About a post of another node we decide only whether it is shown here; the rest is for its home (`wire.md` 10).
"""

from dataclasses import replace
from datetime import datetime

from node.acts import decision, pace, publish, searches
from node.acts import posts as acts
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_hold
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Post, State, later
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.report import (
    Measure,
    Report,
    ReportState,
    checked_measure,
    checked_outside,
    checked_reason,
)
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import letters, log, matches, outbox, photos, posts, reports
from node.storage.database import Transaction


def uphold(
    tx: Transaction, by: Resident, post_id: str, what: str, reason: str, told: str, at: datetime
) -> Post:
    """Something is wrong with a post: do something about it. Only a supervisor, and not about their own.

    `reason` is for the writer; `told` for who reported it, here and at other nodes.
    """
    require(by, Deed.MODERATE)
    post = judged(tx, by, post_id, lock=True)
    measure, reason, told = (
        checked_measure(what),
        checked_reason(reason, post.own),
        checked_outside(told, "told"),
    )
    if not post.own and measure is not Measure.HIDE:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    _close(tx, post, ReportState.UPHELD, reason, told, by.id, at)
    if measure is Measure.HIDE:
        photos.drop_of_post(tx, post.id)  # the words may come back, what was seen on photos does not (M08)
        return out_of_sight(tx, replace(post, photos=0) if post.own else post, by.id, reason, at)
    log.record(tx, Happening.REPORT_DECIDED, by.id, post.id, at, reason)
    letters.add(tx, "moderated", at, resident_id=post.author, post=post.id)
    return acts.taken_down(tx, post, by.id, at) if measure is Measure.REMOVE else post


def dismiss(tx: Transaction, by: Resident, post_id: str, reason: str, told: str, at: datetime) -> Post:
    """A post may stay; if it was out of sight, it is shown again. Only a supervisor, and not about their
    own."""
    require(by, Deed.MODERATE)
    post = judged(tx, by, post_id, lock=True)
    reason, told = checked_reason(reason, post.own), checked_outside(told, "told")
    _close(tx, post, ReportState.DISMISSED, reason, told, by.id, at)
    return _in_sight(tx, post, by.id, reason, at)


def out_of_sight(tx: Transaction, post: Post, who: str | None, why: str | None, at: datetime) -> Post:
    """Nobody sees it any more but its writer. Our own is pulled back to review, and every copy hears that; a
    copy is just not shown here. `who` is None when the neighbours' reports did it."""
    if not post.own:
        after = replace(post, hidden=True)
    elif post.state is State.WAITING:
        after = post
    else:
        after = replace(post, state=State.WAITING, updated=later(post.updated, at))
    posts.save(tx, after)
    log.record(tx, Happening.HIDDEN, who, post.id, at, why)
    pace.set_for(tx, after, at)
    if post.own:
        letters.add(tx, "moderated", at, resident_id=post.author, post=post.id)
    if post.own and after != post:
        publish.update(tx, after, at)
    publish.announce_change(tx, post, after, at)
    return after


def settle(
    tx: Transaction, report: Report, state: ReportState, told: str, who: str | None, why: str, at: datetime
) -> None:
    """A report is dealt with: whoever made it hears, a person in a letter, another node in an answer."""
    reports.save(tx, replace(report, state=state, decided=at, outcome=told))
    log.record(tx, Happening.REPORT_DECIDED, who, report.id, at, why or None)
    if report.resident is not None:
        letters.add(tx, "report decided", at, resident_id=report.resident, post=report.post_id)
    elif report.node_id is not None:
        word = "Accept" if state is ReportState.UPHELD else "Reject"
        facts = {"node": report.node_id, "flag": report.uri, "words": told}
        outbox.send_to(tx, outbox.add(tx, word, report.uri, facts, at), report.node_id)


def has_from_us(tx: Transaction, node: Node | None, post: Post) -> bool:
    """Whether another node may have this post from us: from its home, or as the hub's member."""
    if post.own:
        return may_hold(node, post) or (node is not None and outbox.was_sent(tx, post.uri, node.id))
    through_us = tx.home.is_hub and post.audience in (Audience.MUNICIPALITY, Audience.PUBLIC)
    return through_us and node is not None and node.member and post.title != "" and post.node_id != node.id


def judged(tx: Transaction, by: Resident, post_id: str, *, lock: bool = False) -> Post:
    """A post that this supervisor may decide about: one that was put up, is still there, and is somebody
    else's; with `lock` nobody else changes it meanwhile. Raises NotFound for all others."""
    post = posts.get(tx, post_id, lock=lock)
    if post.title == "" or post.state in (State.DRAFT, State.WITHDRAWN):
        raise NotFound(phrase("This is not here, or no longer."))
    if post.own and post.author == by.id:
        raise Conflict(phrase("This is your own. Another supervisor decides about it."))
    return post


def _close(
    tx: Transaction, post: Post, state: ReportState, reason: str, told: str, who: str, at: datetime
) -> None:
    for report in reports.about(tx, post).reports:
        settle(tx, report, state, told, who, reason, at)


def _in_sight(tx: Transaction, post: Post, who: str, reason: str, at: datetime) -> Post:
    if not post.hidden and not (post.own and post.state is State.WAITING):
        return post
    after = _as_before(tx, post, at) if post.own else replace(post, hidden=False)
    posts.save(tx, after)
    log.record(tx, Happening.SHOWN, who, post.id, at, reason)
    pace.set_for(tx, after, at)
    if post.own:
        letters.add(tx, "moderated", at, resident_id=post.author, post=post.id)
        publish.update(tx, after, at)
    publish.announce_change(tx, post, after, at)
    searches.appeared(tx, after, at)
    return after


def _as_before(tx: Transaction, post: Post, at: datetime) -> Post:
    """As it would be now, had it not been out of sight: over, on hold, or open with its answers."""
    if post.ended is None and post.expires > at:
        after = decision.reopened(tx, post, at)
        return replace(after, state=State.PAUSED) if _on_hold(tx, post) else after
    decision.refuse_pending(tx, post, at)
    done = any(match.state is MatchState.DONE for match in matches.of_post(tx, post.id))
    state = State.DONE if done else State.EXPIRED if post.expires <= at else State.CLOSED
    return replace(post, state=state, updated=later(post.updated, at), ended=post.ended or at)


def _on_hold(tx: Transaction, post: Post) -> bool:
    steps = (Happening.PAUSED, Happening.REOPENED, Happening.CLOSED, Happening.EXPIRED)
    taken = [entry.what for entry in log.of(tx, post.id) if entry.what in steps]
    return taken[-1:] == [Happening.PAUSED]
