"""How somebody comes in, and why they are believed: as it stands in all that is kept of them. No secret is in
it."""

from msgspec import Struct

from node.api.operation import Moment
from node.neighbourhood.trust import Proof


class Session(Struct):
    """A device that one is signed in with."""

    created: Moment
    seen: Moment
    expires: Moment


class Token(Struct):
    """A program that may act for one."""

    name: str
    created: Moment
    used: Moment | None


class Invitation(Struct):
    """An invitation code that one made; the code itself is kept by nobody."""

    note: str
    left: int
    created: Moment
    expires: Moment


class Passkey(Struct):
    """A passkey, by the name that one gave it; the key itself is on one's own device."""

    name: str
    created: Moment
    used: Moment | None


class Seen(Struct):
    """What somebody at the desk wrote down about oneself."""

    what: Proof
    at: Moment


class Vouch(Struct):
    """A neighbour's word for oneself, or (`given`) one's own for a neighbour; `accepted`: since when it
    counts."""

    name: str
    given: bool
    said: Moment
    accepted: Moment | None


class Paper(Struct):
    """A letter with a code that was printed for one; the code itself is kept by nobody."""

    created: Moment
    expires: Moment
    used: Moment | None
    ended: Moment | None


class Return(Struct):
    """One came back in person, or began to. `email`: where mail was to go then; empty for as before."""

    email: str
    created: Moment
    ended: Moment | None
