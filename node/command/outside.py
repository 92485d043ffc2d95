"""How the node looks from outside: its own address, asked the way another node would ask.

Its name is looked up, and only an address that the internet can reach is connected to (in a demo's town: this
machine); what answers there has to be this node.
"""

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from node.federation.addresses import allowed
from node.settings import Settings

SECONDS = 10.0
MOST = 64 * 1024  # bytes of an answer


@dataclass(frozen=True)
class Look:
    """What came of it: `words` say what to do when it is not `well`. `date` is what its answer told, `at`
    when that was by our own clock."""

    well: bool
    words: str
    date: datetime | None = None
    at: datetime | None = None


def look(of_node: Settings) -> Look:
    """Ask our own address who lives there (WebFinger, RFC 7033); our API where nobody else is answered."""
    parts = urlsplit(of_node.origin)
    host, port = parts.hostname or "", parts.port or (443 if of_node.secure else 80)
    try:
        found = sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except OSError:
        return Look(False, f"nobody knows the name {host}: have it lead to this machine (DNS)")
    hidden = [address for address in found if not allowed(address, of_node.town)]
    if hidden:
        return Look(
            False, f"{host} leads to {hidden[0]}, which the internet cannot reach: set its address (DNS)"
        )
    try:
        return _asked(of_node, found[0], host, port)
    except ssl.SSLCertVerificationError as error:
        return Look(False, f"the certificate of {host} is not good ({error.verify_message}): renew it")
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Look(False, f"{of_node.origin} does not answer ({why}): look at router, firewall and proxy")


def _asked(of_node: Settings, address: str, host: str, port: int) -> Look:
    connection = HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = _line(of_node, address, host, port)
        path, kind = _question(of_node)
        connection.request("GET", path, headers={"Accept": kind})
        answer = connection.getresponse()
        body, at = answer.read(MOST), datetime.now(UTC)
    finally:
        connection.close()
    if answer.status != 200 or of_node.home.actor not in _actors(body):
        return Look(
            False, f"another server answers at {of_node.origin} (status {answer.status}): look at the proxy"
        )
    return Look(True, f"{of_node.origin} answers, and is this node", _moment(answer.headers.get("date")), at)


def _question(of_node: Settings) -> tuple[str, str]:
    if not of_node.federation:
        return "/api/v1/node", "application/json"
    return (
        f"/.well-known/webfinger?{urlencode({'resource': f'acct:{of_node.acct}'})}",
        "application/jrd+json",
    )


def _line(of_node: Settings, address: str, host: str, port: int) -> socket.socket:
    line = socket.create_connection((address, port), timeout=SECONDS)
    if not of_node.secure:
        return line
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _actors(body: bytes) -> Iterator[str]:
    """The ids that a WebFinger answer names as `self`, or that our API names as the actor."""
    try:
        said = json.loads(body)
        if "actor" in said:
            yield str(said["actor"])
            return
        links = said["links"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "self":
            yield str(link.get("href"))


def _moment(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC)
    except ValueError:
        return None
