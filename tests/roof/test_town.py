"""The neighbourhoods of a demo: invented, or from a file of real borders."""

from pathlib import Path

import pytest

from node import settings
from node.demo import town
from node.neighbourhood.category import Category
from node.neighbourhood.refusal import Refusal

HEAD = "buurtcode,buurtnaam,wijkcode,gemeentecode,aangrenzend,raakt_gemeentegrens\n"


def test_the_invented_town_is_on_no_map_and_all_touch() -> None:
    spots = town.invented(16)
    assert len({spot.code for spot in spots} | {spot.slug for spot in spots}) == 32
    assert all(spot.touches == {other.code for other in spots} - {spot.code} for spot in spots)
    with pytest.raises(Refusal, match="16 neighbourhoods"):
        town.invented(17)


def test_a_file_is_taken_from_its_first_row_outwards(tmp_path: Path) -> None:
    rows = ["A,Aa,W,G,C B,0", "B,Bee,W,G,A,0", "C,Cee,W,G,A D,0", "D,Dee,W,G,C X,1", "E,Eef,W,G,,0"]
    path = tmp_path / "borders.csv"
    path.write_text(HEAD + "\n".join(rows))
    assert [spot.code for spot in town.real(path, 4)] == ["A", "B", "C", "D"]
    assert town.real(path, 1)[0].name == "Aa"
    with pytest.raises(Refusal, match="only 4 neighbourhoods hang together"):
        town.real(path, 5)


def test_real_neighbourhoods_are_read(shared: Path) -> None:
    spots = town.real(shared / "data" / "adjacency_GM1896.csv", 34)
    assert spots[0].name == "Genemuiden Kern"
    assert sum(len(spot.touches) for spot in spots) == 2 * 86


@pytest.mark.parametrize(
    "content",
    [b"", HEAD.encode(), b"a,b\n1,2\n", HEAD.encode() + b"A,,W,G,B,0\n", b"\xff\xfe\x00", b'"'],
    ids=["empty", "head", "columns", "no name", "letters", "quote"],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "borders.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"borders\.csv"):
        town.real(path, 1)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No such file"):
        town.real(tmp_path / "none.csv", 1)


def test_every_place_has_settings_that_hold() -> None:
    for number, spot in enumerate(town.invented(16)):
        here = settings.build(town.values(spot, 8401 + number), Path("/tmp/town"))
        assert here.origin == f"http://127.0.0.1:{8401 + number}"
        assert here.phone == town.PHONE


def test_the_posts_are_such_as_the_rules_take() -> None:
    for number in range(20):
        posts = town.posts(number)
        assert len(posts) == 3
        assert {path for _, path, _ in posts} <= {"requests", "offers"}
        assert all(post["category"] in set(Category) for _, _, post in posts)
        assert all(who in town.CAST for who, _, _ in posts)
