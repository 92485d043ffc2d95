"""A town's own time: moved for all its nodes at once, kept, and for a town alone."""

import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from node import settings
from node.command import control
from node.command.cli import main
from node.demo import moving, pointer
from node.neighbourhood.refusal import Refusal
from node.serving import shift
from tests.roof import neighbours
from tests.roof.conftest import Run, Running, command, free_port, in_town
from tests.roof.test_demo import Demo, ports


def shown(directory: Path) -> tuple[datetime, timedelta]:
    answer = control.run(directory, "clock", {})
    return datetime.fromisoformat(answer["time"]), timedelta(seconds=answer["ahead"])


def about(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("+72h", 72 * 3600), ("-3d", -3 * 86400), ("+5m", 300), ("-0h", 0), ("+0d", 0)],
)
def test_words_are_read(words: str, seconds: int) -> None:
    assert moving.seconds(words) == seconds


@pytest.mark.parametrize(
    "words", ["72h", "+72", "+h", "+1.5h", "+72H", "+\u0663h", "++1h", "+1234567d", "", "now"]
)
def test_other_words_are_not(words: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        moving.seconds(words)


def test_a_node_that_is_of_no_town_keeps_true_time(made: Path) -> None:
    for name, given in (("clock move", {"seconds": 3600}), ("clock look", {})):
        with pytest.raises(Refusal, match="Only the clock of a demo's town"):
            control.run(made, name, given)
    (made / shift.FILE).write_text("3600")  # and whatever lies there
    time, ahead = shown(made)
    assert ahead == timedelta()
    assert about(time, datetime.now(UTC))


def test_it_is_moved_shown_and_kept(serving: Running) -> None:
    control.run(serving.directory, "clock move", {"seconds": 72 * 3600})
    control.run(serving.directory, "clock move", {"seconds": -3600})
    running = shown(serving.directory)
    assert running[1] == timedelta(hours=71)
    assert about(running[0], datetime.now(UTC) + timedelta(hours=71))
    path = serving.directory / shift.FILE
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (str(71 * 3600), 0o600)
    serving.stop(15)
    with subprocess.Popen(command("serve", "--dir", serving.directory), stdout=subprocess.PIPE) as again:
        assert again.stdout
        assert again.stdout.readline()
        assert shown(serving.directory)[1] == timedelta(hours=71)
        again.terminate()


@pytest.mark.parametrize("content", ["", "soon", "9" * 5000, "-" + "9" * 15, "1e5", "\0"])
def test_what_stands_in_the_file_is_bounded(made: Path, content: str) -> None:
    in_town(made, free_port())
    (made / shift.FILE).write_text(content)
    assert abs(shift.kept(settings.read(made, {}))) <= shift.MOST


@pytest.mark.parametrize("content", ["soon", "9" * 5000])
def test_a_node_starts_whatever_stands_in_the_file(made: Path, content: str) -> None:
    (made / shift.FILE).write_text(content)
    serving = Running(made)
    try:
        assert abs(shown(made)[1]) <= shift.MOST
        with pytest.raises(Refusal, match="ten years"):
            control.run(made, "clock move", {"seconds": 3 * 3660 * 86400})
    finally:
        serving.stop(15)


def test_the_links_of_a_cast_stay_good(serving: Running) -> None:
    import sqlite3

    with sqlite3.connect(serving.directory / "node.db") as database:
        database.execute("UPDATE signin_links SET lasting = 1")
        before = database.execute("SELECT expires FROM signin_links").fetchone()[0]
    database.close()
    control.run(serving.directory, "clock move", {"seconds": 400 * 86400})
    control.run(serving.directory, "clock look", {})
    with sqlite3.connect(serving.directory / "node.db") as database:
        after = database.execute("SELECT expires FROM signin_links").fetchone()[0]
    database.close()
    assert after > before + 399 * 86400 * 1000


async def test_a_town_moves_and_what_falls_due_happens(tmp_path: Path) -> None:
    """A post is shared and expires: over at its home, gone next door. They still understand each other."""
    async with neighbours.running(tmp_path, 2) as (one, other):
        token = one.cast["resident"]["token"]

        def ask(title: str) -> str:
            words = {"title": title, "category": "boodschappen"}
            status, said = one.call("POST", "/api/v1/requests", token, words)
            assert status == 201, said
            return str(json.loads(said)["uri"])

        async def arrived(uri: str) -> None:
            async def there() -> bool:
                return bool(neighbours.post_here(other, uri))

            await neighbours.until(there, 20)

        def state(place: Any, uri: str) -> str:
            return str(neighbours.post_here(place, uri).get("state", "gone"))

        first = ask("Wie haalt dinsdag medicijnen?")
        await arrived(first)
        folders = [one.folder, other.folder]
        moving.each(folders, "clock move", {"seconds": 60 * 86400})
        for folder in folders:
            while control.run(folder, "clock look", {})["touched"]:
                pass
        assert state(one, first) == "expired"
        assert state(other, first) in ("expired", "gone")
        second = ask("Wie helpt met de heg?")
        await arrived(second)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where pointers are, for this process and for those it starts."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(tmp_path / "runtime")
    yield tmp_path / "runtime" / "buurtknoop"
    os.environ.pop("XDG_RUNTIME_DIR")
    if before is not None:
        os.environ["XDG_RUNTIME_DIR"] = before


def test_demo_clock_finds_the_town_by_its_port(place: Path, run: Run, tmp_path: Path) -> None:
    port = ports(2)
    demo = Demo(tmp_path, "--port", port, "--nodes", 2, "--dir", tmp_path / "town")
    try:
        demo.ready()
        _finds(place, port, demo, run, tmp_path / "town")
        _moves_nothing(port, run)
    finally:
        status = demo.stop(signal.SIGTERM)[0] if demo.process.poll() is None else None
        demo.process.communicate()
    assert status == 0
    assert list(place.iterdir()) == []


def _finds(place: Path, port: int, demo: Demo, run: Run, home: Path) -> None:
    [file] = place.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {"pid": demo.process.pid, "dir": str(home)}
    moved = run("demo", "clock", "+72h", "--port", port)
    assert (moved.returncode, moved.stderr) == (0, "")
    assert moved.stdout.count("(+72 hours)") == len(pointer.nodes(port)) >= 2
    back = json.loads(run("demo", "--port", port, "clock", "-1d", "--json").stdout)["nodes"]
    assert {one["ahead"] for one in back} == {48 * 3600}
    assert json.loads(run("demo", "clock", "--json", "--port", port).stdout)["nodes"][0]["ahead"] == 48 * 3600


def _moves_nothing(port: int, run: Run) -> None:
    for words in (["soon"], ["72h"], ["-x"], ["+1h", "+1h"]):
        with pytest.raises(SystemExit, match="2"):
            main(["demo", "clock", *words, "--port", str(port)])
    done = run("demo", "clock", "soon", "--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    done = run("demo", "clock", "+9999d", "--port", port)
    assert done.returncode == 1
    assert "ten years" in done.stderr
    assert run("demo", "clock", "--port", port).stdout.count("(+48 hours)") >= 2


def test_a_town_that_is_not_there_is_said_to_be(run: Run, tmp_path: Path) -> None:
    done = run("demo", "clock", "+1h", "--port", ports(1), XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no town runs on port" in done.stderr


def test_a_pointer_left_by_a_killed_town_is_in_nobodys_way(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "buurtknoop"
    place.mkdir()
    with subprocess.Popen(["true"]) as ended:
        pass
    (place / "town-9000.json").write_text(json.dumps({"pid": ended.pid, "dir": str(tmp_path)}))
    done = run("demo", "clock", "--port", 9000, XDG_RUNTIME_DIR=str(tmp_path))
    assert "no town runs on port 9000" in done.stderr
    (place / "town-9000.json").write_text("nonsense")
    done = run("demo", "clock", "--port", 9000, XDG_RUNTIME_DIR=str(tmp_path))
    assert "no town runs on port 9000" in done.stderr
