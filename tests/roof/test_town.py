"""The neighbourhoods of a demo: invented, or from a file of real borders."""

from datetime import timedelta
from pathlib import Path

import pytest

from node import clock, settings
from node.demo import town, week
from node.neighbourhood.node import NodeKind
from node.neighbourhood.refusal import Refusal
from node.storage import figures, posts
from tests import town as stored

HEAD = "buurtcode,buurtnaam,wijkcode,gemeentecode,aangrenzend,raakt_gemeentegrens\n"


def test_the_invented_town_is_on_no_map_and_all_touch() -> None:
    spots = town.invented(16)
    assert len({spot.code for spot in spots} | {spot.slug for spot in spots}) == 32
    assert all(spot.touches == {other.code for other in spots} - {spot.code} for spot in spots)
    with pytest.raises(Refusal, match="16 neighbourhoods"):
        town.invented(17)


def test_a_file_is_taken_from_its_first_row_outwards(tmp_path: Path) -> None:
    a, b, c, d, e, x = (f"BU0001000{number}" for number in range(6))
    rows = [
        f"{a},Aa,W,G,{c} {b},0",
        f"{b},Bee,W,G,{a},0",
        f"{c},Cee,W,G,{a} {d},0",
        f"{d},Dee,W,G,{c} {x},1",
        f"{e},Eef,W,G,,0",
    ]
    path = tmp_path / "borders.csv"
    path.write_text(HEAD + "\n".join(rows))
    assert [spot.code for spot in town.real(path, 4)] == [a, b, c, d]
    assert town.real(path, 1)[0].name == "Aa"
    with pytest.raises(Refusal, match="only 4 neighbourhoods hang together"):
        town.real(path, 5)


def test_real_neighbourhoods_are_read(shared: Path) -> None:
    spots = town.real(shared / "data" / "adjacency_GM1896.csv", 34)
    assert spots[0].name == "Genemuiden Kern"
    assert sum(len(spot.touches) for spot in spots) == 2 * 86


@pytest.mark.parametrize(
    "content",
    [b"", HEAD.encode(), b"a,b\n1,2\n", HEAD.encode() + b"BU00010001,,W,G,,0\n", b"\xff\xfe\x00", b'"'],
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


def test_the_hub_is_of_the_municipality_of_the_neighbourhoods() -> None:
    hub = town.hub(town.invented(2))
    assert (hub.name, hub.code, hub.kind) == ("Gemeente Rietstad", "GM9001", NodeKind.HUB)
    assert settings.build(town.values(hub, 8400), Path("/tmp/town")).home.is_hub


async def test_a_week_happened_before_the_town_is_looked_at(tmp_path: Path) -> None:
    """Every post of every neighbourhood is such as the rules take, and is answered and agreed as it says."""
    at, said = clock.now(), 0
    for number in (-1, 0, 1, 2, 3):
        spot = town.hub(town.invented(1)) if number < 0 else town.invented(4)[number]
        here = settings.build(town.values(spot, 8401 + number), tmp_path)
        async with stored.opened(tmp_path, f"node{number + 1}", home=here.home) as database:
            await database.writing(town.move_in, here, number, at)
            await database.writing(week.live, here, number, at)
            found = await database.reading(posts.listing, None, posts.Filter(limit=100), at)
            told = [t for t in week.told_here(here, number) if t.get("audience") != "municipality"]
            numbers = await database.reading(figures.figures, at)
            kinds = ("requests", "offers", "notices", "events")
            assert sum(numbers[kind] for kind in kinds) == len(told)
            assert all(post.created > at - timedelta(days=8) for post in found)
            said += numbers["agreed"] + numbers["done"]
    assert said >= 6
