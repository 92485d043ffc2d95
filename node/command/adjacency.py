"""A file that says which areas touch: `buurtcode,buurtnaam,aangrenzend` (codes with spaces between), as CSV.

Whoever made it, it is read within bounds: so many bytes and rows, codes that can be codes, names that can be
shown.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.neighbourhood.refusal import Refusal
from node.storage.borders import Border

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 20_000  # the Netherlands have 14,000 neighbourhoods
MOST_TOUCHING = 200
LONGEST_NAME = 80
COLUMNS = ("buurtcode", "buurtnaam", "aangrenzend")
ABOVE = ("wijkcode", "gemeentecode")  # of the district and the municipality; may be left out
_CODE = re.compile(r"(BU|WK)\d{8}|WK\d{6}|GM\d{4}", re.ASCII)


@dataclass(frozen=True)
class Area:
    """One row: an area, the codes of those it touches, and of the district and municipality it lies in."""

    code: str
    name: str
    touches: frozenset[str]
    above: frozenset[str]


def read(path: Path, area: str, year: str) -> list[Border]:
    """The areas of the file that are `area` (or lie in it), and those that touch it. Raises Refusal."""
    found = areas(path)
    ours = {one.code for one in found if area == one.code or area in one.above}
    if not ours:
        raise Refusal(f"{path}: our own area {area} is not in it")
    near = {code for one in found if one.code in ours for code in one.touches}
    near |= {one.code for one in found if ours & one.touches}
    kept = [one for one in found if one.code in ours | near]
    return [Border(one.code, one.name, tuple(sorted(one.touches)), year) for one in kept]


def areas(path: Path) -> list[Area]:
    """All areas of the file, in its order. Raises Refusal."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(f"{path} is too big: at most {MOST_BYTES // 2**20} MB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            found = [_area(path, row) for row, _ in zip(reader, range(MOST_ROWS + 1), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not found or len(found) > MOST_ROWS:
        raise Refusal(f"{path}: write one row for each area, at most {MOST_ROWS}")
    if len({one.code for one in found}) < len(found):
        raise Refusal(f"{path}: an area stands in it twice")
    return found


def _area(path: Path, row: dict[Any, Any]) -> Area:
    if not set(COLUMNS) <= set(row):
        raise Refusal(f"{path}: its first line must name the columns {', '.join(COLUMNS)}")
    code, name, written = ((row[column] or "").strip() for column in COLUMNS)
    touches = written.split()
    if not all(map(_CODE.fullmatch, [code, *touches])) or len(touches) > MOST_TOUCHING:
        raise Refusal(f"{path}: {code[:20]!r} or what it touches is not a CBS code such as BU03630001")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal(f"{path}: {code} has no name of at most {LONGEST_NAME} letters")
    above = frozenset((row.get(column) or "").strip() for column in ABOVE)
    return Area(code, name, frozenset(touches), above)
