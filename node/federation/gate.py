"""How much anybody may send: buckets that fill again by the minute (`security.md`, R; `federation.md` 7, rule
26).

Only what was verified counts against a server or an actor, for else anybody could use up what another may
send; what was not verified counts against the address that it came from. All of it is in memory, and bounded.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from time import monotonic

from node.federation.signatures import Refused
from node.neighbourhood.policy import Policy
from node.storage import nodes, policies
from node.storage.database import Database, Transaction

LOOKED_AT_EVERY = 10.0  # seconds, at the policy and at who is a partner
REMEMBERED = 10_000  # buckets
SIGNATURES = 20_000  # of requests taken in; each is good for an hour
PARTNER_A_MINUTE = 12_000  # a hub passes on what a whole municipality says
OF_ALL_STRANGERS = 20  # times what one of them may send
ACTOR_PART = 5  # one account may send this part of what its whole server may
UNPROVED_A_MINUTE = 120  # of one address, before it is refused without a look
KEYS_A_MINUTE, KEYS_A_MINUTE_OF_ORIGIN = 1200, 120  # asked for, whoever makes us ask
POSTS_A_MINUTE, POSTS_A_MINUTE_OF_ORIGIN = 600, 60  # of these, at most, because somebody pointed there
_NEAR = [ip_network(net) for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_NEAR += [ip_network(net) for net in ("::/64", "fc00::/7", "fe80::/10")]
UNDER_WAY_MOST = 2000  # messages being written down at once


class TooMuch(Refused):
    """More than may be sent for now: 429, or 503 when it is all of us who are too busy. `wait`: seconds."""

    def __init__(self, status: int, words: str, wait: float) -> None:
        super().__init__(status, words)
        self.wait = max(1, round(wait))


@dataclass
class Bucket:
    """What may still be sent, and when that was counted."""

    left: float
    at: float


class Gate:
    """One for each process, before the inbox. `seconds` is a clock that is never set back."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._until = 0.0
        self._policy = Policy()
        self._partners: frozenset[str] = frozenset()
        self._taken: set[int] = set()
        self._order: deque[int] = deque()
        self._under_way = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While a message is written down."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def look(self, database: Database) -> None:
        """See again, every few seconds, what the operator chose and who our partners are."""
        if self._seconds() >= self._until:
            self._policy, self._partners = await database.reading(_looked)
            self._until = self._seconds() + LOOKED_AT_EVERY

    def require_room(self, origin: str, address: str) -> None:
        """Before anything is fetched or verified: refuse who has used up all of theirs."""
        if self._under_way >= UNDER_WAY_MOST:
            raise TooMuch(503, "Too busy now, come back soon.", 5)
        self._require(f"host {origin}", self._of(origin), 0)
        if not _is_near(address):
            self._require(f"address {address}", UNPROVED_A_MINUTE, 0)

    def unproved(self, address: str) -> None:
        """Something came from this address whose signature did not hold."""
        if not _is_near(address):
            self._take(f"address {address}", UNPROVED_A_MINUTE, 1)

    def ask(self, origin: str) -> None:
        """Before a key is asked for, at the word of whoever names it: refuse when that origin, or others all
        together, were asked for many lately. So nobody makes us flood somebody else."""
        self._require(f"keys of {origin}", KEYS_A_MINUTE_OF_ORIGIN, 1)
        self._require("all keys", KEYS_A_MINUTE, 1)

    def ask_post(self, origin: str) -> None:
        """Before a post is asked for, or its author, at the word of whoever points to it: like a key, but the
        half of what may be asked is left for keys. Else who points to much shuts others out."""
        self._require(f"posts of {origin}", POSTS_A_MINUTE_OF_ORIGIN, 1)
        self._require("all posts", POSTS_A_MINUTE, 1)
        self.ask(origin)

    def take(self, origin: str, actor: str) -> None:
        """A verified message: count it, or refuse it."""
        a_minute = self._of(origin)
        if origin not in self._partners:
            self._require(f"actor {actor}", max(1, a_minute // ACTOR_PART), 1)
            self._require("all strangers", a_minute * OF_ALL_STRANGERS, 1)
        self._require(f"host {origin}", a_minute, 1)

    def taken(self, signature: bytes) -> bool:
        """Whether a request with this signature was taken in lately."""
        return hash(signature) in self._taken

    def done(self, signature: bytes) -> None:
        """A request was taken in. Its signature is remembered longer than it is good for: its hash, with a
        secret of this process, which takes a tenth of the room."""
        mark = hash(signature)
        if mark not in self._taken:
            self._taken.add(mark)
            self._order.append(mark)
        if len(self._order) > SIGNATURES:
            self._taken.discard(self._order.popleft())

    def _of(self, origin: str) -> int:
        return PARTNER_A_MINUTE if origin in self._partners else self._policy.a_minute

    def _require(self, key: str, a_minute: int, number: int) -> None:
        wait = self._take(key, a_minute, number)
        if wait > 0:
            raise TooMuch(429, "Too many messages for now, come back later.", wait)

    def _take(self, key: str, a_minute: int, number: int) -> float:
        """Take so many out of a bucket; how many seconds to wait when there are not so many in it. With none
        to take, whether there is at least one."""
        now, per_second = self._seconds(), a_minute / 60
        bucket = self._buckets.get(key) or Bucket(float(a_minute), now)
        left = min(float(a_minute), bucket.left + (now - bucket.at) * per_second)
        if left < max(1, number):
            return (max(1, number) - left) / per_second
        if number:
            self._buckets[key] = Bucket(left - number, now)
            self._buckets.move_to_end(key)
            while len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0


@lru_cache(maxsize=1024)
def _is_near(address: str) -> bool:
    """Whether this is our own machine, or our own network: a front server that does not say for whom it asks.
    Then one address stands for everybody, and counting it would let one shut out all."""
    try:
        found = ip_network(address)
    except ValueError:
        return True
    return any(found.version == near.version and found.subnet_of(near) for near in _NEAR)  # type: ignore[arg-type]  # of one version


def _looked(tx: Transaction) -> tuple[Policy, frozenset[str]]:
    return policies.current(tx), nodes.partner_origins(tx)
