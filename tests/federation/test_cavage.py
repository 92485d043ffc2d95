"""Signatures as most of the fediverse makes them: vectors, real deliveries, and each way to be refused."""

import base64
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from node.federation import cavage, digests, keyring, public_key, signatures
from node.federation.message import Headers
from node.federation.own_key import RsaKey
from node.federation.signatures import Claim, Refused, VerificationKey, Verified

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
B = "https://b.example/users/b"
KEY_ID = f"{B}#main-key"
PRIVATE = generate_private_key(65537, 2048)
SIGNING = RsaKey(KEY_ID, PRIVATE)
KEY = VerificationKey(KEY_ID, B, PRIVATE.public_key())
INBOX = "https://a.example/inbox"
TYPE = "application/activity+json"
BODY = b'{"type":"Follow"}'
USUAL = ("(request-target)", "host", "date", "digest", "content-type")


@dataclass(frozen=True)
class Message:
    """A request as it arrives."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""

    def having(self, **headers: str) -> "Message":
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **changed})

    def without(self, *names: str) -> "Message":
        return replace(self, headers={k: v for k, v in self.headers.items() if k not in names})

    def saying(self, old: str, new: str) -> "Message":
        """The same with these words in its Signature replaced."""
        assert old in self.headers["signature"]
        return self.having(signature=self.headers["signature"].replace(old, new, 1))

    @property
    def raw(self) -> Headers:
        return [(k.encode("latin-1"), v.encode("latin-1")) for k, v in self.headers.items()]

    def read(self, at: datetime = NOW) -> Claim:
        return signatures.read(self.method, self.url, self.raw, self.body, at)

    def verified(self, at: datetime = NOW, key: VerificationKey = KEY) -> Verified:
        return signatures.verify(self.read(at), key)


def post(url: str = INBOX, body: bytes = BODY, at: datetime = NOW, query: bool = True) -> Message:
    return Message("POST", url, cavage.sign("POST", url, body, TYPE, SIGNING, at, query=query), body)


def get(url: str = INBOX, query: bool = True) -> Message:
    return Message("GET", url, cavage.sign("GET", url, None, None, SIGNING, NOW, accept=TYPE, query=query))


def crafted(
    names: tuple[str, ...] = USUAL,
    method: str = "POST",
    url: str = INBOX,
    body: bytes = BODY,
    extra: dict[str, str] | None = None,
    key: RSAPrivateKey | Ed25519PrivateKey = PRIVATE,
    lines: dict[str, str] | None = None,
    **said: Any,
) -> Message:
    """A message truly signed over just these headers, that says this of it (None: left out). The text that is
    signed is put together here, by the letter of the draft."""
    host, slash, path = url.partition("://")[2].partition("/")
    headers = {
        "host": host,
        "date": format_datetime(NOW, usegmt=True),
        "digest": digests.make_old(body),
        "content-type": TYPE,
        **(extra or {}),
    }
    usual = {"keyId": KEY_ID, "algorithm": "rsa-sha256", "headers": " ".join(names)}
    words: dict[str, str] = {k: v for k, v in {**usual, **said}.items() if v is not None}
    derived = {
        "(request-target)": f"{method.lower()} {slash}{path}",
        "(created)": words.get("created", ""),
        "(expires)": words.get("expires", ""),
        **(lines or {}),
    }
    text = "\n".join(f"{name}: {derived.get(name, headers.get(name, ''))}" for name in names).encode()
    made = key.sign(text) if isinstance(key, Ed25519PrivateKey) else key.sign(text, PKCS1v15(), SHA256())
    words.setdefault("signature", base64.b64encode(made).decode())
    quoted = [f"{k}={v}" if k in ("created", "expires") else f'{k}="{v}"' for k, v in words.items()]
    return Message(method, url, {**headers, "signature": ",".join(quoted)}, body)


def refused(
    message: Message,
    status: int,
    words: str | None = None,
    at: datetime = NOW,
    key: VerificationKey = KEY,
) -> None:
    with pytest.raises(Refused, match=words) as caught:
        message.verified(at, key)
    assert caught.value.status == status


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def seconds(minutes: float) -> str:
    return str(int(later(minutes).timestamp()))


def test_a_post_of_ours_is_believed_and_has_the_form_that_all_read() -> None:
    message = post()
    assert (message.verified().actor, message.verified().key_id) == (B, KEY_ID)
    assert message.headers["signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",'
        'headers="(request-target) host date digest content-type",signature="'
    )
    assert message.headers["digest"].startswith("SHA-256=")
    assert set(message.headers) == {"date", "digest", "content-type", "signature"}


def test_a_get_of_ours_covers_address_time_and_what_it_accepts() -> None:
    message = get()
    assert message.verified().actor == B
    assert 'headers="(request-target) host date accept"' in message.headers["signature"]


@pytest.mark.parametrize(
    "url", ["https://a.example", "http://127.0.0.1:8401/inbox?a=%20&b", "http://[::1]:8/x"]
)
def test_addresses_that_a_town_has(url: str) -> None:
    assert post(url).verified().actor == B
    assert get(url).verified().actor == B


def test_a_usual_port_is_not_in_the_host_that_is_signed() -> None:
    assert crafted().verified().actor == B
    other = crafted(url="https://a.example:8443/inbox")
    assert other.verified().actor == B
    assert replace(post("https://A.example:443/inbox"), url=INBOX).verified().actor == B
    refused(replace(other, url=INBOX), 401, "does not fit")


def test_what_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="content type"):
        cavage.sign("POST", INBOX, BODY, None, SIGNING, NOW)
    with pytest.raises(ValueError, match="folded"):
        cavage.sign("POST", INBOX, BODY, "text/plain\r\nx: y", SIGNING, NOW)
    with pytest.raises(ValueError, match="sign"):
        cavage.sign("GET", "https://a.example/#x", None, None, SIGNING, NOW)
    assert repr(SIGNING) == f"RsaKey(key_id={KEY_ID!r})"


# Vectors, and what real servers sent


def test_the_drafts_own_vectors(shared: Path) -> None:
    private = load_pem_private_key((shared / "vectors/cavage/rsa_private.pem").read_bytes(), None)
    assert isinstance(private, RSAPrivateKey)
    vectors = json.loads((shared / "vectors/cavage/cavage-vectors.json").read_text())
    assert len(vectors) == 6
    for each in vectors:
        names = tuple(each["signed_headers"].split(" "))
        headers = {name.lower(): value for name, value in each["headers"].items()}
        url, body = f"https://example.com{each['target']}", each["body"].encode()
        made = crafted(names, each["method"], url, body, headers, private, keyId=each["keyId"])
        assert f'signature="{each["signature"]}"' in made.headers["signature"]
        refused(made, 400, "key's id")  # it is no address
        digests.check(digests.read_old(headers["digest"]), body)


@pytest.mark.parametrize("name", ["fedify-2.3.6", "gotosocial-cavage"])
def test_what_other_programs_signed_is_believed_and_nothing_else(shared: Path, name: str) -> None:
    field = json.loads((shared / f"vectors/field/{name}.json").read_text())
    pem = field.get("publicKeyPem") or field["publicKey"]["publicKeyPem"]
    requests = [each for each in field["requests"] if "cavage" in each.get("spec", "cavage")]
    assert len(requests) == (4 if "fedify" in name else 2)
    for each in requests:
        headers = {key.lower(): value for key, value in each["headers"]}
        url = each.get("url") or f"http://{headers['host']}{each['path']}"
        message = Message(each["method"], url, headers, (each.get("body") or "").encode())
        believed_unless_changed(message, pem)


def test_every_delivery_of_real_servers_is_believed_and_none_with_a_byte_changed(shared: Path) -> None:
    field = json.loads((shared / "vectors/field/deliveries.json").read_text())
    rings = {uri: keyring.of(actor, uri) for uri, actor in field["actors"].items()}
    texts = {key_id: text for ring in rings.values() for key_id, text in ring.keys.items()}
    assert len(texts) == 2
    deliveries = [each for found in field["deliveries"].values() for each in found]
    assert len(deliveries) == 44
    for each in deliveries:
        headers = {key.lower(): value for key, value in each["headers"]}
        url = f"https://{headers['host']}{each['path']}"
        message = Message(each["method"], url, headers, each["body"].encode())
        at = parsedate_to_datetime(headers["date"])
        believed_unless_changed(message, texts[message.read(at).key_id])


def believed_unless_changed(message: Message, text: str) -> None:
    """Believed at its date; not at another address, for another host, or with a byte of it changed."""
    at = parsedate_to_datetime(message.headers["date"])
    key_id = message.read(at).key_id
    key = VerificationKey(key_id, B, public_key.decode(text))
    assert message.verified(at, key).actor == B
    refused(replace(message, url=message.url.replace("://", "://x")), 401, "does not fit", at, key)
    path = urlsplit(message.url).path
    refused(replace(message, url=message.url.replace(path, f"/x{path}")), 401, "does not fit", at, key)
    refused(replace(message, method="PUT"), 401, None, at, key)
    for place in {0, len(message.body) // 2, len(message.body) - 1} if message.body else ():
        body = message.body[:place] + bytes([message.body[place] ^ 1]) + message.body[place + 1 :]
        refused(replace(message, body=body), 401, "digest differs", at, key)
        other = {"digest": digests.make_old(body)}
        refused(replace(message, body=body).having(**other), 401, "does not fit", at, key)
    moved = format_datetime(at + timedelta(seconds=1), usegmt=True)
    refused(message.having(date=moved), 401, "does not fit", at, key)


# What software may write, and what counts


def test_algorithms_that_are_read() -> None:
    assert crafted(algorithm="hs2019").verified().actor == B
    assert crafted(algorithm=None).verified().actor == B
    assert crafted(algorithm="rsa-sha256").verified().actor == B


def test_ed25519_by_its_key_alone() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key = replace(KEY, public=private.public_key())
    assert crafted(algorithm="hs2019", key=private).verified(key=key).actor == B
    assert crafted(algorithm=None, key=private).verified(key=key).actor == B


def test_created_and_expires_go_with_hs2019() -> None:
    names = ("(request-target)", "(created)", "(expires)", "host", "digest")
    times: dict[str, Any] = {"created": seconds(0), "expires": seconds(5)}
    assert crafted(names, algorithm="hs2019", **times).without("date").verified().actor == B
    for algorithm in ("rsa-sha256", None):
        refused(crafted(names, algorithm=algorithm, **times), 401, "hs2019 alone")


def test_spaces_and_times_in_quotation_marks_are_read() -> None:
    names = ("(request-target)", "(created)", "host", "digest")
    message = crafted(names, algorithm="hs2019", created=seconds(0))
    spaced = message.headers["signature"].replace(",", " ,\t").replace("=", " = ", 1)
    assert message.having(signature=spaced).verified().actor == B
    quoted = message.saying(f"created={seconds(0)}", f'created="{seconds(0)}"')
    assert quoted.verified().actor == B


def test_what_is_not_known_counts_for_nothing() -> None:
    assert crafted(opaque="x, y=z").verified().actor == B


def test_header_names_in_capitals_are_the_same_names() -> None:
    message = crafted()
    capitals = replace(message, headers={name.title(): value for name, value in message.headers.items()})
    assert capitals.verified().actor == B
    assert crafted().saying("(request-target) host", "(Request-Target) Host").verified().actor == B


def test_several_digests_in_any_letters() -> None:
    one = digests.make_old(BODY)
    lower = one.replace("SHA-256", "sha-256")
    for field in (lower, f"{one},UNIXsum=30637", f"MD5=x, {lower}", f"id-sha-256=y,{one}"):
        assert crafted(extra={"digest": field}).verified().actor == B


def test_s16_the_query_is_tried_with_and_without() -> None:
    url = f"{INBOX}?x=1&y=a%20b"
    for query in (True, False):
        assert post(url, query=query).verified().actor == B
        assert get(url, query=query).verified().actor == B
    refused(replace(post(url), url=f"{INBOX}?x=2"), 401, "does not fit")
    refused(replace(post(url), url=INBOX), 401, "does not fit")
    refused(replace(post(url, query=False), url="https://a.example/other?x=1"), 401, "does not fit")


# Refusals, by their numbers on the list of what must hold


def test_s01_unsigned() -> None:
    refused(post().without("signature"), 401, "no signature")


def test_s02_one_byte_of_the_body_changed() -> None:
    refused(replace(post(), body=b'{"type":"Fellow"}'), 401, "digest differs")
    other = replace(post(), body=b"{}").having(digest=digests.make_old(b"{}"))
    refused(other, 401, "does not fit")


def test_s03_digest_there_but_not_signed() -> None:
    refused(crafted(("(request-target)", "host", "date")), 401, "digest")
    refused(crafted(("(request-target)", "host", "date"), body=b""), 401, "digest")
    refused(crafted(("(request-target)", "host", "date"), method="GET"), 401, "digest")


def test_s04_no_digest() -> None:
    refused(post().without("digest"), 401, "no digest")
    only = crafted(("(request-target)", "host", "date")).without("digest")
    refused(only, 401, "digest")
    assert crafted(("(request-target)", "host", "date"), method="GET", body=b"").verified().actor == B


@pytest.mark.parametrize("field", ["MD5=Sd/dVLAcvNLSq16eXua5uQ==", "SHA=07CavjDP4u3/TungoUHJO/Wzr4c=", "a="])
def test_s05_only_a_weak_digest(field: str) -> None:
    refused(crafted(extra={"digest": field}), 401, "no SHA-256")


def test_s05_every_strong_digest_must_agree() -> None:
    wrong = "SHA-512=" + base64.b64encode(bytes(64)).decode()
    refused(crafted(extra={"digest": f"{digests.make_old(BODY)},{wrong}"}), 401, "digest differs")
    refused(crafted(extra={"digest": f"{wrong},{digests.make_old(BODY)}"}), 401, "digest differs")


def test_s07_the_target_is_not_signed() -> None:
    refused(crafted(("host", "date", "digest")), 401, "request-target")
    refused(crafted(("host", "date"), method="GET", body=b""), 401, "request-target")


def test_s08_the_host_is_not_signed() -> None:
    refused(crafted(("(request-target)", "date", "digest")), 401, "host")
    refused(crafted(("(request-target)", "date"), method="GET", body=b""), 401, "host")


def test_s09_signed_for_another_node_never_fits_here() -> None:
    there = crafted(url="https://other.example/inbox")
    assert there.verified().actor == B
    for host in ("other.example", "a.example"):
        refused(replace(there, url=INBOX).having(host=host), 401, "does not fit")
    refused(replace(there, url=INBOX).without("host"), 401, "does not fit")


def test_s09_a_proxy_may_change_the_host_on_its_way_to_us() -> None:
    assert crafted().having(host="127.0.0.1:8000").verified().actor == B


@pytest.mark.parametrize(
    ("minutes", "believed"), [(-61, False), (-60, True), (-59, True), (4, True), (5, True), (6, False)]
)
def test_s10_age(minutes: int, believed: bool) -> None:
    names = ("(request-target)", "(created)", "host", "digest")
    made = crafted(names, algorithm="hs2019", created=seconds(minutes)).without("date")
    for message in (post(at=later(minutes)), made):
        if believed:
            assert message.verified().actor == B
        else:
            refused(message, 401, "60 minutes old or 5 minutes ahead")


def test_s10_date_and_created_disagree() -> None:
    names = ("(request-target)", "(created)", "host", "date", "digest")
    refused(crafted(names, algorithm="hs2019", created=seconds(-2)), 401, "disagree")
    refused(crafted(names[:3] + names[4:], algorithm="hs2019", created=seconds(-2)), 401, "disagree")
    refused(crafted(created=seconds(-2)), 401, "disagree")
    assert crafted(names, algorithm="hs2019", created=seconds(-1)).verified().actor == B


def test_s11_expired() -> None:
    assert crafted(expires=seconds(0)).verified().actor == B
    refused(crafted(expires=seconds(-1)), 401, "expired")
    names = (*USUAL, "(expires)")
    refused(crafted(names, algorithm="hs2019", expires=seconds(-1)), 401, "expired")


def test_s12_no_time_at_all() -> None:
    names = ("(request-target)", "host", "digest")
    refused(crafted(names), 401, "when it was made")
    refused(crafted(names, created=seconds(0)), 401, "when it was made")
    refused(crafted((*names, "date")).without("date"), 401, "no date")
    refused(crafted((*names, "(created)"), algorithm="hs2019"), 401, "when it was made")
    refused(crafted(extra={"date": "yesterday"}), 400, "date")
    refused(crafted(extra={"date": "Sun, 22 Nov 2026 13:00:00 +0100"}), 400, "date")


def test_s15_sent_to_another_inbox() -> None:
    refused(replace(post(), url="https://a.example/users/a/inbox"), 401, "does not fit")


@pytest.mark.parametrize(
    "name", ["hmac-sha256", "none", "", "rsa-sha1", "rsa-sha512", "RSA-SHA256", "ecdsa-sha256", "ed25519"]
)
def test_s18_another_algorithm(name: str) -> None:
    refused(crafted(algorithm=name), 401, "Only rsa-sha256 and hs2019")


def test_s18_hmac_with_the_public_key_as_secret() -> None:
    pem = public_key.pem(PRIVATE.public_key()).encode()
    forged = base64.b64encode(hmac.digest(pem, b"(request-target): post /inbox", "sha256")).decode()
    for name in ("hmac-sha256", "rsa-sha256", "hs2019", None):
        refused(crafted(algorithm=name, signature=forged), 401)


def test_s20_ed25519_under_an_rsa_label_and_the_reverse() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    small = replace(KEY, public=private.public_key())
    refused(crafted(key=private), 401, "another length", key=small)
    refused(crafted(), 401, "another kind of key", key=small)
    refused(crafted(algorithm="hs2019"), 401, "does not fit", key=small)
    refused(crafted(algorithm="hs2019", key=private), 401, "does not fit")


@pytest.mark.parametrize("name", ["signature", "digest", "date", "content-type"])
def test_s21_a_header_twice(name: str) -> None:
    message = post()
    doubled = [*message.raw, (name.title().encode(), message.headers[name].encode())]
    with pytest.raises(Refused, match=f"more than one {name}") as caught:
        signatures.read("POST", INBOX, doubled, BODY, NOW)
    assert caught.value.status == 400


@pytest.mark.parametrize("name", ["signature", "digest", "date", "content-type"])
def test_s21_a_folded_header(name: str) -> None:
    value = post().headers[name]
    refused(post().having(**{name: f"{value[:9]}\r\n {value[9:]}"}), 400, "folded")


def test_s21_something_twice_in_one_header() -> None:
    message = crafted()
    refused(message.having(signature=f'{message.headers["signature"]},keyId="{B}"'), 400, "twice")
    refused(message.saying("host date", "host date host"), 400, "twice")
    one = digests.make_old(BODY)
    refused(crafted(extra={"digest": f"{one},{one}"}), 400, "twice")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "keyId",
        "keyId=",
        'keyId="x',
        "keyId=x",
        f'keyId="{KEY_ID}"',
        f'keyId="{KEY_ID}",signature=""',
        f'keyId="{KEY_ID}",signature="%%%"',
        f'keyId="{KEY_ID}",signature="AAAAA"',
        f'keyId="{KEY_ID}",signature="AAAA",',
        f'keyId="{KEY_ID}" signature="AAAA"',
        f'keyId="{KEY_ID}",headers="date\\"",signature="AAAA"',
        f'keyId="{KEY_ID}",signature="AAAA",created=now',
        'signature="AAAA"',
        "\xff\xfe",
        f'keyId="{KEY_ID}",signature="{"A" * 65_536}"',
        "Basic YTpi",
    ],
)
def test_s23_a_signature_that_cannot_be_read(text: str) -> None:
    refused(post().having(signature=text), 400)


@pytest.mark.parametrize("times", [{"created": "1.5"}, {"expires": "1.5"}, {"created": "9" * 20}])
def test_s23_times_that_are_no_whole_seconds(times: dict[str, Any]) -> None:
    refused(crafted(algorithm="hs2019", **times), 400, "whole seconds")


def test_s23_another_spelling_of_the_same_signature() -> None:
    found = post().headers["signature"].rpartition('signature="')[2].rstrip('"')
    last = found[-3]
    respelt = found[:-3] + chr(ord(last) + 1) + "=="
    assert base64.b64decode(respelt) == base64.b64decode(found)
    for other in (respelt, found.rstrip("="), found + " ", f" {found}"):
        refused(post().saying(found, other), 400, "base64")


def test_s23_a_signature_of_another_length() -> None:
    for size in (1, 63, 65, 255, 1025):
        refused(crafted(signature=base64.b64encode(bytes(size)).decode()), 401, "another length")


@pytest.mark.parametrize(
    "key_id", [None, "", "key-1", "data:text/plain,x", "file:///etc/passwd", "https://" + "a" * 3000]
)
def test_s23_a_key_id_that_is_no_address(key_id: str | None) -> None:
    refused(crafted(keyId=key_id), 400, "key's id")


@pytest.mark.parametrize(
    "more", ["", " ", "@method", "(method)", "a" * 100, " ".join(f"x-{number}" for number in range(30))]
)
def test_s23_a_list_of_headers_that_cannot_be_read(more: str) -> None:
    refused(crafted().saying(" ".join(USUAL), " ".join([*USUAL, more])), 400)


def test_nothing_named_is_only_created() -> None:
    refused(crafted(headers=None), 401, "hs2019 alone")
    refused(crafted(headers=None, algorithm="hs2019", created=seconds(0)), 401, "request-target")


def test_both_families_in_one_message_are_read_as_the_newer() -> None:
    """Whoever adds the other's header gains nothing."""
    refused(post().having(signature_input='sig1=("@method");created=1;keyid="x"'), 400)


