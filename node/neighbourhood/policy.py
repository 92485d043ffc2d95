"""What a node lets in, as its operator chose: who may follow it, and what it makes of its hub's advice."""

from dataclasses import dataclass
from enum import StrEnum


class Followers(StrEnum):
    """Which accounts elsewhere may follow the neighbourhood. (Nodes of our own kind always may: that asks for
    nothing yet.)"""

    OPEN = "open"
    ASK = "ask"  # an operator looks at each
    CLOSED = "closed"


class Advice(StrEnum):
    """What happens when our hub advises to block somebody."""

    AUTO = "auto"
    ASK = "ask"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Policy:
    """All of it. `a_minute`: how many messages one server elsewhere may send in a minute."""

    followers: Followers = Followers.OPEN
    advice: Advice = Advice.ASK
    a_minute: int = 300


A_MINUTE_LEAST, A_MINUTE_MOST = 10, 10_000
