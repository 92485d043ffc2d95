"""What is measured, and how it is told: figures per CPU-second, beside a reference of the same run."""

import os
import platform
import sqlite3
import statistics
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Size:
    """How much of everything: as much as a figure needs, or (`quick`) just enough to see that it runs."""

    quick: bool
    pairs: int  # how often each thing is measured beside its reference; the median counts

    def of(self, full: T, quick: T) -> T:
        return quick if self.quick else full


@dataclass(frozen=True)
class Figure:
    """One row of the table: what came out, what must and should, and how it stands to its reference."""

    name: str
    value: float
    unit: str
    must: float | None = None
    goal: float | None = None
    more_is_better: bool = True
    reference: float | None = None
    against: str = ""
    ceiling: float | None = None  # what the reference makes on the machine of the targets
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def there(self) -> float | None:
        """What this comes to on the machine of the targets: the same ratio to what the reference made."""
        return self.ratio * self.ceiling if self.ratio is not None and self.ceiling else None

    @property
    def reached(self) -> str:
        """How far it came: `goal`, `must`, or `missed`; where the ratio tells, by the ratio."""
        value = self.value if self.there is None else self.there
        for word, bound in (("goal", self.goal), ("must", self.must)):
            if bound is not None and (value >= bound if self.more_is_better else value <= bound):
                return word
        return "" if self.must is None else "missed"

    def told(self) -> str:
        """As lines for a person."""
        bounds = (
            f"must {_short(self.must)}, goal {_short(self.goal)}: {self.reached}"
            if self.must is not None
            else ""
        )
        lines = [f"{self.name}: {_short(self.value)} {self.unit}  {bounds}".rstrip()]
        if self.ratio is not None:
            there = f"; {_short(self.there)} on the machine of the targets" if self.there else ""
            lines.append(f"    {self.ratio:.2f} of {self.against} ({_short(self.reference)}){there}")
        return "\n".join([*lines, *(f"    {note}" for note in self.notes)])


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def head() -> str:
    """The machine, the interpreter and how it was built: figures mean nothing without them."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.machine()}; {_interpreter()}; {_database()}"


def _interpreter() -> str:
    """Builds differ by up to a factor two, so each run says which it was."""
    flags = sysconfig.get_config_var("PY_CFLAGS") or ""
    words = [flag for flag in flags.split() if flag.startswith(("-O", "-fprofile", "-flto"))]
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    words += ["--enable-optimizations"] if "--enable-optimizations" in options else []
    name = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name} ({platform.python_compiler()}, {' '.join(dict.fromkeys(words)) or 'flags unknown'})"


def _database() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))]
    return names[0] if names else platform.machine()


def cpu_seconds(pid: int) -> float:
    """What a process used so far, in user and system time, with the children it waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def crowded() -> str:
    """How much of the last minute work waited for a core: what is told by the wall clock suffers by it."""
    path = Path("/proc/pressure/cpu")
    found = path.read_text().split("avg60=")[1].split()[0] if path.exists() else "?"
    return f"in the last minute work on this machine waited for a core {found} % of the time"


def megabytes(pid: int, what: str = "VmRSS") -> float:
    """The memory of a process now, or (`VmHWM`) the most it ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = next(line.split()[1] for line in status.splitlines() if line.startswith(what))
    return int(found) / 1024


def pairs(count: int, ours: Callable[[], float], reference: Callable[[], float]) -> tuple[float, float]:
    """Ours and the reference by turns, A B A B: (median of ours, the reference that goes with it).

    The machine drifts, so the ratio is taken within each pair; the median ratio decides.
    """
    found = [(ours(), reference()) for _ in range(count)]
    value = statistics.median(one for one, _ in found)
    ratio = statistics.median(one / other for one, other in found)
    return value, value / ratio


def quantile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