WHERE = ["signature", "digest", "date", "content-type", "body", "path", "method"]


@settings(max_examples=400, deadline=None)
@given(where=st.sampled_from(WHERE), place=st.integers(0, 5000), step=st.integers(1, 93))
def test_one_changed_byte_anywhere_is_refused(where: str, place: int, step: int) -> None:
    """But where it changes nothing that counts: in what letters a name or the method is written, or what the
    header says besides."""

    def change(whole: str) -> str:
        there = place % len(whole)
        sign = chr(0x21 + (ord(whole[there]) - 0x21 + step) % 94)
        return whole[:there] + sign + whole[there + 1 :]

    message = MADE
    if where == "body":
        there = place % len(BODY)
        message = replace(message, body=BODY[:there] + bytes([BODY[there] ^ step]) + BODY[there + 1 :])
    elif where == "path":
        message = replace(message, url=f"https://a.example/{change('inbox')}")
    elif where == "method":
        message = replace(message, method=change("POST"))
    else:
        message = message.having(**{where: change(message.headers[where])})
    status = refusal(message)
    if status is None:
        assert where in ("signature", "method")
        same = message.read(), MADE.read()
        assert len({(claim.key_id, claim.signature, claim.bases) for claim in same}) == 1
    else:
        assert status in (400, 401)


def refusal(message: Message) -> int | None:
    """The status that it is refused with; None when it is believed."""
    try:
        message.verified()
    except Refused as refused:
        return refused.status
    return None


MADE = post()


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=255)) | st.text('keyIdsgnatur="(), \\0123abc/+:.-'))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Refused):
        post_of(text).verified()


def post_of(text: str) -> Message:
    return MADE.having(signature=text)
