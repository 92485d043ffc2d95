"""Accounts elsewhere: somebody on any fediverse server, who follows us or answers a public post of ours.

An account is no neighbour and no member. It gets what is public, and what is written to it alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from node.neighbourhood.node import Follow

NEW_AN_HOUR = 1000  # accounts met for the first time; more of them wait until an operator has looked (R04)
NEW_AN_HOUR_OF_ORIGIN = 100
FOLLOWERS_OF_ORIGIN = 1000  # of one server; more of them wait as well, for each may want an inbox of its own
MOVES_EVERY = timedelta(days=30)


@dataclass(frozen=True)
class Account:
    """An actor of other software, as its own document says.

    `handle` is `name@host`. `known`: a supervisor let something of it in once, so that its words are no
    longer held. `inbox` is its own; `shared_inbox` that of its server, if it has one. `moved`: when it last
    moved.
    """

    id: str
    actor: str
    origin: str
    kind: str
    handle: str
    name: str
    inbox: str
    met: datetime
    shared_inbox: str | None = None
    url: str | None = None
    their_follow: Follow = Follow.NONE
    their_follow_uri: str | None = None
    known: bool = False
    blocked: bool = False
    moved: datetime | None = None
    fetched: datetime | None = None

    @property
    def follows(self) -> bool:
        """Whether it is sent what is public."""
        return self.their_follow is Follow.ACCEPTED and not self.blocked

    @property
    def familiar(self) -> bool:
        """Whether its words go to the person they are for without a supervisor looking first."""
        return not self.blocked and (self.known or self.follows)
