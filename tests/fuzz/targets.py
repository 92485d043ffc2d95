"""What a fuzzer throws bytes at: everything that reads what others send and needs no database.

A target may refuse anything, in the ways it says it does. Whatever else it raises is a find, and so is an
answer that breaks what the rest of the program builds on.
"""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import httpx

from node.federation import digests, multikey, proofs, reading, signatures
from node.federation.addresses import allowed
from node.federation.bodies import activity_in
from node.federation.documents import (
    URI_LENGTH,
    Unreadable,
    moment_of,
    name_of,
    origin_of,
    parse,
    uri_of,
    uris_of,
    words_of,
)
from node.federation.guarded import Client, Forbidden
from node.federation.signatures import Refused, check_key_id
from node.neighbourhood.node import Node, NodeKind
from node.settings import build
from tests.fuzz.seeds import GROUP, NEAR, THEIRS

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORIGIN = "https://centrum.example"
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\n\r")
NODE = Node(
    id="0" * 32,
    actor=GROUP,
    origin=THEIRS,
    name="De Leugen",
    kind=NodeKind.NEIGHBOURHOOD,
    area="BU00000009",
    inbox=f"{THEIRS}/inbox",
    outbox=None,
    adjacent=NEAR,
    hub=None,
    directory=None,
    url=None,
    fetched=AT,
)


def signature(data: bytes) -> None:
    """The head of a message, line by line, and after an empty line its body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    headers = [(name.strip().lower(), value) for name, _, value in (line.partition(b":") for line in lines)]
    target = ORIGIN + "/" + first.decode("latin-1")
    for method, said in (("POST", body), ("GET", b"")):
        with contextlib.suppress(Refused):
            claim = signatures.read(method, target, headers, said, AT)
            assert check_key_id(claim.key_id) == claim.key_id
    for _, value in headers:
        text = value.decode("latin-1")
        with contextlib.suppress(ValueError):
            digests.check(digests.read(text), body)
        with contextlib.suppress(ValueError):
            multikey.decode(text)


def activity(data: bytes) -> None:
    """The body of a message, or of an answer."""
    try:
        document = parse(data)
    except Unreadable:
        return
    with contextlib.suppress(Refused):
        activity_in(data)
    with contextlib.suppress(Refused):
        proofs.read(document)
    for thing in (document, document.get("object")):
        if isinstance(thing, dict):
            _read(thing)
    assert json.loads(json.dumps(document)) == document


def _read(thing: dict[str, Any]) -> None:
    uris_of(thing.get("to")), uris_of(thing.get("items"))
    actor = reading.actor(thing, AT)
    if actor is not None and actor.node is not None:
        node = actor.node
        assert origin_of(actor.id) == node.origin == origin_of(node.inbox)
        assert all(uri is None or origin_of(uri) == node.origin for uri in (node.outbox, node.adjacent))
        assert 0 < len(node.name) <= 80 + len(node.origin)
        assert not TURNING & set(node.name)
    for theirs in (thing, {**thing, "attributedTo": NODE.actor}):
        post = reading.post(theirs, NODE, AT)
        if post is not None:
            assert origin_of(post.uri) == NODE.origin
            assert 0 < len(post.title) <= reading.NAME
            assert len(post.text) <= reading.TEXT
            assert not TURNING & set(post.title + post.author_name + post.place)
            assert post.created <= AT
            assert post.updated <= AT + timedelta(minutes=5)


def address(data: bytes) -> None:
    """A web address, an address of the internet, a time or a name."""
    text = data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace") if _is_text(data) else ""
    origin = origin_of(text)
    if origin is not None:
        assert origin == origin_of(origin) == origin_of(f"{origin}/x?y#z") == origin.lower()
        assert origin.isascii()
        assert not set(origin) & set("@\\% \t\n")
    _asked(text, origin)
    if (uri := uri_of(text)) is not None:
        assert len(uri) <= URI_LENGTH
        assert uri.isprintable()
    with contextlib.suppress(ValueError):
        assert check_key_id(text) == text
        assert text.isascii()
    with contextlib.suppress(ValueError):
        _connected(text)
    moment = moment_of(text)
    assert moment is None or 2000 <= moment.year <= 2200
    name, words = name_of(text, 80), words_of(text, 1000)
    assert name is None or (name == name_of(name, 80) and not TURNING & set(name))
    assert words is not None
    assert not (TURNING - {"\n"}) & set(words)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeError:
        return b"\xed" not in data
    return True


def _asked(text: str, origin: str | None) -> None:
    """An address that we would ask is the one that was checked, for every reader of addresses."""
    try:
        url = _client().checked(text)
    except Forbidden:
        return
    seen = httpx.URL(url)
    assert origin is not None
    assert origin == origin_of(url) != ORIGIN
    assert (seen.scheme, seen.port, seen.userinfo) == ("https", None, b"")
    assert seen.raw_host.decode() == origin.removeprefix("https://").strip("[]")
    assert str(seen) == url or seen.fragment == ""


def _connected(text: str) -> None:
    """An address that we would connect to is public, whatever it hides."""
    ip = ip_address(text.split("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    inside = [
        ip.is_loopback,
        ip.is_private,
        ip.is_link_local,
        ip.is_multicast,
        ip.is_reserved,
        ip.is_unspecified,
    ]
    if allowed(text, town=False):
        assert ip.is_global
        assert not any(inside)
    assert allowed(text, town=True) == (ip.is_loopback or allowed(text, town=False))


@cache
def _client() -> Client:
    own = {"origin": ORIGIN, "name": "Centrum", "area": "BU00000001"}
    return Client(build(own, Path(gettempdir())))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "signatures": signature,
    "activities": activity,
    "addresses": address,
}
