"""A file that says which areas touch: `buurtcode,buurtnaam,aangrenzend` (codes with spaces between), as CSV.

Whoever made it, it is read within bounds: so many bytes and rows, codes that can be codes, names that can be
shown.
"""

import csv
import re
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


def read(path: Path, area: str, year: str) -> list[Border]:
    """The areas of the file that are `area` (or lie in it), and those that touch it. Raises Refusal."""
    rows = _rows(path)
    code, name, touches = COLUMNS
    ours = {row[code] for row in rows if area in (row[code], *(row.get(above) for above in ABOVE))}
    if not ours:
        raise Refusal(f"{path}: our own area {area} is not in it")
    near = {other for row in rows if row[code] in ours for other in row[touches].split()}
    near |= {row[code] for row in rows if ours & set(row[touches].split())}
    found = [row for row in rows if row[code] in ours | near]
    return [Border(row[code], row[name], tuple(sorted(set(row[touches].split()))), year) for row in found]


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(f"{path} is too big: at most {MOST_BYTES // 2**20} MB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [_row(path, row) for row, _ in zip(reader, range(MOST_ROWS + 1), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not rows or len(rows) > MOST_ROWS:
        raise Refusal(f"{path}: write one row for each area, at most {MOST_ROWS}")
    if len({row[COLUMNS[0]] for row in rows}) < len(rows):
        raise Refusal(f"{path}: an area stands in it twice")
    return rows


def _row(path: Path, row: dict[Any, Any]) -> dict[str, str]:
    if not set(COLUMNS) <= set(row):
        raise Refusal(f"{path}: its first line must name the columns {', '.join(COLUMNS)}")
    clean = {key: (value or "").strip() for key, value in row.items() if key in (*COLUMNS, *ABOVE)}
    code, name, touches = (clean[column] for column in COLUMNS)
    codes = [code, *touches.split()]
    if not all(map(_CODE.fullmatch, codes)) or len(codes) > MOST_TOUCHING + 1:
        raise Refusal(f"{path}: {code[:20]!r} or what it touches is not a CBS code such as BU03630001")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal(f"{path}: {code} has no name of at most {LONGEST_NAME} letters")
    return clean
