"""HTTP signatures as most of the fediverse makes them (draft-cavage-http-signatures-12), by RSA.

Reading checks all that needs no key. ValueError: this cannot be read. Refused(401): it can, but it does not
prove who sent it. The host that was signed for is ours, from the settings: never the one in the request.
"""

import re
from base64 import b64decode, b64encode
from datetime import datetime
from email.utils import format_datetime

from node.federation import digests
from node.federation.message import (
    ONE_LINE,
    Fields,
    Kind,
    Refused,
    Said,
    check_key_id,
    check_length,
    check_time,
    check_together,
    header,
    required,
    seconds,
    target,
)
from node.federation.own_key import RsaKey

_PARAMETER = re.compile(
    r'([A-Za-z]{1,32})[ \t]*=[ \t]*(?:"([^"\\]*)"|([0-9.]{1,20}))[ \t]*(?:,[ \t]*(?=[A-Za-z])|$)'
)
_WHOLE = re.compile(r"[0-9]{1,12}")
_KINDS = {"rsa-sha256": Kind.RSA, "hs2019": None, None: None}
_HEADERS_AT_MOST = 32


def sign(
    method: str,
    target_uri: str,
    body: bytes | None,
    content_type: str | None,
    key: RsaKey,
    at: datetime,
    *,
    accept: str | None = None,
    query: bool = True,
) -> dict[str, str]:
    """The headers to add to a request of ours, names in small letters. Host goes by itself.

    `query`: whether what is asked after the ? is signed too; some software leaves it out. ValueError for a
    body without content type, and for an address with a fragment or a sign outside ASCII.
    """
    headers = {"date": format_datetime(at, usegmt=True)}
    if body is not None:
        if content_type is None:
            raise ValueError("A body needs a content type.")
        headers |= {"digest": digests.make_old(body), "content-type": content_type}
    elif accept is not None:
        headers["accept"] = accept
    names = ["(request-target)", "host", *headers]
    raw = {name: [value.encode()] for name, value in headers.items()}
    text = _base(method, target_uri, raw, names, {}, query)
    signature = b64encode(key.sign(text)).decode("ascii")
    said = {
        "keyId": key.key_id,
        "algorithm": "rsa-sha256",
        "headers": " ".join(names),
        "signature": signature,
    }
    return {**headers, "signature": ",".join(f'{name}="{value}"' for name, value in said.items())}


def read(method: str, target_uri: str, headers: Fields, body: bytes, at: datetime) -> Said:
    """What the signature of a request says: by which key, and over which texts. An address with a query gives
    two of them, for not all software signs that."""
    said = _parameters(required(headers, "signature"))
    key_id, kind = check_key_id(said.get("keyId")), _kind(said.get("algorithm"))
    signature = _signature(said.get("signature"))
    check_length(signature, kind)
    names = _names(said)
    _check_covers(names, said.get("algorithm"), method, body)
    _check_time(said, header(headers, "date"), "date" in names, at.timestamp())
    if body or method not in ("GET", "HEAD"):
        digests.refuse_another(digests.read_old(required(headers, "digest")), body)
    ways = (True, False) if target(target_uri).query else (True,)
    return Said(
        key_id,
        kind,
        signature,
        tuple(_base(method, target_uri, headers, names, said, query) for query in ways),
    )


def _parameters(text: str) -> dict[str, str]:
    """`name="value"` with commas between them, each once; times may stand without quotation marks."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        one = _PARAMETER.match(text, place)
        if one is None or one[1] in found:
            raise ValueError("The Signature header cannot be read, or says something twice.")
        found[one[1]] = one[2] if one[2] is not None else one[3]
        place = one.end()
    return found


def _kind(algorithm: str | None) -> Kind | None:
    """The kind of key that is named; None where it is left to the key. Never one that shares a secret."""
    if algorithm not in _KINDS:
        raise Refused(401, "Only rsa-sha256 and hs2019 signatures are read here.")
    return _KINDS[algorithm]


def _signature(text: str | None) -> bytes:
    """The signature's bytes. Another spelling of the same bytes is refused: one signature is one text."""
    try:
        signature = b64decode(text or "", validate=True)
    except ValueError:
        signature = b""
    if not signature or b64encode(signature).decode("ascii") != text:
        raise ValueError("The signature is not written in base64.")
    return signature


def _names(said: dict[str, str]) -> list[str]:
    """What is covered, in order. Where nothing is named only `(created)` is."""
    names = said.get("headers", "(created)").lower().split(" ")
    if len(names) > _HEADERS_AT_MOST or len(set(names)) != len(names):
        raise ValueError("The list of signed headers is too long, or names one twice.")
    return names


def _check_covers(names: list[str], algorithm: str | None, method: str, body: bytes) -> None:
    """Refuse a signature that leaves open what was asked, of whom, when, or with which body."""
    if not {"(created)", "(expires)"}.isdisjoint(names) and algorithm != "hs2019":
        raise Refused(401, "(created) and (expires) go with hs2019 alone.")
    if "(request-target)" not in names or "host" not in names:
        raise Refused(401, "The signature must cover (request-target) and host.")
    if "date" not in names and "(created)" not in names:
        raise Refused(401, "The signature must cover when it was made.")
    if (body or method not in ("GET", "HEAD")) and "digest" not in names:
        raise Refused(401, "The signature must cover the digest of the body.")


def _check_time(said: dict[str, str], date: str | None, date_signed: bool, now: float) -> None:
    created, expires = _seconds(said.get("created")), _seconds(said.get("expires"))
    if date_signed and date is None:
        raise Refused(401, "There is no date in the message.")
    if date_signed and date is not None:
        check_time(seconds(date), expires, now)
    if created is not None:
        check_time(created, expires, now)
        check_together(created, date)
    elif not date_signed:
        raise Refused(401, "The signature does not say when it was made.")


def _seconds(text: str | None) -> int | None:
    if text is not None and not _WHOLE.fullmatch(text):
        raise ValueError("The times in the signature are not whole seconds.")
    return None if text is None else int(text)


def _base(
    method: str, target_uri: str, headers: Fields, names: list[str], said: dict[str, str], query: bool
) -> bytes:
    """The text that is signed, line by line. Refused(401) for a signed header that is not there."""
    asked = target(target_uri)
    derived = {
        "(request-target)": f"{method.lower()} {asked.path}{asked.query if query else ''}",
        "host": asked.authority,
        "(created)": said.get("created"),
        "(expires)": said.get("expires"),
    }
    lines = []
    for name in names:
        value = derived[name] if name in derived else required(headers, name)
        if value is None:
            raise Refused(401, f"The signature covers {name}, and does not say it.")
        lines.append(f"{name}: {value}")
    if not all(ONE_LINE.fullmatch(line) for line in lines):
        raise ValueError("There is a sign in the message that cannot be signed.")
    return "\n".join(lines).encode("ascii")
