"""One neighbourhood of the demo's town: its node, the people in it, and the process that runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic
from typing import Any

from node.demo.town import Spot
from node.settings import PREFIX, Settings

CALL_SECONDS = 20.0
LAST_LINES = 15


@dataclass
class Place:
    """Made by the demo. `settings` and `cast` come when its node is made, `process` when it is started.

    `new`: nobody has lived here before.
    """

    spot: Spot
    number: int
    port: int
    folder: Path
    cast: dict[str, dict[str, str]] = field(default_factory=dict)
    new: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    settings: Settings = field(init=False)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ended(self) -> int | None:
        """The status with which its process ended; None while it runs, or when it was never started."""
        return self.process.poll() if self.process else None

    def touches(self, other: "Place") -> bool:
        """Whether there is a border between the two, whichever of them the file names."""
        return other.spot.code in self.spot.touches or self.spot.code in other.spot.touches

    def start(self) -> None:
        """Run its node, with nothing of our own settings in its environment."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        words = ["serve", "--dir", str(self.folder), "--timeout-graceful-shutdown", "3"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "node", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, last: float) -> None:
        """Until its process has ended; from `last` on (by `monotonic`) it is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, last - monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(
        self, method: str, path: str, token: str | None = None, body: dict[str, Any] | None = None
    ) -> tuple[int, bytes]:
        """Ask the running node something over HTTP: (status, what it said). Raises OSError."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except HTTPException as error:
            raise ConnectionError(str(error)) from None
        finally:
            connection.close()

    def last_words(self) -> str:
        """The end of its log."""
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "(it said nothing)"
        return "\n".join(lines[-LAST_LINES:])

    def shown(self) -> dict[str, Any]:
        """As a program that started the town needs it."""
        return {
            "kind": self.settings.kind,
            "name": self.settings.name,
            "area": self.settings.area,
            "url": self.settings.origin,
            "actor": self.settings.home.actor,
            "acct": self.settings.acct,
            "cast": self.cast,
        }

    @property
    def _log(self) -> Path:
        return self.folder / "log.txt"
