"""HTTP signatures between our own nodes: who sent this, and that nobody changed it (RFC 9421, Ed25519).

Reading goes in two steps, so that no key is fetched for what would be refused anyway: `read` checks all that
needs no key and says which key is wanted; `verify` checks the signature with it. Status 400: this cannot be
read. Status 401: it can, but it does not prove who sent it. The address comes from the caller, who knows the
origin from the settings, and never from a Host header.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from typing import Any, final
from urllib.parse import urlsplit

import http_sf
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node.federation import digests

Headers = Sequence[tuple[bytes, bytes]]
Signed = tuple[list[Any], dict[str, Any]]  # one member of Signature-Input: the components, the parameters

_SECONDS_OLD, _SECONDS_AHEAD, _SECONDS_APART = 60 * 60, 5 * 60, 60
_HEADER_AT_MOST, _KEY_ID_AT_MOST, _COMPONENTS_AT_MOST = 4096, 2048, 32
_SIGNATURE_BYTES = 64
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_ONE_LINE = re.compile(r"[\t -~]*")
_TARGET = re.compile(r"""(https?)://([^"<>\\^`{|}/?#@\s]+)(/[^?#\s]*)?(\?[^#\s]*)?""", re.ASCII)
_URL = re.compile(r"https?://[]!#-;=?@A-Z[_a-z~]+", re.IGNORECASE)
_HERE = object()


class Refused(Exception):
    """A message or proof that is not believed: `status` for the other node, `words` for whoever runs it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True)
class SigningKey:
    """A node's own key. It never leaves the node and never shows itself."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True)
class VerificationKey:
    """Another node's key, and the actor that names it as its own: whoever fetched it has checked that."""

    key_id: str
    owner: str
    public: Ed25519PublicKey


@final
@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says they hold the key `key_id`. Nothing is proved yet. Only `read` makes one."""

    key_id: str
    signature: bytes = field(repr=False)
    base: bytes = field(repr=False)
    here: InitVar[object]

    def __post_init__(self, here: object) -> None:
        _only_here(here)


@final
@dataclass(frozen=True, slots=True)
class Verified:
    """This actor said the message, as it is. Only this module makes one, so it was checked."""

    actor: str
    key_id: str
    here: InitVar[object]

    def __post_init__(self, here: object) -> None:
        _only_here(here)


def sign(
    method: str, target_uri: str, body: bytes | None, content_type: str | None, key: SigningKey, created: int
) -> dict[str, str]:
    """The headers to add to a request of ours, names in small letters; `created` in seconds since 1970.

    ValueError for a body without content type, and for an address with a fragment or a sign outside ASCII.
    """
    headers = {}
    if body is not None:
        if content_type is None:
            raise ValueError("A body needs a content type.")
        headers = {"content-digest": digests.make(body), "content-type": content_type}
    values = {"@method": method, "@target-uri": _derived(method, target_uri)["@target-uri"], **headers}
    names = " ".join(f'"{name}"' for name in values)
    said = f'({names});created={created};keyid="{key.key_id}";alg="ed25519"'
    lines = [f'"{name}": {value}' for name, value in values.items()] + [f'"@signature-params": {said}']
    if not all(_ONE_LINE.fullmatch(line) for line in lines):
        raise ValueError("There is a sign in the message that cannot be signed, or a header is folded.")
    signature = b64encode(key.private.sign("\n".join(lines).encode("ascii"))).decode("ascii")
    return {**headers, "signature-input": f"sig1={said}", "signature": f"sig1=:{signature}:"}


def read(method: str, target_uri: str, headers: Headers, body: bytes, at: datetime) -> Claim:
    """Check all that needs no key. Refused(400) for what cannot be read, (401) for what proves nothing."""
    try:
        return _read(method, target_uri, headers, body, at)
    except ValueError as error:
        raise Refused(400, str(error)) from error


def verify(claim: Claim, key: VerificationKey) -> Verified:
    """The actor that signed. Refused(401) when this is not the key named, or the signature is not by it."""
    if key.key_id != claim.key_id:
        raise Refused(401, "This is not the key that the signature names.")
    try:
        key.public.verify(claim.signature, claim.base)
    except InvalidSignature:
        raise Refused(401, "The signature does not fit the message, or is by another key.") from None
    return Verified(key.owner, key.key_id, _HERE)


def verify_proof(signature: bytes, proved: bytes, key: VerificationKey) -> Verified:
    """The actor that wrote a document, whoever handed it on: for `proofs.verify` alone."""
    try:
        key.public.verify(signature, proved)
    except InvalidSignature:
        raise Refused(401, "The proof does not fit the document, or is by another key.") from None
    return Verified(key.owner, key.key_id, _HERE)


def base(method: str, target_uri: str, headers: Headers, signed: Signed) -> bytes:
    """The text that is signed, line by line (RFC 9421, 2.5).

    ValueError for a component we do not read and a header that is doubled, folded or too long; Refused(401)
    for a signed header that is not there.
    """
    derived = _derived(method, target_uri)
    values = {name: derived[name] if name in derived else _required(headers, name) for name in _names(signed)}
    values["@signature-params"] = http_sf.ser({"s": signed}).removeprefix("s=")
    if not all(_ONE_LINE.fullmatch(value) for value in values.values()):
        raise ValueError("There is a sign in the message that cannot be signed.")
    return "\n".join(f'"{name}": {value}' for name, value in values.items()).encode("ascii")


def check_key_id(key_id: object) -> str:
    """The address of a key. ValueError unless it is a whole http(s) URL, up to 2,048 signs, without user."""
    if not isinstance(key_id, str) or len(key_id) > _KEY_ID_AT_MOST or not _URL.fullmatch(key_id):
        raise ValueError("The key's id is not a web address of at most 2,048 signs.")
    parts = urlsplit(key_id)
    if not parts.hostname or parts.port == 0 or "@" in parts.netloc:
        raise ValueError("The key's id names no host, or a user before it.")
    return key_id


def _read(method: str, target_uri: str, headers: Headers, body: bytes, at: datetime) -> Claim:
    label, signed = _input(headers)
    signature = _signature(headers, label)
    names, parameters = _names(signed), signed[1]
    key_id = check_key_id(parameters.get("keyid"))
    _check_algorithm(parameters, signature)
    _check_covers(names, method, target_uri, body)
    _check_time(parameters, _header(headers, "date"), at.timestamp())
    if "content-digest" in names:
        _check_digest(_required(headers, "content-digest"), body)
    return Claim(key_id, signature, base(method, target_uri, headers, signed), _HERE)


def _input(headers: Headers) -> tuple[str, Signed]:
    """The one signature's label, and what it says that it covers."""
    members = digests.dictionary(_required(headers, "signature-input"))
    if len(members) != 1:
        raise ValueError("There must be one signature, neither more nor less.")
    label, signed = members.popitem()
    if not isinstance(signed[0], list):
        raise ValueError("Signature-Input does not list what is signed.")
    return label, signed


