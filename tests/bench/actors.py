"""actor and webfinger: what other software asks a node most, and anybody may."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import served
from tests.bench.driving import asked, get
from tests.bench.figures import Figure, Size, cpu_seconds, pairs

CONNECTIONS = 16
PLAIN = "hello, Starlette on uvicorn"
HELLO = 9750  # of those a CPU-second, on the machine of the targets


def actor(size: Size) -> Iterator[Figure]:
    yield from _both(size, "actor")


def webfinger(size: Size) -> Iterator[Figure]:
    yield from _both(size, "webfinger")


def _both(size: Size, name: str) -> Iterator[Figure]:
    count, plain = size.of(10_000, 50), served.free_port()
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        paths = {
            "actor": f"/ap/buurt/{settings.slug}",
            "webfinger": f"/.well-known/webfinger?resource=acct:{settings.acct}",
        }
        asks = get(paths[name], settings.port, accept="application/activity+json", user_agent="bench")
        says = get("/healthz", plain, accept="*/*", user_agent="bench")
        with served.serving(settings) as pid, served.reference("hello", str(plain)) as process:
            served.await_answer(plain, process)
            if not size.quick:
                served.await_quiet(pid)
            value, reference = pairs(
                size.pairs,
                lambda: per_cpu(pid, settings.port, asks, count),
                lambda: per_cpu(process.pid, plain, says, count),
            )
    unit, bounds = "requests/CPU-s", (5000, 10_000)
    yield Figure(name, value, unit, *bounds, reference=reference, against=PLAIN, ceiling=HELLO)


def per_cpu(pid: int, port: int, request: bytes, count: int) -> float:
    """How often the process answers the same request with 200 in a CPU-second."""
    before = cpu_seconds(pid)
    answers = asked(port, [request] * count, CONNECTIONS)
    if any(answer.status != 200 for answer in answers):
        raise SystemExit(f"answered {answers[0].status}: {answers[0].body[:200]!r}")
    return count / max(cpu_seconds(pid) - before, 0.01)
