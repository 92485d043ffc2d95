"""What figures are held against, each in a process of its own: textbook programs that do one thing plainly.

`hello PORT`: Starlette on uvicorn says hello. `imports`: what a node imports, and nothing else. `deliver PORT
HOSTS COUNT`: signed messages by httpx, one client for each host; with `rsa` behind it in draft-cavage.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module

from tests.bench.figures import megabytes

STANDS_ON = [
    "aiosqlite",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "httpx",
    "jinja2",
    "sqlalchemy.ext.asyncio",
    "starlette.applications",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
]


def hello(port: str) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = Starlette(routes=[Route("/healthz", answer)])
    uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="error")


def imports() -> None:
    """Say what it costs to import what a node stands on: CPU-seconds, MB."""
    for name in STANDS_ON:
        import_module(name)
    print(time.process_time(), megabytes(os.getpid()))


def deliver(port: str, hosts: str, count: str, kind: str = "") -> None:
    """Say what so many deliveries cost: CPU-seconds."""
    from node import clock
    from tests.bench.others import some
    from tests.bench.sending import request, sent_plainly

    others = some(int(hosts), int(port), by_rsa=kind == "rsa")
    request(others[0], 0, clock.now())  # its key is made before the clock runs
    began = time.process_time()
    asyncio.run(sent_plainly(others, int(count)))
    print(time.process_time() - began)


if __name__ == "__main__":
    known: dict[str, Callable[..., None]] = {"hello": hello, "imports": imports, "deliver": deliver}
    known[sys.argv[1]](*sys.argv[2:])
