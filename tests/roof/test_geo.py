"""Which areas touch: read from a file within bounds, kept, and only proposed."""

import json
from pathlib import Path

import pytest

from node import settings
from node.command import adjacency, control
from node.neighbourhood.refusal import Refusal
from node.settings import FILE
from tests.roof.conftest import Run

HEAD = "buurtcode,buurtnaam,wijkcode,gemeentecode,aangrenzend,raakt_gemeentegrens\n"
ROWS = [
    "BU00010001,Links,WK000100,GM0001,BU00010002,0",
    "BU00010002,Midden,WK000100,GM0001,BU00010001 BU00010003,0",
    "BU00010003,Rechts,WK000101,GM0001,BU00010002 BU00019999,1",
    "BU00010004,Ver weg,WK000101,GM0001,,0",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "borders.csv"
    path.write_text(HEAD + "\n".join(ROWS))
    return path


def codes(path: Path, area: str) -> list[str]:
    return [border.code for border in adjacency.read(path, area, "")]


def test_of_a_file_what_touches_is_kept(file: Path) -> None:
    assert codes(file, "BU00010001") == ["BU00010001", "BU00010002"]
    assert codes(file, "BU00010002") == ["BU00010001", "BU00010002", "BU00010003"]
    assert codes(file, "BU00010004") == ["BU00010004"]
    assert codes(file, "WK000101") == ["BU00010002", "BU00010003", "BU00010004"]
    assert len(codes(file, "GM0001")) == 4


def test_one_side_is_enough(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(HEAD + "BU00010001,Links,W,G,,0\nBU00010002,Midden,W,G,BU00010001,0\n")
    assert codes(tmp_path / "one.csv", "BU00010001") == ["BU00010001", "BU00010002"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "one row"),
        (HEAD, "one row"),
        ("a,b\n1,2\n", "must name the columns"),
        (HEAD + "BU00010009,Elders,W,G,,0\n", "our own area"),
        (HEAD + "BU00010001,,W,G,,0\n", "no name"),
        (HEAD + f"BU00010001,{'a' * 81},W,G,,0\n", "no name"),
        (HEAD + "BU00010001,a\u202eb,W,G,,0\n", "no name"),
        (HEAD + "BU1,Links,W,G,,0\n", "not a CBS code"),
        (HEAD + "BU00010001,Links,W,G,<b>,0\n", "not a CBS code"),
        (HEAD + "BU０0010001,Links,W,G,,0\n", "not a CBS code"),
        (HEAD + f"BU00010001,Links,W,G,{'BU00010002 ' * 201},0\n", "not a CBS code"),
        (HEAD + 2 * "BU00010001,Links,W,G,,0\n", "twice"),
        (HEAD + '"', "cannot be read"),
        (HEAD + "BU00010001,Links\n", None),
        (HEAD + "BU00010001,Links,W,G,,0,more,and more\n", None),
    ],
)
def test_a_file_is_read_within_bounds(tmp_path: Path, content: str, says: str | None) -> None:
    path = tmp_path / "borders.csv"
    path.write_text(content)
    if says is None:
        assert codes(path, "BU00010001") == ["BU00010001"]
        return
    with pytest.raises(Refusal, match=says):
        adjacency.read(path, "BU00010001", "")


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "borders.csv"
    rows = (f"BU{number:08},Buurt,W,G,,0\n" for number in range(adjacency.MOST_ROWS + 1))
    path.write_text(HEAD + "".join(rows))
    with pytest.raises(Refusal, match="at most 20000"):
        adjacency.read(path, "BU00000001", "")
    with path.open("wb") as file:
        file.truncate(adjacency.MOST_BYTES + 1)
    with pytest.raises(Refusal, match="too big"):
        adjacency.read(path, "BU00000001", "")


def here(made: Path, area: str) -> None:
    (made / FILE).write_text((made / FILE).read_text().replace("BU00000001", area))
    assert settings.read(made).area == area


def test_geo_import_reads_and_geo_list_tells(made: Path, run: Run, file: Path) -> None:
    here(made, "BU00010003")
    assert "geo import FILE" in run("geo", "list", "--dir", made).stdout
    done = run("geo", "import", file, "--dir", made, "--year", "2024", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert answer["kept"] == 2
    told = json.loads(run("geo", "list", "--dir", made, "--json").stdout)
    assert told == {key: answer[key] for key in ("area", "areas")}
    assert [(area["code"], area["name"], area["year"]) for area in told["areas"]] == [
        ("BU00010002", "Midden", "2024"),
        ("BU00019999", "", ""),
    ]
    assert "(not in the file)" in run("geo", "list", "--dir", made).stdout


def test_an_import_replaces_the_one_before_and_makes_no_border(made: Path, run: Run, file: Path) -> None:
    here(made, "BU00010002")
    assert run("geo", "import", file, "--dir", made).returncode == 0
    file.write_text(HEAD + ROWS[0] + "\n" + ROWS[1].replace("BU00010003", ""))
    assert run("geo", "import", file, "--dir", made).returncode == 0
    assert [area["code"] for area in control.run(made, "geo list", {})["areas"]] == ["BU00010001"]
    assert control.run(made, "node list", {}) == {"nodes": [], "looked_up": []}


def test_what_cannot_be_read_changes_nothing(made: Path, run: Run, file: Path) -> None:
    here(made, "BU00010001")
    assert run("geo", "import", file, "--dir", made).returncode == 0
    (file.parent / "bad.csv").write_text("nonsense")
    for words in ([file.parent / "bad.csv"], [file.parent / "none.csv"]):
        done = run("geo", "import", *words, "--dir", made)
        assert (done.returncode, done.stdout) == (1, "")
    assert run("geo", "import", file, "--year", "soon", "--dir", made).returncode == 2
    assert len(control.run(made, "geo list", {})["areas"]) == 1


def test_the_real_map_is_read(shared: Path) -> None:
    path = shared / "data" / "adjacency_GM1896.csv"
    found = adjacency.read(path, "BU18960000", "2024")
    assert len(found) == 7  # itself, and the six that touch
    assert len(adjacency.read(path, "GM1896", "2024")) == 34
