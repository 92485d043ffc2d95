"""cold-start and idle-rss: what a node costs before anybody asks it anything."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from node.settings import Settings
from tests.bench import served
from tests.bench.figures import Figure, Size, cpu_seconds, megabytes, pairs


def cold_start(size: Size) -> Iterator[Figure]:
    """CPU-seconds from exec to the first answer 200, its database made before."""
    with TemporaryDirectory() as place:
        settings = _empty(Path(place))
        walls: list[float] = []
        cpu, imports = pairs(size.pairs, lambda: _start(settings, walls), lambda: _imports()[0])
    yield Figure(
        "cold-start",
        cpu,
        "CPU-s",
        0.9,
        0.6,
        more_is_better=False,
        reference=imports,
        against="importing the libraries alone",
        notes=(f"{statistics.median(walls):.2f} s by the wall clock",),
    )


def idle_rss(size: Size) -> Iterator[Figure]:
    """Memory of the full node with an empty database, after a minute at rest."""
    rest = size.of(60.0, 1.0)
    with TemporaryDirectory() as place, served.serving(_empty(Path(place))) as pid:
        time.sleep(rest)
        memory = megabytes(pid)
    yield Figure(
        "idle-rss",
        memory,
        "MB",
        85,
        60,
        more_is_better=False,
        reference=_imports()[1],
        against="a process with the libraries imported",
        notes=(f"after {rest:.0f} s",),
    )


def _empty(place: Path) -> Settings:
    settings = served.made(place / "node", served.free_port())
    served.prepared(settings, lambda tx: None)
    return settings


def _start(settings: Settings, walls: list[float]) -> float:
    began = time.monotonic()
    with served.started(settings) as process:
        served.await_answer(settings.port, process)
        walls.append(time.monotonic() - began)
        return cpu_seconds(process.pid)


def _imports() -> tuple[float, float]:
    with served.reference("imports") as process:
        cpu, memory = map(float, process.communicate()[0].split())
    return cpu, memory