def _signature(headers: Headers, label: str) -> bytes:
    """The signature's bytes. Another spelling of the same bytes is refused: one signature is one text."""
    text = _required(headers, "signature")
    signature = digests.dictionary(text).get(label, (None,))[0]
    if not isinstance(signature, bytes) or http_sf.ser({label: signature}) != text:
        raise ValueError("Signature holds something else than the one signature that Signature-Input names.")
    return signature


def _names(signed: Signed) -> list[str]:
    """The components that are covered, in order. None may carry a parameter (;sf ;key ;bs ;req ;tr ;name)."""
    names = [name for name, _ in signed[0]]
    if any(parameters for _, parameters in signed[0]):
        raise ValueError("A signed component carries a parameter; none is read here.")
    if not all(isinstance(name, str) for name in names) or len(names) > _COMPONENTS_AT_MOST:
        raise ValueError("The list of signed components cannot be read.")
    if len(set(names)) != len(names):
        raise ValueError("A component is signed twice.")
    return names


def _check_algorithm(parameters: dict[str, Any], signature: bytes) -> None:
    name = parameters.get("alg", "ed25519")
    if not isinstance(name, str) or name != "ed25519" or len(signature) != _SIGNATURE_BYTES:
        raise Refused(401, "Only Ed25519 signatures are read here.")


def _check_covers(names: list[str], method: str, target_uri: str, body: bytes) -> None:
    """Refuse a signature that leaves open what was asked, of whom, or with which body."""
    parts = {"@authority", "@path"} | ({"@query"} if "?" in target_uri else set())
    if "@method" not in names or not ("@target-uri" in names or parts <= set(names)):
        raise Refused(401, "The signature must cover the method and the whole address.")
    if (body or method not in ("GET", "HEAD")) and "content-digest" not in names:
        raise Refused(401, "The signature must cover the digest of the body.")


def _check_time(parameters: dict[str, Any], date: str | None, now: float) -> None:
    """Refuse what was signed too long ago or too far ahead, has expired, or bears two dates that disagree."""
    created, expires = parameters.get("created"), parameters.get("expires")
    if created is None:
        raise Refused(401, "The signature does not say when it was made.")
    if type(created) is not int or type(expires) not in (int, type(None)):
        raise ValueError("The times in the signature are not whole seconds.")
    if not -_SECONDS_AHEAD <= now - created <= _SECONDS_OLD:
        raise Refused(401, "The signature is over 60 minutes old or 5 minutes ahead. Is the clock right?")
    if expires is not None and now > expires:
        raise Refused(401, "The signature has expired.")
    if date is not None and abs(_seconds(date) - created) > _SECONDS_APART:
        raise Refused(401, "The date of the message and that of its signature disagree.")


def _seconds(date: str) -> float:
    try:
        return datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ValueError("The date of the message cannot be read.") from error


def _check_digest(digest: str, body: bytes) -> None:
    found = digests.read(digest)
    try:
        digests.check(found, body)
    except ValueError as error:
        raise Refused(401, str(error)) from error


def _derived(method: str, target_uri: str) -> dict[str, str]:
    """What the request itself says, by component (RFC 9421, 2.2)."""
    if not (found := _TARGET.fullmatch(target_uri)):
        raise ValueError("This is not an address that can be signed.")
    scheme, host, path, query = found[1], found[2], found[3] or "/", found[4] or ""
    return {
        "@method": method,
        "@target-uri": f"{scheme}://{host}{path}{query}",
        "@authority": host.lower().removesuffix({"http": ":80", "https": ":443"}[scheme]),
        "@scheme": scheme,
        "@path": path,
        "@query": query or "?",
    }


def _required(headers: Headers, name: str) -> str:
    value = _header(headers, name)
    if value is None:
        raise Refused(401, f"There is no {name} in the message.")
    return value


def _header(headers: Headers, name: str) -> str | None:
    """The header's value without spaces around it, or None. Once, on one line, in ASCII: else ValueError."""
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError("The signature covers a component that is not read here.")
    found = [value for key, value in headers if key.lower() == name.encode("ascii")]
    if len(found) > 1:
        raise ValueError(f"There is more than one {name} in the message.")
    text = found[0].decode("latin-1") if found else ""
    if len(text) > _HEADER_AT_MOST or not _ONE_LINE.fullmatch(text):
        raise ValueError(f"The header {name} is too long, folded, or not plain ASCII.")
    return text.strip(" \t") if found else None


def _only_here(here: object) -> None:
    if here is not _HERE:
        raise TypeError("Only checking a signature makes one of these.")
