"""What is kept of one person goes: rows that are theirs, their id in rows of others, and their words in what
was sent.

`THEIRS` and `NAMED` are every column that names a person; a test walks the tables and fails for one that is
in neither. The audit chain keeps the bare id, which nobody can find anybody by any more.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, ColumnElement, and_, exists, or_, select

from node.neighbourhood.activity import Happening
from node.neighbourhood.report import ReportState
from node.neighbourhood.thread import Side
from node.storage import posts as kept_posts
from node.storage import recoveries
from node.storage import tables as t
from node.storage.database import Transaction

THEIRS: tuple[Column[Any], ...] = (  # the whole row goes
    t.sessions.c.resident_id,
    t.signin_links.c.resident_id,
    t.tokens.c.resident_id,
    t.passkeys.c.resident_id,
    t.challenges.c.resident_id,
    t.letter_codes.c.resident_id,
    t.recoveries.c.resident_id,
    t.proofs.c.resident_id,
    t.vouches.c.resident_id,
    t.vouches.c.voucher,
    t.roles.c.resident_id,
    t.follows.c.resident_id,
    t.letters.c.resident_id,
    t.digests.c.resident_id,
    t.searches.c.resident_id,
    t.told.c.resident_id,
    t.stops.c.resident_id,
    t.reply_ways.c.resident_id,
    t.reads.c.resident_id,
    t.drafts.c.owner,
    t.photos.c.owner,  # their files follow within the hour (M08)
    t.luggage.c.resident_id,
    t.lookups.c.asked_by,
)
NAMED: dict[Column[Any], str | None] = {  # the row stays for others, and says this instead
    t.posts.c.author: None,
    t.responses.c.resident: None,
    t.invites.c.resident: None,
    t.invites.c.by: "",
    t.reports.c.resident: None,
    t.invitations.c.made_by: None,
    t.blocks.c.by: None,
    t.letter_codes.c.made_by: "",
    t.recoveries.c.opened_by: "",
    t.recoveries.c.second_by: "",
    t.proofs.c.by: "",
    t.log.c.who: None,
}
_OWN_WHY = (  # of what somebody did as a neighbour; what an office decided keeps its reasons for others
    *(Happening.ANSWER_WITHDRAWN, Happening.ANSWER_DECLINED, Happening.CANCELLED),
    *(Happening.CONTACT_RELEASED, Happening.CONTACT_SEEN),
)


def forget(tx: Transaction, resident_id: str, at: datetime) -> None:
    """Everything of a person, when nothing of theirs is open any more: only through `acts.erasing`."""
    own = _ids(tx, t.posts.c.id, _own_post(resident_id))
    given = _ids(tx, t.responses.c.id, t.responses.c.resident == resident_id)
    got = _ids(tx, t.responses.c.id, t.responses.c.post_id.in_(own))
    _sent(tx, given, got)
    _talks(tx, given, got)
    _log(tx, resident_id, [*own, *given, *got])
    _answers(tx, given, got)
    _reports(tx, resident_id)
    _returning(tx, resident_id, at)
    email = select(t.residents.c.email).where(t.residents.c.id == resident_id).scalar_subquery()
    tx.run(t.letters.delete().where(t.letters.c.address == email))
    for column, instead in NAMED.items():
        if column is not t.posts.c.author:  # with its words, below
            tx.run(column.table.update().where(column == resident_id).values({column.name: instead}))
    for column in THEIRS:
        tx.run(column.table.delete().where(column == resident_id))
    _posts(tx, own)
    tx.run(t.residents.delete().where(t.residents.c.id == resident_id))


def shared(tx: Transaction, resident_id: str) -> list[str]:
    """The ids of somebody's posts that ever left this node."""
    left = or_(
        exists().where(t.copies.c.post_id == t.posts.c.id), exists().where(t.spread.c.post_id == t.posts.c.id)
    )
    return _ids(tx, t.posts.c.id, _own_post(resident_id), left)


def own_posts(tx: Transaction, resident_id: str) -> list[str]:
    """The ids of all that somebody put up here, oldest first."""
    theirs = select(t.posts.c.id).where(_own_post(resident_id))
    return list(tx.run(theirs.order_by(t.posts.c.created, t.posts.c.id)).scalars())


