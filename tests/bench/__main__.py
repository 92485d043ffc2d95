"""`python -m tests.bench`: what a node costs, row by row of docs/performance.md, on this machine.

With names after it only those rows; `--quick` to see that they run.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator

from tests.bench import (
    actors,
    ceilings,
    crisis,
    delivery,
    figures,
    flood,
    inbox,
    loading,
    mesh,
    searching,
    starting,
    timeline,
)
from tests.bench.figures import Figure, Size

ROWS: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "ceilings": ceilings.ceilings,
    "cold-start": starting.cold_start,
    "idle-rss": starting.idle_rss,
    "load-rss": delivery.load_rss,
    "actor": actors.actor,
    "webfinger": actors.webfinger,
    "inbox-ed": inbox.inbox_ed,
    "inbox-rsa": inbox.inbox_rsa,
    "inbox-storm": inbox.inbox_storm,
    "flood": flood.flood,
    "deliver-10k": delivery.deliver,
    "deliver-rsa": delivery.deliver_rsa,
    "deliver-dead": delivery.deliver_dead,
    "timeline": timeline.timeline,
    "lcp": loading.lcp,
    "bytes-per-post": timeline.bytes_per_post,
    "search-100k": searching.search_100k,
    "crisis": crisis.crisis,
    "mesh-10": mesh.mesh_10,
    "mesh-30": mesh.mesh_30,
}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("rows", nargs="*", metavar="row", help=f"which: {', '.join(ROWS)} (all)")
    asked.add_argument("--quick", action="store_true", help="small sizes: the figures mean nothing")
    asked.add_argument(
        "--pairs", type=int, default=5, help="how often beside its reference (the median counts)"
    )
    words = asked.parse_args()
    if unknown := [row for row in words.rows if row not in ROWS]:
        asked.error(f"no such row: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end every node that was started
    size = Size(words.quick, 1 if words.quick else words.pairs)
    print(figures.head(), flush=True)
    for name in words.rows or ROWS:
        began = time.monotonic()
        for figure in ROWS[name](size):
            print(figure.told(), flush=True)
        print(f"    ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
