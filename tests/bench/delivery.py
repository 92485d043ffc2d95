"""deliver-10k, deliver-rsa, deliver-dead and load-rss: posts of ours on their way to a hundred hosts, on
loopback. By RSA: servers of other software, each with an account that follows us, in draft-cavage."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from node import clock
from node.acts import residents as people
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage.database import Transaction
from tests.bench import others, sending, served
from tests.bench.driving import asked, get, post
from tests.bench.figures import Figure, Size, cpu_seconds, crowded, megabytes, pairs, quantile
from tests.bench.others import Other, Town

DELIVERIES = "deliveries/CPU-s"
PLAIN = "httpx, one client for each host"
HTTPX = 650  # deliveries of that a CPU-second, on the machine of the targets
SIGN_RSA = 1270  # signatures of RSA a CPU-second there
HTTPX_RSA = 440  # the same by RSA, worked out: a signature of the one kind for one of the other
DEAD = 5  # that hang, and as many that are ill


@dataclass
class Home:
    """A node whose resident posts, and its neighbours, listening."""

    settings: Settings
    pid: int
    town: Town
    hosts: list[Other]
    token: str
    audience: str

    def posts(self, count: int) -> None:
        """Somebody asks for help so often, in the API."""
        words = {"title": "Wie rijdt mij dinsdag?", "text": sending.WORDS, "category": "vervoer"}
        body = json.dumps({**words, "audience": self.audience}).encode()
        said = {"authorization": f"Bearer {self.token}", "content_type": "application/json"}
        request = post("/api/v1/requests", self.settings.port, body, **said)
        answers = asked(self.settings.port, [request] * count, 1)
        if any(answer.status != 201 for answer in answers):
            raise SystemExit(f"a post was not taken: {answers[0].status} {answers[0].body[:300]!r}")

    def await_sent(self, left: int = 0) -> None:
        """Wait until no more than so many deliveries wait."""
        end = time.monotonic() + 120
        while self.waiting() > left:
            if time.monotonic() > end:
                raise SystemExit("deliveries stay where they are")
            time.sleep(0.05)

    def waiting(self) -> int:
        connection = HTTPConnection("127.0.0.1", self.settings.port, timeout=30)
        connection.request("GET", "/healthz")
        found = json.loads(connection.getresponse().read())
        connection.close()
        return int(found["queue"])


@contextmanager
def home(size: Size, hosts: int = 100, by_rsa: bool = False) -> Iterator[Home]:
    at, there = clock.now(), others.some(hosts, served.free_port(), 0, by_rsa)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())

        def fill(tx: Transaction) -> str:
            if by_rsa:
                others.follow(tx, there, at)
            else:
                others.know(tx, there, at, at + timedelta(days=1))
            poster = people.add(tx, console(at), "Bea", "bea@bench.example", "nl", at)
            return people.make_token(tx, poster, "bench", at)

        token = served.prepared(settings, fill)
        with others.listening(there, settings.home.actor) as town, served.serving(settings) as pid:
            if not size.quick:
                served.await_quiet(pid)
            yield Home(settings, pid, town, there, token, "public" if by_rsa else "adjacent")


def deliver(size: Size) -> Iterator[Figure]:
    """To neighbours, signed by Ed25519."""
    yield _deliver(size, Figure("deliver-10k", 0, DELIVERIES, 450, 1800, against=PLAIN, ceiling=HTTPX))


def deliver_rsa(size: Size) -> Iterator[Figure]:
    """To other software. The goal is a part of what signing alone would make."""
    goal, plain = 0.85 * SIGN_RSA, f"{PLAIN}, by RSA"
    row = Figure("deliver-rsa", 0, DELIVERIES, 300, goal, against=plain, ceiling=HTTPX_RSA)
    found = _deliver(size, row, by_rsa=True)
    alone = _signing(size.of(500, 5))
    words = f"{found.value / alone:.2f} of what signing alone makes here ({alone:,.0f})"
    yield replace(found, notes=(*found.notes, words))


def _deliver(size: Size, row: Figure, by_rsa: bool = False) -> Figure:
    """Deliveries a CPU-second, the posts themselves and all that is written about them counted in."""
    hosts, posts = size.of(100, 3), size.of(20, 2)
    with home(size, hosts, by_rsa) as ours:
        value, plain = pairs(
            size.pairs, lambda: _delivered(ours, posts), lambda: _plainly(ours, posts * hosts)
        )
        memory = megabytes(ours.pid, "VmHWM")
    notes = (f"{size.pairs * posts * hosts:,} to {hosts} hosts, {memory:.0f} MB at most",)
    return replace(row, value=value, reference=plain, notes=notes)


def _delivered(ours: Home, posts: int) -> float:
    ours.town.forget()
    before, count = cpu_seconds(ours.pid), posts * len(ours.hosts)
    ours.posts(posts)
    ours.town.await_arrivals(count)
    ours.await_sent()
    return count / max(cpu_seconds(ours.pid) - before, 0.01)


def _plainly(ours: Home, count: int) -> float:
    host, hosts = ours.hosts[0], len(ours.hosts)
    words = [str(host.port), str(hosts), str(count), *(["rsa"] if host.by_rsa else [])]
    with served.reference("deliver", *words) as process:
        return count / float(process.communicate()[0])


def _signing(count: int) -> float:
    """Signatures of RSA a CPU-second."""
    key = others.some(1, 0, 0, True)[0].rsa
    began = time.process_time()
    for _ in range(count):
        key.sign(b"x" * 300)
    return count / max(time.process_time() - began, 0.001)


def deliver_dead(size: Size) -> Iterator[Figure]:
    """How much later the healthy get theirs (p95) when of a hundred hosts five hang and five answer 5xx."""
    probes: list[int] = []
    found = [_beside_the_dead(size, probes) for _ in range(min(3, size.pairs))]
    ratio = sorted(dead / none for dead, none in found)[len(found) // 2]
    yield Figure(
        "deliver-dead",
        ratio,
        "times as late",
        1.5,
        1.1,
        more_is_better=False,
        notes=(
            f"p95 {sorted(found)[len(found) // 2][0]:.2f} s",
            f"a dead host was tried {max(probes)} times at most in a run",
            crowded(),
        ),
    )


def _beside_the_dead(size: Size, probes: list[int]) -> tuple[float, float]:
    hosts, posts, dead = size.of(100, 4), size.of(10, 2), size.of(DEAD, 1)
    with home(size, hosts) as ours:
        healthy = hosts - 2 * dead
        none = _p95(ours, posts, posts * hosts, healthy)
        ours.await_sent()
        ours.town.hanging = set(range(healthy, healthy + dead))
        ours.town.ill = set(range(healthy + dead, hosts))
        some = _p95(ours, posts, posts * healthy, healthy)
        probes += ours.town.probes.values()
    return some, none


def _p95(ours: Home, posts: int, count: int, healthy: int) -> float:
    ours.town.forget()
    began = time.monotonic()
    ours.posts(posts)
    ours.town.await_arrivals(count)
    return quantile([at - began for at, number in ours.town.arrived if number < healthy], 0.95)


def load_rss(size: Size) -> Iterator[Figure]:
    """The most memory the node ever had while messages come in and go out, the row ten times as long too."""
    with home(size, size.of(100, 3)) as ours:
        idle = megabytes(ours.pid)
        messages = sending.creates(ours.hosts, size.of(3000, 10), ours.settings.port)
        asked(ours.settings.port, [*messages, get("/", ours.settings.port)], 32)
        peaks = []
        for posts in size.of((10, 100), (1, 2)):
            ours.town.forget()
            ours.posts(posts)
            ours.await_sent()
            peaks.append(megabytes(ours.pid, "VmHWM"))
    yield Figure(
        "load-rss",
        peaks[-1],
        "MB",
        100,
        80,
        more_is_better=False,
        reference=idle,
        against="the same node at rest",
        notes=(f"{peaks[0]:.1f} MB after a tenth of the row",),
    )
