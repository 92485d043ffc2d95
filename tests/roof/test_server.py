"""`serve`, as a process: what it refuses, how it answers, how it stops."""

import shutil
import signal
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from node.settings import FILE
from node.storage import schema
from tests.roof.conftest import Run, Running, command, free_port, in_town, is_free, until


def test_a_node_says_where_it_listens_and_answers(serving: Running) -> None:
    assert serving.said == f"Centrum listens on {serving.origin}\n"
    status, headers, body = serving.get("/healthz")
    assert (status, body) == (200, b'{"ok":true,"database":true,"queue":0}')
    assert "server" not in headers
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_closes_and_says_nothing(serving: Running, number: int) -> None:
    assert serving.get("/healthz")[0] == 200
    assert serving.stop(number) == (0, "")
    assert not (serving.directory / "control.sock").exists()
    assert not list(serving.directory.glob("*-wal"))  # the last connection closed, and cleaned up behind it


def test_it_finishes_what_it_is_asked(serving: Running) -> None:
    """A message that is halfway in when the node is told to stop is still answered."""
    head = b"POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Type: application/activity+json\r\n"
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as line:
        line.sendall(head + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        with line.makefile("rb") as stream:
            assert stream.readline().startswith(b"HTTP/1.1 100 ")
            assert stream.readline() == b"\r\n"
            line.sendall(b"{")
            serving.process.send_signal(signal.SIGTERM)
            until(lambda: is_free(serving.port))
            line.sendall(b"}")
            assert stream.readline().startswith(b"HTTP/1.1 4")
    assert serving.process.wait(10) == 0


def test_a_second_server_on_the_same_node_is_refused(serving: Running, run: Run) -> None:
    second = run("serve", "--dir", serving.directory, "--port", free_port())
    assert (second.returncode, second.stdout) == (1, "")
    assert "another server works with this node" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert serving.get("/healthz")[0] == 200


@pytest.mark.parametrize("role", ["web", "worker"])
def test_an_sqlite_file_takes_one_process(made: Path, run: Run, role: str) -> None:
    done = run("serve", "--dir", made, "--role", role)
    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr


@pytest.mark.parametrize("role", ["all", "web", "worker"])
def test_with_postgresql_several_share_the_work(made: Path, postgresql: str, role: str) -> None:
    port = free_port()
    in_town(made, port)
    (made / FILE).write_text(
        (made / FILE).read_text() + f'database = "{postgresql.replace("+asyncpg", "")}"\n'
    )
    with subprocess.Popen(
        command("serve", "--dir", made, "--role", role),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == f"Centrum listens on http://127.0.0.1:{port}\n"
        process.terminate()
        assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


def test_a_taken_port_is_told(serving: Running, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(serving.directory, other, ignore=shutil.ignore_patterns("*.sock", "*-wal", "*-shm"))
    done = run("serve", "--dir", other)
    assert done.returncode == 1
    assert f"port {serving.port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read_is_refused(made: Path, run: Run, mode: int) -> None:
    key = next((made / "keys").glob("*.pem"))
    key.chmod(mode)
    done = run("serve", "--dir", made, "--port", free_port())
    assert done.returncode == 1
    assert f"chmod 600 {key}" in done.stderr


def test_a_newer_database_is_refused(made: Path, run: Run) -> None:
    with sqlite3.connect(made / "node.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = run("serve", "--dir", made, "--port", free_port())
    assert done.returncode == 1
    assert f"this program knows up to {schema.newest()}" in done.stderr


def test_a_setting_that_is_not_known_is_refused(made: Path, run: Run) -> None:
    done = run("serve", "--dir", made, BUURTKNOOP_DEBUG="1")
    assert done.returncode == 1
    assert "unknown setting: debug" in done.stderr


def test_without_a_node_it_says_how_to_make_one(tmp_path: Path, run: Run) -> None:
    done = run("serve", "--dir", tmp_path)
    assert done.returncode == 1
    assert "buurtknoop init" in done.stderr


def test_what_breaks_for_good_ends_the_process(serving: Running) -> None:
    """A worker that can no longer work: the process ends with status 1, and is started anew, whole."""
    with sqlite3.connect(serving.directory / "node.db") as database:
        database.execute("DROP TABLE lookups")
    database.close()
    assert serving.process.wait(20) == 1
    _, said = serving.process.communicate()
    assert "a worker broke" in said
    assert "Traceback" not in said


def test_it_runs_from_any_directory(made: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "node.py").write_text("raise SystemExit('not this one')")
    done = run("stats", "--dir", "made", "--json", cwd=tmp_path, PYTHONSAFEPATH="1")
    assert (done.returncode, done.stderr) == (0, "")
