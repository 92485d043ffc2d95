"""`demo`: a town that comes up by itself, and ends with all that it started."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from node.demo.town import CAST
from tests.roof.conftest import Run, command, free_port, is_free, until

Start = Callable[..., "Demo"]


class Demo:
    """A demo that runs as a process."""

    def __init__(self, temporary: Path, *words: object, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            command("demo", "--json", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, "TMPDIR": str(temporary)},
        )

    def ready(self) -> list[dict[str, Any]]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        answer = json.loads(line)
        assert answer["ready"] is True
        nodes: list[dict[str, Any]] = answer["nodes"]
        return nodes

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Demo] = []
    (tmp_path / "temporary").mkdir()

    def run(*words: object, cwd: Path | None = None) -> Demo:
        started.append(Demo(tmp_path / "temporary", *words, cwd=cwd))
        return started[-1]

    yield run
    for demo in started:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)
        demo.process.communicate()


def ports(count: int) -> int:
    """A port after which `count` are free."""
    return free_port(count + 2)


def call(url: str, token: str | None = None) -> tuple[int, Any]:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", f"/{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def page(url: str) -> int:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_town_comes_up_whole_and_goes_without_a_trace(start: Start, tmp_path: Path) -> None:
    port = ports(3)
    demo = start("--port", port, "--nodes", 3)
    nodes = demo.ready()
    assert [node["url"] for node in nodes] == [f"http://127.0.0.1:{port + n}" for n in range(4)]
    names = [person["name"] for node in nodes for person in node["cast"].values()]
    assert len(set(names)) == 4 * len(CAST)
    for node in nodes:
        _whole(node, [other for other in nodes if other is not node])
    children = demo.children()
    assert len(children) == 4
    status, out, err = demo.stop()
    assert (status, out) == (0, "")
    assert "Traceback" not in err
    assert all(gone(child) for child in children)
    assert list((tmp_path / "temporary").iterdir()) == []


def _whole(node: dict[str, Any], others: list[dict[str, Any]]) -> None:
    url, cast = node["url"], node["cast"]
    hub = node["kind"] == "hub"
    assert hub == (node["name"] == "Gemeente Rietstad")
    assert node["acct"].endswith(url.removeprefix("http://"))
    assert call(node["actor"])[1]["id"] == node["actor"]
    assert list(cast) == list(CAST)
    for part, person in cast.items():
        assert person["signin"].startswith(f"{url}/signin/")
        assert page(person["signin"]) == 200
        me = call(f"{url}/api/v1/me", person["token"])[1]
        assert me["name"] == person["name"]
        assert me["roles"] == ([] if part in ("resident", "outsider") else [part])
    _, listed = call(f"{url}/api/v1/nodes", cast["operator"]["token"])
    active = {there["actor"] for there in listed["items"] if there["standing"] == "active"}
    assert active == {other["actor"] for other in others}
    own = [_own(f"{url}/api/v1/{kind}", cast["resident"]["token"]) for kind in ("requests", "offers")]
    assert sum(own) == 0 if hub else 2 <= sum(own) <= 6
    told = [_own(f"{url}/api/v1/{kind}", cast["resident"]["token"]) for kind in ("notices", "events")]
    assert all(told)
    seen = call(f"{url}/api/v1/requests", cast["outsider"]["token"])[1]["items"]
    assert {post["audience"] for post in seen} <= {"public"}


def _own(url: str, token: str) -> int:
    return sum(post["home"]["own"] for post in call(url, token)[1]["items"])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, list[dict[str, Any]]]:
    """A town of two that ran once, and is kept: (its directory, its port, what it said)."""
    home, port = tmp_path_factory.mktemp("kept"), ports(2)
    demo = Demo(home, "--port", port, "--nodes", 2, "--dir", "deep/town", cwd=home)
    nodes = demo.ready()
    assert demo.stop()[0] == 0
    return home / "deep/town", port, nodes


def test_a_kept_town_is_the_same_town(kept: tuple[Path, int, list[dict[str, Any]]], start: Start) -> None:
    directory, port, nodes = kept
    demo = start("--port", port, "--nodes", 2, "--dir", directory)
    again = demo.ready()
    for before, after in zip(nodes, again, strict=True):
        assert (before["actor"], before["cast"].keys()) == (after["actor"], after["cast"].keys())
        token = before["cast"]["resident"]["token"]  # the old one is good still
        kinds = ("requests", "offers", "notices", "events")
        known = [sum(_own(f"{after['url']}/api/v1/{kind}", token) for kind in kinds)]
        assert known == [2 if after["kind"] == "hub" else 7]
    assert demo.stop(signal.SIGTERM)[0] == 0
    assert (directory / "oude-haven/node.db").exists()


def test_a_kept_town_keeps_its_ports(kept: tuple[Path, int, list[dict[str, Any]]], run: Run) -> None:
    done = run("demo", "--port", ports(2), "--nodes", 2, "--dir", kept[0])
    assert (done.returncode, done.stdout) == (1, "")
    assert f"holds Gemeente Rietstad on port {kept[1]}" in done.stderr


@pytest.mark.parametrize("where", ["", "oude-haven"])
def test_where_an_ordinary_node_lives_there_is_no_town(run: Run, tmp_path: Path, where: str) -> None:
    home = tmp_path / "buurt" / where
    words = ("--origin", "https://centrum.example", "--name", "Centrum", "--area", "BU00000001")
    assert run("init", "--dir", home, *words, "--operator", "beheer@example.org").returncode == 0
    before = sorted(tmp_path.rglob("*"))
    status = run("demo", "--json", "--dir", tmp_path / "buurt", "--port", ports(4))
    assert (status.returncode, status.stdout) == (1, "")
    assert "holds a node that is no demo" in status.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_node_that_does_not_start_is_told_with_its_last_words(
    kept: tuple[Path, int, list[dict[str, Any]]], start: Start, tmp_path: Path
) -> None:
    directory, port, _ = kept
    shutil.copytree(directory, tmp_path / "town")
    key = next((tmp_path / "town/oude-haven/keys").iterdir())
    key.chmod(0o644)
    demo = start("--port", port, "--nodes", 2, "--dir", tmp_path / "town")
    out, err = demo.process.communicate(timeout=60)
    assert (demo.process.returncode, out) == (1, "")
    assert "Oude Haven did not start" in err
    assert f"chmod 600 {key}" in err
    until(lambda: is_free(port + 1))


def test_people_read_links_not_json(tmp_path: Path) -> None:
    port = ports(1)
    words = command("demo", "--port", port, "--nodes", 1)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        said = ""
        while "Ctrl-C" not in said:
            said += demo.stdout.readline()
        demo.terminate()
        demo.communicate(timeout=20)
    assert f"De Rietlanden  http://127.0.0.1:{port + 1}" in said
    assert said.count(f"http://127.0.0.1:{port + 1}/signin/") == len(CAST)


def test_a_taken_port_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    port = ports(2)
    with socket.create_server(("127.0.0.1", port + 2)):
        demo = start("--port", port, "--nodes", 2)
        out, err = demo.process.communicate(timeout=20)
    assert (demo.process.returncode, out) == (1, "")
    assert f"port {port + 2} cannot be had" in err
    assert len(err.splitlines()) == 1
    assert list((tmp_path / "temporary").iterdir()) == []


def test_one_that_dies_does_not_take_the_others_along(start: Start) -> None:
    demo = start("--port", ports(2), "--nodes", 2)
    nodes = demo.ready()
    first, *others = sorted(demo.children())
    os.kill(first, signal.SIGKILL)
    assert demo.process.stderr
    while "ended by itself (status -9)" not in demo.process.stderr.readline():
        pass
    alive = [node for node in nodes if not is_free(int(node["url"].rpartition(":")[2]))]
    assert len(alive) == 2
    assert call(f"{alive[0]['url']}/healthz")[0] == 200
    assert demo.stop()[0] == 0
    assert all(gone(other) for other in others)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_it_may_be_stopped_before_it_is_ready(start: Start, tmp_path: Path, number: int) -> None:
    demo = start("--port", ports(2), "--nodes", 2)
    assert demo.process.stderr
    assert "Building" in demo.process.stderr.readline()
    demo.process.send_signal(number)  # and somebody who has no patience:
    demo.process.send_signal(number)
    out, err = demo.process.communicate(timeout=20)
    assert (demo.process.returncode, out) == (1, "")
    assert "stopped before the town was ready" in err
    assert list((tmp_path / "temporary").iterdir()) == []
    assert gettempdir() not in err


def test_real_neighbourhoods_touch_as_the_file_says(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "borders.csv"
    head = "buurtcode,buurtnaam,wijkcode,gemeentecode,aangrenzend,raakt_gemeentegrens"
    rows = [
        "BU00010001,Links,WK1,GM1,BU00010002,0",
        "BU00010002,Midden,WK1,GM1,BU00010001 BU00010003,0",
        "BU00010003,Rechts,WK1,GM1,BU00010002 BU00019999,1",
    ]
    path.write_text("\n".join([head, *rows]))
    demo = start("--port", ports(3), "--nodes", 3, "--adjacency", "borders.csv", cwd=tmp_path)
    nodes = demo.ready()
    assert [(node["name"], node["area"]) for node in nodes] == [
        ("Gemeente GM0001", "GM0001"),
        ("Links", "BU00010001"),
        ("Midden", "BU00010002"),
        ("Rechts", "BU00010003"),
    ]
    partners = []
    for node in nodes[1:]:
        _, listed = call(f"{node['url']}/api/v1/nodes", node["cast"]["operator"]["token"])
        partners.append({there["name"] for there in listed["items"] if there["standing"] == "active"})
    hub = {"Gemeente GM0001"}
    assert partners == [{"Midden"} | hub, {"Links", "Rechts"} | hub, {"Midden"} | hub]
    assert demo.stop()[0] == 0