def answers(tx: Transaction, resident_id: str) -> list[str]:
    """The ids of all that somebody answered, oldest first."""
    theirs = select(t.responses.c.id).where(t.responses.c.resident == resident_id)
    return list(tx.run(theirs.order_by(t.responses.c.created, t.responses.c.id)).scalars())


def messages(tx: Transaction, resident_id: str) -> list[str]:
    """The ids of all that somebody wrote in conversations and did not take back."""
    joined = t.messages.join(t.responses, t.messages.c.response_id == t.responses.c.id)
    joined = joined.join(t.posts, t.responses.c.post_id == t.posts.c.id)
    helps = and_(t.responses.c.resident == resident_id, t.messages.c.side == Side.HELPER)
    asks = and_(_own_post(resident_id), t.messages.c.side == Side.POSTER)
    statement = select(t.messages.c.id).select_from(joined).where(or_(helps, asks))
    there = statement.where(t.messages.c.deleted.is_(None))
    return list(tx.run(there.order_by(t.messages.c.created, t.messages.c.id)).scalars())


def direct_words(tx: Transaction, post_ids: Collection[str], before: datetime) -> list[str]:
    """The ids of what was written to accounts elsewhere about these posts, and holds their title."""
    written = and_(t.activities.c.type == "Create", t.activities.c.post_uri.is_(None))
    old = and_(t.activities.c.facts.is_not(None), t.activities.c.created < before)
    rows = tx.run(select(t.activities.c.object, t.activities.c.facts).where(written, old))
    return [uri for uri, facts in rows if "direct" in facts and facts.get("page") in post_ids]


def unname(tx: Transaction, post_ids: Collection[str], at: datetime) -> None:
    """What is written to accounts elsewhere at this very moment about these posts tells no title."""
    now = and_(t.activities.c.type == "Create", t.activities.c.created == at, t.activities.c.body.is_(None))
    for key, facts in tx.run(select(t.activities.c.id, t.activities.c.facts).where(now)).all():
        if facts and "direct" in facts and facts.get("page") in post_ids:
            row = t.activities.update().where(t.activities.c.id == key)
            tx.run(row.values(facts={**facts, "title": ""}))


def _own_post(resident_id: str) -> ColumnElement[bool]:
    return and_(t.posts.c.author == resident_id, t.posts.c.node_id.is_(None))


def _ids(tx: Transaction, column: Column[str], *where: ColumnElement[bool]) -> list[str]:
    return list(tx.run(select(column).where(*where)).scalars())


def _sent(tx: Transaction, given: list[str], got: list[str]) -> None:
    """Their words and name in what was sent about answers. What is on its way still undoes what it undoes;
    an Offer that waits is not sent: its Undo comes."""
    theirs = select(t.responses.c.uri).where(t.responses.c.id.in_(given))
    others = select(t.responses.c.uri).where(t.responses.c.id.in_(got))
    said = select(t.activities.c.id).where(t.activities.c.uri.in_(theirs))
    waiting = and_(t.deliveries.c.activity_id.in_(said), t.deliveries.c.state == "pending")
    tx.run(t.deliveries.update().where(waiting).values(state="dropped", error="deleted before it was sent"))
    pending = exists().where(
        t.deliveries.c.activity_id == t.activities.c.id, t.deliveries.c.state == "pending"
    )
    undone = and_(t.activities.c.object.in_(theirs), t.activities.c.type == "Undo", ~pending)
    yes = and_(t.activities.c.object.in_(others), t.activities.c.type == "Accept")
    gone = or_(t.activities.c.uri.in_(theirs), undone, and_(yes, ~pending))
    tx.run(t.activities.update().where(gone).values(facts=None, body=None))
    for key, facts in tx.run(select(t.activities.c.id, t.activities.c.facts).where(yes, pending)).all():
        bare = {**(facts or {}), "name": ""}  # it is still to be sent, before the Undo: without the name
        tx.run(t.activities.update().where(t.activities.c.id == key).values(facts=bare, body=None))


