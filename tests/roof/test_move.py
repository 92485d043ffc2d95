"""The moving box: a whole neighbourhood goes elsewhere, and never do two nodes speak with the same keys."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from node.command import control, keeping, moving, returning
from node.neighbourhood.refusal import Refusal
from node.serving import resting
from node.settings import FILE
from tests.roof.conftest import Run, Running, command, free_port
from tests.roof.test_doctor import found
from tests.roof.test_keep import SECRET, add, forged, names, quiet, secret

__all__ = ["secret"]


def boxed(directory: Path, to: Path) -> str:
    """Move out in this process: the key that was told."""
    return str(moving.move_out(directory, to, SECRET, quiet)["key"])


def test_a_neighbourhood_moves(serving: Running, run: Run, secret: Path, tmp_path: Path) -> None:
    add(serving.directory, "Bea")
    box, there = tmp_path / "box", tmp_path / "there"
    out = ["move", "out", "--dir", serving.directory, "--to", box, "--passphrase-file", secret]
    running = run(*out)
    assert (running.returncode, running.stdout) == (1, "")
    assert "stop it first" in running.stderr
    assert serving.get("/healthz")[0] == 200
    serving.stop(15)
    done = run(*out)
    assert (done.returncode, done.stderr) == (0, "")
    told = re.search(r"Its key is (z6Mk\w+)", done.stdout)
    assert told
    assert run(*out).returncode == 1  # it has gone already

    refused = run("serve", "--dir", serving.directory, "--port", free_port())
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "moved out" in refused.stderr
    assert "move out --undo" in refused.stderr

    words = ["move", "in", "--from", box, "--dir", there, "--passphrase-file", secret, "--json"]
    wrong = run(*words, "--key", told[1][:-1] + ("a" if told[1][-1] != "a" else "b"))
    assert wrong.returncode == 1
    assert f"its key is {told[1]}" in wrong.stderr
    assert not there.exists()
    done = run(*words, "--key", told[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["key"] == told[1]
    assert names(there) == ["Bea", "Beheerder"]
    assert resting.moved(there) is None
    assert (there / FILE).read_bytes() == (serving.directory / FILE).read_bytes()


def test_it_answers_at_its_new_place_as_itself(made: Path, tmp_path: Path) -> None:
    node = Running(made)
    actor = node.get("/ap/actor")[2]
    node.stop(15)
    boxed(made, tmp_path / "box")
    there = tmp_path / "there"
    returning.move_in(tmp_path / "box", there, SECRET, None, quiet)
    with closing(sqlite3.connect(there / "node.db")) as database:
        assert database.execute("SELECT count(*) FROM residents").fetchone() == (1,)
    import subprocess

    with subprocess.Popen(command("serve", "--dir", there), stdout=subprocess.PIPE, text=True) as again:
        assert again.stdout
        assert again.stdout.readline() == node.said
        assert node.get("/ap/actor")[2] == actor
        again.terminate()


def test_at_rest_it_is_looked_at_and_not_changed(made: Path, tmp_path: Path) -> None:
    boxed(made, tmp_path / "box")
    assert control.run(made, "stats", {})["residents"] == 1
    with pytest.raises(Refusal, match="moved out"):
        add(made, "Bea")
    assert not found(made)["server"].well
    keeping.back_up(made, tmp_path / "backup", SECRET, None, quiet)


def test_it_may_stay_after_all(made: Path, run: Run, tmp_path: Path) -> None:
    assert run("move", "out", "--dir", made, "--undo").returncode == 1  # it never went
    boxed(made, tmp_path / "box")
    done = run("move", "out", "--dir", made, "--undo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Destroy the box" in done.stdout
    add(made, "Bea")
    assert resting.moved(made) is None


@pytest.mark.parametrize("words", [[], ["--undo", "--to", "box"]], ids=["none", "both"])
def test_it_is_one_or_the_other(made: Path, run: Run, words: list[str]) -> None:
    done = run("move", "out", "--dir", made, *words)
    assert done.returncode == 2
    assert "either --to" in done.stderr
    assert resting.moved(made) is None


def test_a_box_that_cannot_be_made_leaves_the_node_awake(made: Path, tmp_path: Path) -> None:
    (made / "keys" / "group-ed25519.pem").chmod(0o644)
    with pytest.raises(Refusal, match="chmod 600"):
        boxed(made, tmp_path / "box")
    assert resting.moved(made) is None
    assert not (tmp_path / "box").exists()


def test_a_backup_is_no_box_and_a_box_no_backup(made: Path, tmp_path: Path) -> None:
    keeping.back_up(made, tmp_path / "backup", SECRET, None, quiet)
    boxed(made, tmp_path / "box")
    with pytest.raises(Refusal, match="use restore"):
        returning.move_in(tmp_path / "backup", tmp_path / "there", SECRET, None, quiet)
    with pytest.raises(Refusal, match="use move in"):
        returning.bring_back(tmp_path / "box", tmp_path / "there", SECRET, quiet)


def test_a_box_of_somebody_else_is_refused(made: Path, tmp_path: Path) -> None:
    """It is well signed, but with a key that is not the one in it: so not by that node."""
    liar = tmp_path / "liar"
    shutil.copytree(made, liar)
    (liar / "keys" / "group-ed25519.pem").unlink()
    honest = {"keys/group-ed25519.pem": (made / "keys" / "group-ed25519.pem").read_bytes()}
    box = forged(liar, tmp_path / "box", honest, what="box")
    with pytest.raises(Refusal, match="another key than the one in it"):
        returning.move_in(box, tmp_path / "there", SECRET, None, quiet)
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("mark", ["", "[]", "nonsense", '{"at": "today"}'])
def test_any_mark_counts(made: Path, run: Run, mark: str) -> None:
    (made / resting.MARK).write_text(mark)
    done = run("serve", "--dir", made, "--port", free_port())
    assert done.returncode == 1
    assert "moved out" in done.stderr
