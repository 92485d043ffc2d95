"""Commands for a running node: the socket in its directory, and what goes over it."""

import json
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from node.command import control
from node.neighbourhood.refusal import Refusal
from tests.roof.conftest import Running, command


def say(directory: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as speaker:
        speaker.settimeout(20)
        speaker.connect(str(directory / control.NAME))
        speaker.sendall(line)
        speaker.shutdown(socket.SHUT_WR)
        with speaker.makefile("rb") as stream:
            return stream.read()


def test_only_the_owner_can_speak_to_a_node(serving: Running) -> None:
    mode = (serving.directory / control.NAME).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE(serving.directory.stat().st_mode) == 0o700


def test_it_answers_the_same_running_and_at_rest(serving: Running) -> None:
    control.run(serving.directory, "resident add", {"name": "Bea", "email": None, "language": None})
    running = control.run(serving.directory, "resident list", {})
    assert [person["name"] for person in running["residents"]] == ["Bea", "Beheerder"]
    serving.stop(15)
    assert control.ask(serving.directory, "resident list", {}) is None
    assert control.run(serving.directory, "resident list", {}) == running


def test_a_refusal_comes_back_as_one(serving: Running) -> None:
    words = {"who": "nobody", "role": "broker", "until": None}
    with pytest.raises(Refusal, match="Nobody here has the id"):
        control.ask(serving.directory, "role grant", words)
    with pytest.raises(Refusal, match="does not know the command"):
        control.ask(serving.directory, "sing", {})


NONSENSE = [
    b"",
    b"\n",
    b"hello\n",
    b"[]\n",
    b'{"command": "stats"}\n',
    b'{"command": "stats", "arguments": {"colour": "red"}}\n',
    b'{"command": ["stats"], "arguments": {}}\n',
    b'{"command": "role grant", "arguments": {"who": "olaf@example.org", "role": "king", "until": null}}\n',
    b"[" * 20_000 + b"\n",
    b"x" * (2 * control.MOST_ASKED),
]


def test_what_cannot_be_understood_harms_nothing(serving: Running) -> None:
    for line in NONSENSE:
        try:
            answer = json.loads(say(serving.directory, line))
        except (BrokenPipeError, ConnectionResetError):
            continue  # hung up
        assert list(answer) == ["refused"], line[:80]
    assert control.ask(serving.directory, "stats", {})
    status, said = serving.stop(15)
    assert status == 0
    assert "Traceback" not in said


def test_a_path_may_be_long(made: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    node = Running(made.rename(deep / "made"))
    try:
        assert len(str(node.directory / control.NAME)) > control.LONGEST_PATH
        assert control.ask(node.directory, "stats", {}) is not None
        assert (node.directory / control.NAME).is_socket()
    finally:
        assert node.stop(15) == (0, "")


def test_a_socket_left_by_a_killed_node_is_in_nobodys_way(serving: Running) -> None:
    serving.stop(9)
    assert (serving.directory / control.NAME).exists()
    assert control.run(serving.directory, "stats", {})["residents"] == 1
    with subprocess.Popen(command("serve", "--dir", serving.directory), stdout=subprocess.PIPE) as again:
        assert again.stdout
        assert again.stdout.readline()
        assert control.ask(serving.directory, "stats", {})
        again.terminate()
