"""The clock of a town's node: shown, moved, and everything that fell due by that looked at, at once."""

from datetime import datetime, timedelta

from node import clock
from node.acts import timers
from node.command.answers import Answer, iso
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.serving import shift
from node.settings import Settings
from node.storage import deliveries, ways_in
from node.storage.database import Transaction

LINKS_LAST = timedelta(days=30)


def clock_show(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    ahead = int(clock.ahead().total_seconds())
    return {"name": settings.name, "origin": settings.origin, "time": iso(clock.now()), "ahead": ahead}


def clock_move(tx: Transaction, settings: Settings, at: datetime, seconds: int) -> Answer:
    """Only in a town. The links of its cast stay good."""
    _require_town(settings)
    ahead = shift.kept(settings) + timedelta(seconds=seconds)
    if abs(ahead) > shift.MOST:
        raise Invalid({"clock": phrase("At most ten years from the true time.")})
    ways_in.extend_lasting(tx, at - clock.ahead() + ahead + LINKS_LAST)
    moved = at - clock.ahead() + ahead
    return {**clock_show(tx, settings, at), "time": iso(moved), "ahead": int(ahead.total_seconds())}


def live_by(settings: Settings, _at: datetime, told: Answer) -> None:
    """Live by the new time, from now on."""
    shift.keep(settings, timedelta(seconds=told["ahead"]))


def clock_look(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    """Do what is due, and try every node again that did not answer; `touched` says whether to come again."""
    _require_town(settings)
    for origin, *_ in deliveries.failing(tx):
        deliveries.revive(tx, origin, at)
    return {"touched": timers.tick(tx, at)}


def _require_town(settings: Settings) -> None:
    if not settings.town:
        raise Conflict(phrase("Only the clock of a demo's town can be moved."))
