"""Outlines from a GeoJSON file, as a municipality gives them away and as somebody may break them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.command.boundaries import read
from node.neighbourhood.outline import SIDE, Outline, fitted
from node.neighbourhood.refusal import Refusal

OURS = "BU00000001"


def square(code: str, x: float, y: float, side: float, name: str = "Centrum", **more: Any) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    shape = {"type": "Polygon", "coordinates": [ring], **more}
    return {"type": "Feature", "properties": {"buurtcode": code, "buurtnaam": name}, "geometry": shape}


def file(tmp_path: Path, *features: Any) -> Path:
    path = tmp_path / "buurten.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


@pytest.mark.parametrize(("x", "y", "side"), [(4.9, 52.3, 0.01), (121000, 487000, 800)])
def test_degrees_and_metres(tmp_path: Path, x: float, y: float, side: float) -> None:
    east = square("BU00000002", x + side, y, side, "Oost")
    found = read(file(tmp_path, square(OURS, x, y, side), east), OURS)
    assert [one.name for one in found] == ["Centrum", "Oost"]
    left, right = found
    assert max(step[0] for step in right.rings[0]) == SIDE
    assert {step[0] for step in left.rings[0]} == {0, SIDE // 2}
    assert left.middle[0] < right.middle[0]
    assert right.path.startswith("M")


def test_many_points_become_few(tmp_path: Path) -> None:
    wobbly = square(OURS, 0, 50, 1)
    bottom = [[n / 1000, 50 + (n % 2) * 1e-5] for n in range(1000)]
    wobbly["geometry"]["coordinates"] = [[*bottom, [1, 50], [1, 51], [0, 51], [0, 50]]]
    [one] = read(file(tmp_path, wobbly), OURS)
    assert len(one.rings[0]) == 4


def test_islands_and_what_is_no_area(tmp_path: Path) -> None:
    first, second = square(OURS, 4, 52, 1), square(OURS, 7, 52, 1)
    islands = [first["geometry"]["coordinates"], second["geometry"]["coordinates"]]
    first["geometry"] = {"type": "MultiPolygon", "coordinates": islands}
    water = square("", 4, 52, 9)
    [one] = read(file(tmp_path, first, water, None, {"properties": None}), OURS)
    assert len(one.rings) == 2


@pytest.mark.parametrize(
    "features",
    [
        [],
        [square("BU00000002", 4, 52, 1)],
        [square(OURS, 4, 52, 1), square(OURS, 4, 52, 1)],
        [square(OURS, 4, 52, 1, name="x" * 99)],
        [square(OURS, 4, 52, 1, name="a\nb")],
        [square(OURS, 4, 52, 1, type="Point")],
        [square(OURS, 4, 52, 1, coordinates=[[[4, 52], [5, 52]]])],
        [square(OURS, 4, 52, 1, coordinates=[[["x", 1]] * 5])],
        [square(OURS, 4, 52, 1, coordinates=7)],
        [square(OURS, float("nan"), 52, 1)],
        [square(OURS, 1e300, 52, 1)],
        [square(f"BU0000{n:04}", 4, 52, 1) for n in range(1, 502)],
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(tmp_path: Path, features: list[Any]) -> None:
    with pytest.raises(Refusal, match="buurten"):
        read(file(tmp_path, *features), OURS)


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"features": 1}', "[" * 100_000, "{'a': 1}"])
def test_what_is_no_geojson(tmp_path: Path, words: str) -> None:
    path = tmp_path / "kaart.json"
    path.write_text(words)
    with pytest.raises(Refusal, match="kaart"):
        read(path, OURS)
    with pytest.raises(Refusal, match="kaart2"):
        read(tmp_path / "kaart2.json", OURS)


@pytest.mark.parametrize("far", [0.0, 5e-324, 2.2e-308, 1e-300, 1e-10])
def test_lines_that_lie_all_but_on_one_point_are_no_area(far: float) -> None:
    assert fitted({"a": [[(0.0, 0.0), (far, 0.0), (far, far), (0.0, 0.0)]]}) == {}


POINTS = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=4, max_size=30)


@given(st.lists(POINTS, min_size=1, max_size=4))
def test_whatever_the_lines_all_of_it_lies_in_the_square(rings: list[list[tuple[float, float]]]) -> None:
    for drawn in fitted({"a": rings}).values():
        outline = Outline("a", "", drawn)
        assert all(0 <= x <= SIDE and 0 <= y <= SIDE for ring in outline.rings for x, y in ring)
        assert outline.path.count("M") == len(outline.rings)
        assert len(outline.middle) == 2
