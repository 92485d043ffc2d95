"""`/metrics`: the node in numbers, for a machine that keeps watch (Prometheus' text format, 0.0.4).

Numbers of the whole node and of this process, never of a person. Only for this very machine, or for whoever
shows the API token of an operator.
"""

import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node import __version__, clock
from node.api import access, problems
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.roles import Deed
from node.storage import access as kept
from node.storage import deliveries, figures
from node.storage.database import Database, Transaction

MEDIA_TYPE = "text/plain; version=0.0.4"
HANDED_ON = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")  # what proxies say

Numbers = dict[str, int]


def route(database: Database, answered: Counter[int]) -> Route:
    """The page; `answered` counts the answers of this process by status."""
    born = time.time()

    async def metrics(request: Request) -> Response:
        try:
            if not of_this_machine(request):
                await _require_operator(database, request)
        except (Refusal, problems.Unusable) as error:
            return problems.answer(error)
        numbers = await database.reading(_numbers)
        text = "".join(f"{line}\n" for line in [*_of_node(numbers), *_of_process(answered, born)])
        return PlainTextResponse(text, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})

    return Route("/metrics", metrics)


def of_this_machine(request: Request) -> bool:
    """Whether it was asked here, and not handed on by a proxy that happens to be here: there is no word of a
    proxy in it, and it was asked for by an address of this machine."""
    if request.client is None or any(name in request.headers for name in HANDED_ON):
        return False
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_loopback(request.client.host) and (asked == "localhost" or _is_loopback(asked))


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


async def _require_operator(database: Database, request: Request) -> None:
    secret, at = access.bearer(request.headers), clock.now()
    caller = await database.reading(access.caller, secret, Deed.RUN_BORDERS, at)
    if caller.note and secret is not None:
        await database.writing(kept.keep_token, secret, at)


def _numbers(tx: Transaction) -> Numbers:
    waiting, failing = deliveries.waiting(tx), len(deliveries.failing(tx))
    stuck = {f"stuck_{what}": len(errors) for what, errors in figures.stuck(tx).items()}
    return {**figures.figures(tx, clock.now()), "queue": waiting, "failing_destinations": failing, **stuck}


def _of_node(numbers: Numbers) -> Iterator[str]:
    yield from _lines("info", "gauge", "Which version this is.", {f'{{version="{__version__}"}}': 1})
    for name, number in numbers.items():
        words = f"{name.replace('_', ' ').capitalize()}, of the whole node."
        yield from _lines(name, "gauge", words, {"": number})


def _of_process(answered: Counter[int], born: float) -> Iterator[str]:
    by_status = {f'{{status="{status}"}}': count for status, count in sorted(answered.items())}
    yield from _lines("http_requests_total", "counter", "Answers of this process, by status.", by_status)
    for name, kind, words, value in (
        ("resident_memory_bytes", "gauge", "Memory of this process.", _memory()),
        ("cpu_seconds_total", "counter", "Processor time of this process.", time.process_time()),
        ("start_time_seconds", "gauge", "When this process began, in seconds since 1970.", born),
    ):
        yield from _lines(name, kind, words, {"": value}, prefix="process")


def _lines(
    name: str, kind: str, words: str, values: dict[str, int] | dict[str, float], prefix: str = "buurtknoop"
) -> Iterator[str]:
    yield f"# HELP {prefix}_{name} {words}"
    yield f"# TYPE {prefix}_{name} {kind}"
    for labels, value in values.items():
        yield f"{prefix}_{name}{labels} {value}"


def _memory() -> int:
    """What this process holds in memory now; where the system does not say so, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
