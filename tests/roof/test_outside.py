"""How a node looks from outside: asked at its own address, and what to do when that does not work."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from node import settings
from node.command import outside
from node.command.doctor import _clock
from node.settings import Settings
from tests.roof.conftest import Run, Running, free_port
from tests.roof.test_doctor import found

NEVER = "Thu, 01 Jan 1970 00:00:00 GMT"


class Stranger(BaseHTTPRequestHandler):
    """Answers what it was told to, whatever is asked."""

    port = 0
    answer = (200, b"{}")

    def do_GET(self) -> None:
        status, body = self.answer
        self.send_response_only(status)
        self.send_header("Date", NEVER)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[type[Stranger]]:
    class One(Stranger):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), One)
    One.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield One
    server.shutdown()
    server.server_close()
    thread.join()


def at(origin: str, **more: object) -> Settings:
    values = {"origin": origin, "name": "Centrum", "area": "BU00000001", **more}
    return settings.build(values, Path("/nowhere"))


def test_a_running_node_sees_itself(serving: Running, run: Run) -> None:
    address = found(serving.directory)["address"]
    assert address.well
    assert address.words == f"{serving.origin} answers, and is this node"
    done = run("doctor", "--dir", serving.directory, "--json")
    findings = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    assert findings["address"]["well"]
    assert findings["server"]["words"] == "runs"


def test_a_node_that_rests_is_not_looked_for(made: Path) -> None:
    assert "not looked at" in found(made)["address"].words


def test_nobody_there() -> None:
    seen = outside.look(at(f"http://127.0.0.1:{free_port()}", town=True))
    assert not seen.well
    assert "does not answer (Connection refused)" in seen.words


def test_a_name_nobody_knows() -> None:
    seen = outside.look(at("https://buurt.invalid"))
    assert not seen.well
    assert "nobody knows the name buurt.invalid" in seen.words


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.7", "169.254.169.254"])
def test_an_address_that_only_this_network_reaches_is_not_asked(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)):
        seen = outside.look(at(f"https://{address}"))
    assert not seen.well
    assert f"leads to {address}, which the internet cannot reach" in seen.words


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"{}"),
        (404, b"not here"),
        (200, b'{"links": [{"rel": "self", "href": "http://127.0.0.1/ap/buurt/noord"}]}'),
        (200, b'{"links": "many"}'),
        (200, b'{"links": ["self"]}'),
        (200, b"[" * 20_000),
        (200, b"\xff\xfe"),
        (301, b""),
    ],
)
def test_another_server_is_told_from_ours(stranger: type[Stranger], status: int, body: bytes) -> None:
    stranger.answer = (status, body)
    seen = outside.look(at(f"http://127.0.0.1:{stranger.port}", town=True))
    assert not seen.well
    assert f"another server answers at http://127.0.0.1:{stranger.port} (status {status})" in seen.words


def test_a_clock_that_is_wrong_is_seen(stranger: type[Stranger], made: Path) -> None:
    here = at(f"http://127.0.0.1:{stranger.port}", town=True)
    link = {"rel": "self", "href": here.home.actor}
    stranger.answer = (200, json.dumps({"links": [link]}).encode())
    seen = outside.look(here)
    assert seen.well
    finding = _clock(settings.read(made, {}), seen)
    assert not finding.well
    assert "our own address says 01-01-1970" in finding.words
    assert "timedatectl" in finding.words