def _talks(tx: Transaction, given: list[str], got: list[str]) -> None:
    """Conversations with somebody elsewhere go whole: they have their own words at home. With somebody here,
    only what the other wrote stays, for them."""
    helps = and_(t.releases.c.response_id.in_(given), t.releases.c.side == Side.HELPER)
    asks = and_(t.releases.c.response_id.in_(got), t.releases.c.side == Side.POSTER)
    tx.run(t.releases.delete().where(or_(helps, asks)))
    tx.run(t.thanks.delete().where(t.thanks.c.response_id.in_([*given, *got])))  # it was for the two of them
    away = select(t.responses.c.id).join(t.posts, t.responses.c.post_id == t.posts.c.id)
    there = and_(t.responses.c.id.in_(given), t.posts.c.author.is_(None))
    from_there = and_(t.responses.c.id.in_(got), t.responses.c.resident.is_(None))
    whole = _ids(tx, t.responses.c.id, t.responses.c.id.in_(away.where(or_(there, from_there))))
    tx.run(t.messages.delete().where(t.messages.c.response_id.in_(whole)))
    tx.run(t.releases.delete().where(t.releases.c.response_id.in_(whole)))


def _answers(tx: Transaction, given: list[str], got: list[str]) -> None:
    """Of what they answered only that it was remains; and of what somebody elsewhere answered to them, which
    nobody here reads any more."""
    tx.run(t.timers.delete().where(t.timers.c.subject.in_(_matches(given))))
    from_there = and_(t.responses.c.id.in_(got), t.responses.c.resident.is_(None))
    bare = {"text": "", "when": "", "name": ""}
    tx.run(t.responses.update().where(or_(t.responses.c.id.in_(given), from_there)).values(bare))


def _matches(given: list[str]) -> Any:
    return select(t.matches.c.id).where(t.matches.c.response_id.in_(given))


def _log(tx: Transaction, resident_id: str, subjects: list[str]) -> None:
    """What was said about themselves goes; what they did stays, without them."""
    tx.run(t.log.delete().where(t.log.c.subject == resident_id))
    own = and_(t.log.c.who == resident_id, t.log.c.what.in_(_OWN_WHY))
    tx.run(t.log.update().where(or_(own, t.log.c.subject.in_(subjects))).values(why=None))


def _reports(tx: Transaction, resident_id: str) -> None:
    """What they reported and nobody decided about yet is looked at still, without them. What they wrote as a
    supervisor to another node goes."""
    theirs = t.reports.c.resident == resident_id
    decided = and_(theirs, t.reports.c.state != ReportState.OPEN)
    tx.run(t.reports.update().where(decided).values(text=""))
    tx.run(t.reports.delete().where(theirs, t.reports.c.node_id.is_not(None)))


def _returning(tx: Transaction, resident_id: str, at: datetime) -> None:
    """Somebody who comes back in person has to begin anew: one of the two who vouched is gone."""
    of_them = or_(t.recoveries.c.opened_by == resident_id, t.recoveries.c.second_by == resident_id)
    for owner in _ids(tx, t.recoveries.c.resident_id, of_them, t.recoveries.c.ended.is_(None)):
        found = recoveries.running(tx, owner, at)
        if found is not None:
            recoveries.end(tx, found, at)


def _posts(tx: Transaction, own: list[str]) -> None:
    """Their posts: gone, or a bare stub where an answer of somebody else refers to it."""
    bare = {"title": "", "text": "", "folded": "", "place": "", "author_name": "", "party": "", "photos": 0}
    tx.run(t.applause.delete().where(t.applause.c.post_id.in_(own)))
    tx.run(t.timers.delete().where(t.timers.c.subject.in_(own)))
    tx.run(t.reports.update().where(_about(own)).values(text=""))
    for post_id in own:
        nobody_knows = {"uri": tx.home.uri("o", uuid4().hex), "author": None, "hidden": True}
        kept_posts.overwrite(tx, post_id, {**bare, **nobody_knows})
    kept_posts.drop_stubs(tx, own)


def _about(own: list[str]) -> ColumnElement[bool]:
    """Reports about a post itself, and those about what was said on it that are dealt with."""
    over = or_(t.reports.c.response_id.is_(None), t.reports.c.state != ReportState.OPEN)
    return and_(t.reports.c.post_id.in_(own), over)
