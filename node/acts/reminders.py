"""Timers that go off: a letter, or one ring further. Each is done in the transaction that marks it done, so
once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from node.acts import pace, publish, release
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post, later
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Role
from node.neighbourhood.timers import INSTEAD, REMINDERS, What, by_day, next_day
from node.neighbourhood.when import STILL
from node.storage import letters, log, matches, posts, residents, responses
from node.storage import timers as kept
from node.storage.database import Transaction

DAY, MONTH = timedelta(days=1), timedelta(days=30)
BROKERS = "brokers"

Do = Callable[[Transaction, Post, datetime], datetime | None]
"""Does what a timer is for. A moment that it gives back is when to try again."""


def go_off(tx: Transaction, at: datetime) -> int:
    """Do what is due for posts of ours, each as it stands now; says how much was done. Done by the node
    itself."""
    return sum(_go_off(tx, post, at) for post in kept.claim(tx, at))


def _go_off(tx: Transaction, post: Post, at: datetime) -> int:
    pace.set_for(tx, post, at)
    due, gone = kept.due_of(tx, post.id, at), 0
    for what in sorted(due, key=list(What).index):
        kept.done(tx, post.id, what, due[what])
        useless = not INSTEAD.get(what, set()).isdisjoint(due) or (what in REMINDERS and post.expires <= at)
        again = None if useless else DO[what](tx, post, at)
        if again is None:
            gone += 1
        else:
            kept.put_off(tx, post.id, what, again)
    return gone


def tomorrow(tx: Transaction, at: datetime) -> int:
    """Remind the people of ours who come to an event, here or elsewhere, the day before. Done by the node
    itself."""
    reminded = 0
    for event in kept.events_before(tx, at, at + DAY):
        starts = event.starts or event.expires
        if kept.once(tx, event.id, kept.TOMORROW, starts):
            reminded += 1
            for coming in responses.of_post(tx, event.id):
                said = coming.decided or coming.created
                if coming.state is ResponseState.ACCEPTED and coming.resident and said < starts - DAY:
                    letters.add(tx, "tomorrow", at, resident_id=coming.resident, post=event.id)
    return reminded


def helped(tx: Transaction, at: datetime) -> int:
    """Ask our people who help at another node whether it worked out, at the same two times as here: its home
    asks the poster, and knows no address of theirs. Done by the node itself."""
    first, last = (at - after for after in tx.home.pace.aftercare)
    due = [(What.AFTERCARE, one) for one in kept.helping_elsewhere(tx, What.AFTERCARE, last, first)]
    late = kept.helping_elsewhere(tx, What.AFTERCARE_LAST, last - MONTH, last)
    for what, one in [*due, *((What.AFTERCARE_LAST, one) for one in late)]:
        if kept.once(tx, one.match_id, what.value, one.since):
            letters.add(tx, "helped", at, resident_id=one.resident, post=one.post_id)
    return len(due) + len(late)


def look_over(tx: Transaction, at: datetime) -> int:
    """Set the timers of living posts that have none, so that none is forgotten. Done by the node itself."""
    return sum(pace.set_for(tx, post, at) for post in kept.without(tx))


def _ends_soon(tx: Transaction, post: Post, at: datetime) -> None:
    log.record(tx, Happening.REMINDED, None, post.id, at)
    letters.add(tx, "ends soon", at, resident_id=post.author, post=post.id, page="extend")


def _ends_tomorrow(tx: Transaction, post: Post, at: datetime) -> None:
    log.record(tx, Happening.REMINDED, None, post.id, at)
    letters.add(tx, "ends tomorrow", at, resident_id=post.author, post=post.id, page="extend")


def _not_chosen(tx: Transaction, post: Post, at: datetime) -> None:
    log.record(tx, Happening.REMINDED, None, post.id, at)
    letters.add(tx, "not chosen", at, resident_id=post.author, post=post.id)


def _worked_out(tx: Transaction, post: Post, at: datetime, what: What) -> None:
    """Ask the poster, and each helper who lives here: of both times, each once."""
    log.record(tx, Happening.REMINDED, None, post.id, at)
    letters.add(tx, "worked out", at, resident_id=post.author, post=post.id, page="outcome")
    for match in matches.of_post(tx, post.id):
        helper = responses.get(tx, match.response_id).resident
        asked = match.state is not MatchState.AGREED or helper is None
        if not asked and kept.once(tx, match.id, what.value, match.agreed_for or match.created):
            letters.add(tx, "helped", at, resident_id=helper, post=post.id)


def _day_past(tx: Transaction, post: Post, at: datetime) -> None:
    """Ask whether it is still needed: who says nothing sees it end some days later, like anything else."""
    post = posts.get(tx, post.id)  # it may have gone a ring further at this very moment
    log.record(tx, Happening.REMINDED, None, post.id, at)
    letters.add(tx, "day past", at, resident_id=post.author, post=post.id, page="still")
    if post.expires > at + STILL:
        shorter = replace(post, expires=at + STILL, updated=later(post.updated, at))
        pace.save(tx, shorter, at)
        publish.update(tx, shorter, at)


def _release(tx: Transaction, post: Post, at: datetime) -> datetime | None:
    if release.widen(tx, post, at):
        return None
    morning = by_day(at, tx.home.pace, tx.home.zone)
    return morning if morning > at else next_day(at, tx.home.pace, tx.home.zone)


def _tell_brokers(tx: Transaction, at: datetime, choose: bool) -> datetime | None:
    """One letter a day at most, however many posts wait: who reads it sees them all on the board."""
    what = "choose" if choose else "board"
    last = kept.last(tx, BROKERS, what)
    if last == at:
        return None
    if last is not None and last > at - DAY:
        return last + DAY
    if not kept.again(tx, BROKERS, what, at, at - DAY):
        return at + DAY
    for broker in residents.holding(tx, Role.BROKER, at):
        letters.add(tx, what, at, resident_id=broker)
    return None


DO: dict[What, Do] = {
    What.REMIND: _ends_soon,
    What.REMIND_LAST: _ends_tomorrow,
    What.NO_RESPONSE: lambda tx, _post, at: _tell_brokers(tx, at, choose=False),
    What.RELEASE: _release,
    What.UNPICKED: _not_chosen,
    What.DAY_PAST: _day_past,
    What.NOBODY: lambda tx, _post, at: _tell_brokers(tx, at, choose=True),
    What.AFTERCARE: lambda tx, post, at: _worked_out(tx, post, at, What.AFTERCARE),
    What.AFTERCARE_LAST: lambda tx, post, at: _worked_out(tx, post, at, What.AFTERCARE_LAST),
    What.END: lambda _tx, _post, _at: None,  # `posts.expire` does it, also where no row would say so
}
