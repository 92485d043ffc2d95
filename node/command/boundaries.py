"""A file with the outlines of areas: GeoJSON (RFC 7946), such as CBS and the Land Registry give away.

Whoever made it, it is read within bounds, and only its outlines, codes and names are kept.
"""

import json
import re
from pathlib import Path
from typing import Any

from node.neighbourhood.outline import Outline, Ring, fitted
from node.neighbourhood.refusal import Refusal

MOST_BYTES = 64 * 1024 * 1024
MOST_AREAS = 500  # a municipality has a few hundred neighbourhoods at most
MOST_POINTS = 2_000_000
LONGEST_NAME = 80
CODES = ("buurtcode", "wijkcode", "gemeentecode", "statcode", "code")  # the first that it has is its own
NAMES = ("buurtnaam", "wijknaam", "gemeentenaam", "statnaam", "naam", "name")
_CODE = re.compile(r"(BU|WK)\d{8}|WK\d{6}|GM\d{4}", re.ASCII)


def read(path: Path, area: str) -> list[Outline]:
    """The outlines of the file; `area`, our own, must be among them. Raises Refusal."""
    found = [one for feature in _features(path) if (one := _area(path, feature)) is not None]
    names = {code: name for code, name, _ in found}
    if len(found) > MOST_AREAS or len(names) < len(found):
        raise Refusal(f"{path}: give the areas of one municipality, each once (at most {MOST_AREAS})")
    if area not in names and not area.startswith("GM"):  # a hub is of all of them
        raise Refusal(f"{path}: our own area {area} is not in it")
    if sum(len(ring) for _, _, rings in found for ring in rings) > MOST_POINTS:
        raise Refusal(f"{path}: its lines are too fine; take a file with fewer points")
    drawn = fitted({code: rings for code, _, rings in found})
    return [Outline(code, names[code], rings) for code, rings in sorted(drawn.items())]


def _features(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(f"{path} is too big: at most {MOST_BYTES // 2**20} MB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refusal(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise Refusal(f"{path} is no GeoJSON with features")
    return features


def _area(path: Path, feature: Any) -> tuple[str, str, list[Ring]] | None:
    """Code, name and lines of one area; None for what is no area with a code, such as water."""
    said = feature.get("properties") if isinstance(feature, dict) else None
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(said, dict) or not isinstance(shape, dict):
        return None
    lower = {str(key).lower(): value for key, value in said.items()}
    code = next((str(lower[key]).strip() for key in CODES if lower.get(key)), "")
    name = next((str(lower[key]).strip() for key in NAMES if lower.get(key)), code)
    if not _CODE.fullmatch(code):
        return None
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal(f"{path}: {code} has no name of at most {LONGEST_NAME} letters")
    where: Any = shape.get("coordinates")
    parts = {"Polygon": [where], "MultiPolygon": where}
    try:
        rings = [_ring(ring) for polygon in parts[str(shape.get("type"))] for ring in polygon]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Refusal(f"{path}: the outline of {code} cannot be read") from None
    return code, name, rings


def _ring(points: Any) -> Ring:
    ring = [(float(point[0]), float(point[1])) for point in points]
    if len(ring) < 4 or not all(abs(x) < 1e7 and abs(y) < 1e7 for x, y in ring):  # no NaN passes that
        raise ValueError
    return ring
