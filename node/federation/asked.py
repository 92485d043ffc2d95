"""What actors said of themselves when they were asked lately, and who could not be asked: bounded, in memory.

A restart forgets it, and nothing is lost by that: it only saves asking again.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from node.federation.memory import keep
from node.federation.reading import Actor

REMEMBERED = 2000  # documents; and as many that could not be had
GOOD_FOR = timedelta(days=1)
UNREACHABLE_FOR = timedelta(minutes=10)  # how long what could not be had is not asked for again (X11)


class Asked:
    """By the address that was asked.

    `actors` holds when it answered, and the actor found there; `absent` when it did not, and whether it said
    that what was there is gone for good (410). Strangers without number cannot push out who is known: the two
    are bounded apart.
    """

    def __init__(self) -> None:
        self.actors: OrderedDict[str, tuple[datetime, Actor]] = OrderedDict()
        self.absent: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()

    def found(self, uri: str, actor: Actor, at: datetime) -> None:
        self.absent.pop(uri, None)
        keep(self.actors, uri, (at, actor), REMEMBERED)

    def missed(self, uri: str, gone: bool, at: datetime) -> None:
        """It could not be had. What it said before counts as long as it would have."""
        keep(self.absent, uri, (at, gone), REMEMBERED)

    def actor(self, uri: str, at: datetime, good_for: timedelta = GOOD_FOR) -> tuple[datetime, Actor] | None:
        """When it answered, and what: at most a day ago, or as long as is `good_for`."""
        known = self.actors.get(uri)
        if known is None or known[0] <= at - good_for:
            return None
        self.actors.move_to_end(uri)
        return known

    def is_absent(self, uri: str, at: datetime) -> bool | None:
        """Whether it was gone for good when it was asked in the last ten minutes; None: it may be asked."""
        asked, gone = self.absent.get(uri, (None, False))
        return gone if asked is not None and asked > at - UNREACHABLE_FOR else None

    def clear(self) -> None:
        self.actors.clear()
        self.absent.clear()
