"""Timers: what happens to a post when nobody does anything, and when. Nothing dies silently, and nobody is
called at night."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from node.neighbourhood.pace import Pace
from node.neighbourhood.post import ANSWERABLE, RINGS, Audience, Kind, Post, State, Urgency
from node.neighbourhood.when import Repeats


class What(StrEnum):
    """What time does to a post of our own. Each at most once for the same moment."""

    REMIND = "remind"  # the poster: it ends in a week
    REMIND_LAST = "remind last"  # the poster: it ends tomorrow
    NO_RESPONSE = "no response"  # the brokers: somebody waits longer than they should
    RELEASE = "release"  # one ring further, with consent
    UNPICKED = "unpicked"  # the poster: somebody answered, and waits for you
    DAY_PAST = "day past"  # the poster: the day that you named is over, and nobody helped
    NOBODY = "nobody"  # the brokers: choose what is to be done
    AFTERCARE = "aftercare"  # both: did it work out?
    AFTERCARE_LAST = "aftercare last"
    END = "end"  # closed everywhere (`acts.posts.expire`)


REMINDERS = frozenset({What.REMIND, What.REMIND_LAST})
"""Of no use once their moment is past: a post that is set to end tomorrow was never a week from its end."""

INSTEAD = {
    What.REMIND: {What.REMIND_LAST, What.DAY_PAST},
    What.REMIND_LAST: {What.DAY_PAST},
    What.NO_RESPONSE: {What.NOBODY},
    What.AFTERCARE: {What.AFTERCARE_LAST},
}
"""Of those that were missed, only the later is sent."""

_URGENCIES = tuple(Urgency)  # in the order of the three times of a `Pace`


@dataclass(frozen=True)
class Stand:
    """How a post stands with people: what its own words do not tell.

    `since`: from when it waits for somebody (it was put up or opened again, or the last who answered left
    again). `widened`: when it last went to more people. `pending`: when the oldest answer that still waits
    came. `agreed`: of the agreements that run, the last moment that one was to be, or was made.
    """

    since: datetime
    widened: datetime | None = None
    pending: datetime | None = None
    agreed: datetime | None = None


def due(post: Post, stand: Stand, pace: Pace, zone: tzinfo) -> dict[What, datetime]:
    """All that is to happen to a post while nothing else does; nothing to a copy, or to what is over."""
    if not post.own:
        return {}
    found: dict[What, datetime] = {}
    if post.state in ANSWERABLE:
        found |= _reminders(post, pace) | _while_open(post, stand, pace, zone)
        found = {what: moment for what, moment in found.items() if moment < post.expires}
    if post.state in ANSWERABLE or post.state is State.PAUSED:
        found[What.END] = post.expires
    if stand.agreed is not None:
        found[What.AFTERCARE] = stand.agreed + pace.aftercare[0]
        found[What.AFTERCARE_LAST] = stand.agreed + pace.aftercare[1]
    return found


def _reminders(post: Post, pace: Pace) -> dict[What, datetime]:
    """Before the end, but not of what was put up so shortly before; an event ends when it is over."""
    if post.kind is Kind.EVENT:
        return {}
    moments = {
        What.REMIND: post.expires - pace.remind[0],
        What.REMIND_LAST: post.expires - pace.remind[1],
    }
    return {what: moment for what, moment in moments.items() if post.created < moment}


def _while_open(post: Post, stand: Stand, pace: Pace, zone: tzinfo) -> dict[What, datetime]:
    if not post.kind.agrees:
        return {}
    found: dict[What, datetime] = {}
    if stand.pending is not None:
        found[What.UNPICKED] = stand.pending + pace.unpicked
    if post.kind is Kind.REQUEST and stand.agreed is None and post.when and post.repeats is Repeats.ONCE:
        found[What.DAY_PAST] = post.when.over(zone)
    if stand.pending is not None or post.kind is not Kind.REQUEST:
        return found
    if stand.agreed is None:
        urgency = _URGENCIES.index(post.urgency)
        found[What.NO_RESPONSE] = stand.since + pace.no_response[urgency]
        found[What.NOBODY] = stand.since + pace.nobody
    if may_release(post):
        release = _release(post, stand, pace, zone)
        if What.DAY_PAST not in found or release < found[What.DAY_PAST]:  # nobody new hears of a day gone by
            found[What.RELEASE] = release
    return found


def may_release(post: Post) -> bool:
    """Whether the poster agreed that this goes further while nobody answers, and it can go further at all.

    Not while an invite is out (`proposed`), nor while an answer waits (`responded`).
    """
    waits = post.own and post.kind is Kind.REQUEST and post.state in (State.OPEN, State.RELEASED)
    return waits and post.widen and post.audience in (Audience.NEIGHBOURHOOD, Audience.ADJACENT)


def next_ring(post: Post, reachable: Collection[Audience]) -> Audience | None:
    """Who sees it next: the nearest wider ring that this node reaches; never by itself for everybody."""
    wider = RINGS[RINGS.index(post.audience) + 1 : RINGS.index(Audience.PUBLIC)]
    return next((ring for ring in wider if ring in reachable), None)


def _release(post: Post, stand: Stand, pace: Pace, zone: tzinfo) -> datetime:
    """By day, and never two rings on one day."""
    waits = pace.release[_URGENCIES.index(post.urgency)]
    began = max(stand.since, stand.widened or stand.since)
    moment = by_day(began + waits, pace, zone)
    if post.released is not None:
        moment = max(moment, next_day(post.released, pace, zone))
    return moment


def is_day(moment: datetime, pace: Pace, zone: tzinfo) -> bool:
    """Whether people are up: by the clock on the wall, in summer and in winter."""
    return pace.day_begins <= moment.astimezone(zone).hour < pace.day_ends


def by_day(moment: datetime, pace: Pace, zone: tzinfo) -> datetime:
    """This moment if it is day then, else the next morning."""
    if is_day(moment, pace, zone):
        return moment
    if moment.astimezone(zone).hour < pace.day_begins:
        return _morning(moment, 0, pace, zone)
    return next_day(moment, pace, zone)


def next_day(moment: datetime, pace: Pace, zone: tzinfo) -> datetime:
    """The morning after."""
    return _morning(moment, 1, pace, zone)


def _morning(moment: datetime, days: int, pace: Pace, zone: tzinfo) -> datetime:
    date = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(date, time(pace.day_begins), zone).astimezone(UTC)
