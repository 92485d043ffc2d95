"""What differs each time a node runs, in the form in which the docs show it: ids by their number, times by
the clock of the cast, and `…` for keys, signatures, and what was written out before."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

WIDTH = 110
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")
_SECONDS = re.compile(r"(?<=created=)\d{10}")
_BASE64 = re.compile(r"[\w+/]{40,}={0,2}")
_STEP = timedelta(minutes=10)  # nothing here takes so long
_KEPT = ("host", "date", "digest", "content-digest", "content-type", "signature-input", "signature")


class Placeholders:
    """Used for all examples of a page, in the order in which they stand there."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._before: set[str] = set()

    def document(self, said: Any) -> str:
        """A document as the docs show it, a line for each of its members where it is long."""
        return pretty(self._plain(said))

    def request(self, method: str, target: str, headers: list[tuple[str, str]]) -> str:
        """The head of a request, without what says nothing about how it was signed."""
        lines = [f"{name}: {self._text(value)}" for name, value in headers if name in _KEPT]
        return "\n".join([f"{method} {self._text(target)} HTTP/1.1", *lines])

    def _plain(self, said: Any) -> Any:
        if isinstance(said, dict):
            return {name: self._member(name, value) for name, value in said.items()}
        if isinstance(said, list):
            return [self._plain(item) for item in said]
        return self._text(said) if isinstance(said, str) else said

    def _member(self, name: str, value: Any) -> Any:
        if name == "@context" and isinstance(value, list):
            return self._once(value)
        if name == "proof":
            return self._once({**value, "@context": "…", "proofValue": "z…"}, "proof")
        if name == "publicKeyMultibase":
            return f"{value[:4]}…"
        if name == "publicKeyPem":
            return "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n"
        return self._plain(value)

    def _once(self, value: Any, what: str = "") -> Any:
        """Written out the first time."""
        known = what or json.dumps(value)
        if known in self._before:
            return "…"
        self._before.add(known)
        return self._plain(value)

    def _text(self, text: str) -> str:
        text = _ID.sub(lambda found: self._ids.setdefault(found[0], str(len(self._ids) + 1)), text)
        text = _TIME.sub(_floor, text)
        text = _DATE.sub(lambda found: f"{_down(parsedate_to_datetime(found[0])):%a, %d %b %Y %X GMT}", text)
        text = _SECONDS.sub(
            lambda found: str(round(_down(datetime.fromtimestamp(int(found[0]), UTC)).timestamp())), text
        )
        return _BASE64.sub("…", text) if "signature" in text.lower() or "=" in text else text


def pretty(value: Any, depth: int = 0) -> str:
    """JSON on one line where that is short, else a line for each member."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or len(flat) + depth <= WIDTH:
        return flat
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        lines = [f"{pad}{json.dumps(name)}: {pretty(inner, depth + 1)}" for name, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{end}}}"
    return "[\n" + ",\n".join(f"{pad}{pretty(inner, depth + 1)}" for inner in value) + f"\n{end}]"


def _floor(found: re.Match[str]) -> str:
    moment = _down(datetime.fromisoformat(found[0]))
    return moment.isoformat(timespec="milliseconds" if found[1] else "seconds").replace("+00:00", "Z")


def _down(moment: datetime) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return moment - (moment - epoch) % _STEP
