"""How to sign for whom: our own kind at once as agreed, others as they were found to read it.

A stranger is tried in the form that nearly everybody reads; who answers that it does not believe it (401, or
400 by some) hears a second knock in another. What worked is remembered for a week.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from enum import Enum
from time import monotonic

from node.federation import cavage, rfc9421
from node.federation.documents import origin_of
from node.federation.memory import keep
from node.federation.own_key import Pair
from node.federation.reading import Actor
from node.storage import nodes
from node.storage.database import Transaction

REMEMBERED = 10_000  # origins, each for reading and for posting
GOOD_FOR = 7 * 24 * 3600.0  # seconds
LOOK_AGAIN = 600.0  # seconds, for an origin that was not one of ours
Ours = Callable[[str], Awaitable[bool]]
"""Whether an origin is known here as a node of our own kind."""


class Form(Enum):
    """A family of signatures, and the kind of key."""

    ED25519 = "RFC 9421 by Ed25519"
    RSA = "RFC 9421 by RSA"
    CAVAGE = "draft-cavage by RSA"
    CAVAGE_PATH = "draft-cavage by RSA, without the query"


class Knocking:
    """Remembers how each origin wants to be spoken to; bounded, and forgotten by a restart.

    `ours` asks the database about an origin that is not known here yet: a node of ours hears nothing but what
    we agreed on (`wire.md` 1.3), whichever process of ours met it. Without it only `met` and `known` tell.
    `seconds` is a clock that is never set back.
    """

    def __init__(self, ours: Ours | None = None, seconds: Callable[[], float] = monotonic) -> None:
        self._ours = ours
        self._seconds = seconds
        self._kin: OrderedDict[str, None] = OrderedDict()
        self._not_kin: OrderedDict[str, float] = OrderedDict()
        self._worked: OrderedDict[tuple[str, bool], tuple[Form, float, bool]] = OrderedDict()

    def known(self, origin: str) -> None:
        """A node of our own kind."""
        keep(self._kin, origin, None, REMEMBERED)

    def met(self, actor: Actor) -> None:
        """An actor was read: its document may say what its server reads (FEP-844e)."""
        origin = origin_of(actor.id)
        if origin is None or not actor.reads_rfc9421:
            return
        if actor.has_ed25519 and actor.node is not None and is_kin(actor.node.adjacent, actor.node.directory):
            self.known(origin)
        form = Form.ED25519 if actor.has_ed25519 else Form.RSA
        for posting in (False, True):
            self.worked(origin, posting, form, tried=False)

    def worked(self, uri: str, posting: bool, form: Form, tried: bool = True) -> None:
        """Begin with this form for a week, at the whole origin; not `tried`, its document only says so."""
        keep(
            self._worked,
            (origin_of(uri) or uri, posting),
            (form, self._seconds() + GOOD_FOR, tried),
            REMEMBERED,
        )

    def is_disbelief(self, uri: str, posting: bool, form: Form, status: int) -> bool:
        """Whether an answer says that the signature was not believed. A 400 says so only where this form was
        not believed before: else something is wrong with what we say, and saying it again helps nobody."""
        worked, _, tried = self._worked.get((origin_of(uri) or uri, posting), (None, 0.0, False))
        return status == 401 or (status == 400 and not (tried and worked is form))

    async def forms(self, uri: str, posting: bool) -> list[Form]:
        """The forms to try, in order."""
        origin = origin_of(uri) or uri
        if await self._is_kin(origin):
            return [Form.ED25519]
        form, until, _ = self._worked.get((origin, posting), (Form.CAVAGE, 0.0, False))
        first = [form] if self._seconds() < until else []
        return list(dict.fromkeys([*first, *_usual("?" in uri)]))

    async def _is_kin(self, origin: str) -> bool:
        if origin in self._kin:
            self._kin.move_to_end(origin)
            return True
        if self._ours is None or self._seconds() < self._not_kin.get(origin, 0.0):
            return False
        if await self._ours(origin):
            self.known(origin)
            return True
        keep(self._not_kin, origin, self._seconds() + LOOK_AGAIN, REMEMBERED)
        return False


def is_kin(adjacent: str | None, directory: str | None) -> bool:
    """Whether an actor with these collections is a node of our own kind: a neighbourhood or a hub."""
    return adjacent is not None or directory is not None


def kin(tx: Transaction, origin: str) -> bool:
    """Whether an origin is known here as a node of our own kind."""
    node = nodes.by_origin(tx, origin)
    return node is not None and is_kin(node.adjacent, node.directory)


def signed(
    form: Form,
    by: Pair,
    method: str,
    uri: str,
    body: bytes | None,
    content_type: str | None,
    accept: str,
    at: datetime,
) -> dict[str, str]:
    """All headers of a request, signed in this form. ValueError for an address that cannot be signed."""
    if form in (Form.ED25519, Form.RSA):
        key = by.ed25519 if form is Form.ED25519 else by.rsa
        headers = rfc9421.sign(method, uri, body, content_type, key, int(at.timestamp()))
        return {**headers, "accept": accept} if accept else headers
    query = form is Form.CAVAGE
    return cavage.sign(method, uri, body, content_type, by.rsa, at, accept=accept or None, query=query)


def _usual(has_query: bool) -> Iterator[Form]:
    yield Form.CAVAGE
    if has_query:
        yield Form.CAVAGE_PATH
    yield Form.RSA
