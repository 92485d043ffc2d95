"""What time itself does: posts end, people are reminded, copies past their end go, and what is kept for a
while is forgotten."""

from datetime import datetime, timedelta

from node.acts import advice, digests, held, idle, invites, posts, reminders, reports, sayings, searches
from node.storage import (
    access,
    cleaning,
    erasures,
    letter_codes,
    letters,
    parcels,
    recoveries,
    reply_ways,
    seen,
    stops,
    told,
    tombstones,
    trigrams,
)
from node.storage import timers as kept
from node.storage.database import Transaction

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NODE = "node"


def tick(tx: Transaction, at: datetime) -> int:
    """Do all that is due; says how much it touched, so that a long list is done in several goes."""
    touched = posts.expire(tx, at) + posts.recall(tx, at) + held.expire(tx, at)
    touched += invites.expire(tx, at)
    touched += reminders.go_off(tx, at) + reminders.tomorrow(tx, at) + reminders.helped(tx, at)
    touched += reports.settle_gone(tx, at) + sayings.settle_gone(tx, at) + advice.expire(tx, at)
    touched += searches.write_found(tx, at) + digests.write_due(tx, at)
    tombstones.forget(tx, at)
    seen.forget(tx, at)
    access.forget(tx, at)
    letters.forget(tx, at)
    letter_codes.forget(tx, at)
    told.forget(tx, at)
    stops.forget(tx, at)
    reply_ways.forget(tx, at)
    erasures.forget(tx, at)
    parcels.forget(tx, at)
    recoveries.forget(tx, at)
    return touched + _daily(tx, at)


def _daily(tx: Transaction, at: datetime) -> int:
    """What need not be looked at twice a minute; all of it, before the day counts as done."""
    last = kept.last(tx, NODE, "clean")
    if last is not None and at - DAY < last <= at:
        return 0
    touched = cleaning.clean(tx, at) + reminders.look_over(tx, at) + idle.look(tx, at)
    if not touched:
        kept.once(tx, NODE, "clean", at)
    return touched


def index(tx: Transaction, at: datetime) -> int:
    """A piece of the posts that wait to be found by the index of words; and once an hour of what is to be
    done so that words that were taken back leave its pages."""
    return trigrams.learn(tx) or _tidied(tx, at)


def _tidied(tx: Transaction, at: datetime) -> int:
    last = kept.last(tx, NODE, "trigrams")
    if last is not None and at - HOUR < last <= at:
        return 0
    touched = trigrams.tidy(tx)
    if not touched:
        kept.once(tx, NODE, "trigrams", at)
    return touched
