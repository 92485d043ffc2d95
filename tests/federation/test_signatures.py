"""RFC 9421, by Ed25519 and RSA: vectors, another program's opinion, and each way to be refused."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import http_message_signatures as oracle
import http_sf
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.federation import digests, public_key, rfc9421, signatures, structured
from node.federation.message import fields
from node.federation.own_key import RsaKey
from node.federation.signatures import Claim, Refused, SigningKey, VerificationKey, Verified

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CREATED = int(NOW.timestamp())
B = "https://b.example/ap/buurt/b"
KEY_ID = f"{B}#ed25519-key"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNING = SigningKey(KEY_ID, PRIVATE)
KEY = VerificationKey(KEY_ID, B, PRIVATE.public_key())
RSA = generate_private_key(65537, 2048)
RSA_SIGNING = RsaKey(f"{B}#main-key", RSA)
RSA_KEY = VerificationKey(f"{B}#main-key", B, RSA.public_key())
INBOX = "https://a.example/inbox"
TYPE = "application/activity+json"
BODY = b'{"type":"Follow"}'
USUAL = ("@method", "@target-uri", "content-digest", "content-type")


@dataclass(frozen=True)
class Message:
    """A request as it arrives."""

    method: str
    url: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    def header(self, name: str) -> bytes:
        return dict(self.headers)[name.encode()]

    def having(self, name: str, value: bytes) -> "Message":
        """The same message with this header in place of any of that name."""
        kept = tuple(each for each in self.headers if each[0] != name.encode())
        return replace(self, headers=(*kept, (name.encode(), value)))

    def without(self, name: str) -> "Message":
        return replace(self, headers=tuple(each for each in self.headers if each[0] != name.encode()))

    def adding(self, name: str, value: bytes) -> "Message":
        return replace(self, headers=(*self.headers, (name.encode(), value)))

    def read(self, at: datetime = NOW) -> Claim:
        return signatures.read(self.method, self.url, self.headers, self.body, at)

    def verified(self, at: datetime = NOW, key: VerificationKey = KEY) -> Verified:
        return signatures.verify(self.read(at), key)


def raw(headers: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


def post(url: str = INBOX, body: bytes = BODY, created: int = CREATED) -> Message:
    return Message("POST", url, raw(rfc9421.sign("POST", url, body, TYPE, SIGNING, created)), body)


def get(url: str = INBOX) -> Message:
    return Message("GET", url, raw(rfc9421.sign("GET", url, None, None, SIGNING, CREATED)))


def crafted(
    components: Sequence[str] = USUAL,
    method: str = "POST",
    url: str = INBOX,
    body: bytes = BODY,
    extra: dict[str, str] | None = None,
    **parameters: Any,
) -> Message:
    """A message with a true signature over just these components, with these parameters (None: left out)."""
    headers = raw({"content-digest": digests.make(body), "content-type": TYPE, **(extra or {})})
    all_parameters = {"created": CREATED, "keyid": KEY_ID, "alg": "ed25519", **parameters}
    kept = {name: value for name, value in all_parameters.items() if value is not None}
    signed: rfc9421.Signed = [(name, {}) for name in components], kept
    signature = PRIVATE.sign(rfc9421.base(method, url, fields(headers), signed))
    signing = {"signature-input": http_sf.ser({"s": signed}), "signature": http_sf.ser({"s": signature})}
    return Message(method, url, (*headers, *raw(signing)), body)


def refused(
    message: Message, status: int, words: str | None = None, at: datetime = NOW, key: VerificationKey = KEY
) -> None:
    with pytest.raises(Refused, match=words) as caught:
        message.verified(at, key)
    assert caught.value.status == status
    assert caught.value.words == str(caught.value)


def test_a_post_of_ours_is_believed_and_has_the_form_we_agreed() -> None:
    message = post()
    assert message.verified() == Message("POST", INBOX, message.headers, BODY).verified()
    assert (message.verified().actor, message.verified().key_id) == (B, KEY_ID)
    assert message.header("signature-input").decode() == (
        'sig1=("@method" "@target-uri" "content-digest" "content-type")'
        f';created={CREATED};keyid="{KEY_ID}";alg="ed25519"'
    )
    assert message.header("signature").startswith(b"sig1=:")
    assert message.header("content-type") == TYPE.encode()


def test_a_get_of_ours_covers_method_and_address() -> None:
    message = get()
    assert message.verified().actor == B
    assert message.header("signature-input").startswith(b'sig1=("@method" "@target-uri");created=')
    assert {name for name, _ in message.headers} == {b"signature-input", b"signature"}


def test_header_names_may_be_written_in_capitals() -> None:
    message = post()
    capitals = tuple((name.title(), value) for name, value in message.headers)
    assert replace(message, headers=capitals).verified().actor == B


@pytest.mark.parametrize(
    "url",
    ["https://a.example", "https://a.example/", "http://127.0.0.1:8401/inbox?a=%20&b", "http://[::1]:8/x"],
)
def test_addresses_that_our_town_has(url: str) -> None:
    assert post(url).verified().actor == B
    assert get(url).verified().actor == B


def test_an_address_without_path_is_that_of_the_root() -> None:
    assert replace(get("https://a.example"), url="https://a.example/").verified().actor == B
    assert replace(get("https://a.example/?x"), url="https://a.example?x").verified().actor == B


@pytest.mark.parametrize(
    "url",
    [
        "/inbox",
        "ftp://a.example/",
        "https://u@a.example/",
        "https://a.example/#x",
        "https://a.example/é",
        "https:///x",
    ],
)
def test_addresses_that_cannot_be_signed(url: str) -> None:
    with pytest.raises(ValueError, match="sign"):
        rfc9421.sign("GET", url, None, None, SIGNING, CREATED)
    refused(replace(get(), url=url), 400)


def test_a_body_needs_a_type_and_a_plain_one() -> None:
    with pytest.raises(ValueError, match="content type"):
        rfc9421.sign("POST", INBOX, BODY, None, SIGNING, CREATED)
    with pytest.raises(ValueError, match="folded"):
        rfc9421.sign("POST", INBOX, BODY, "text/plain\r\nx: y", SIGNING, CREATED)


def test_a_secret_key_does_not_show_itself() -> None:
    assert repr(SIGNING) == f"SigningKey(key_id={KEY_ID!r})"


def test_the_method_cannot_smuggle_a_line() -> None:
    refused(replace(post(), method="POST\n"), 400, "cannot be signed")


# Vectors


def rfc_message(path: Path) -> Message:
    head, _, body = path.read_text().partition("\n\n")
    request, *lines = head.splitlines()
    method, target, _ = request.split(" ")
    headers = raw(dict(line.split(": ", 1) for line in lines))
    return Message(method, f"https://example.com{target}", headers, body.rstrip("\n").encode())


def test_rfc_9421_b_2_6(shared: Path) -> None:
    folder = shared / "vectors/rfc9421"
    message = rfc_message(folder / "b26_request_signed.txt")
    by_name = {name.decode().lower(): value.decode() for name, value in message.headers}
    signed = structured.dictionary(by_name["signature-input"])["sig-b26"]
    base = rfc9421.base(message.method, message.url, fields(message.headers), signed)
    assert base == (folder / "b26_request_sigbase.txt").read_bytes()
    public = serialization.load_pem_public_key((folder / "test-key-ed25519.pub").read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    public.verify(structured.dictionary(by_name["signature"])["sig-b26"][0], base)
    digests.check(digests.read(by_name["content-digest"]), message.body)
    refused(message, 400, "key's id", at=datetime.fromtimestamp(1618884473, UTC))


def test_what_another_program_signed_with_rsa_is_believed(shared: Path) -> None:
    field = json.loads((shared / "vectors/field/fedify-2.3.6.json").read_text())
    public = serialization.load_pem_public_key(field["publicKeyPem"].encode())
    assert isinstance(public, RSAPublicKey)
    requests = [each for each in field["requests"] if each["spec"] == "rfc9421"]
    assert len(requests) == 4
    for each in requests:
        message = Message(each["method"], each["url"], raw(dict(each["headers"])), each["body"].encode())
        signed = structured.dictionary(message.header("signature-input").decode())["sig1"]
        signature = structured.dictionary(message.header("signature").decode())["sig1"][0]
        base = rfc9421.base(message.method, message.url, fields(message.headers), signed)
        public.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())
        at = datetime.fromtimestamp(signed[1]["created"], UTC)
        owner = field["keyId"].split("#")[0]
        assert message.verified(at, VerificationKey(field["keyId"], owner, public)).actor == owner


# Another program's opinion, both ways


@dataclass
class OracleRequest:
    method: str
    url: str
    headers: dict[str, str]


class OracleKeys(oracle.HTTPSignatureKeyResolver):
    """Its Ed25519 algorithm takes keys, its RSA algorithm takes them as text."""

    def resolve_public_key(self, key_id: str) -> Any:
        return PRIVATE.public_key() if key_id == KEY_ID else public_key.pem(RSA.public_key()).encode()

    def resolve_private_key(self, key_id: str) -> Any:
        if key_id == KEY_ID:
            return PRIVATE
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return RSA.private_bytes(serialization.Encoding.PEM, *form)


PATHS = st.from_regex(r"/([A-Za-z0-9._~/-]|%[0-9A-F]{2}){0,20}(\?[a-z0-9=&+]{0,20})?", fullmatch=True)
ALGORITHMS = [
    (oracle.algorithms.ED25519, SIGNING, KEY),
    (oracle.algorithms.RSA_V1_5_SHA256, RSA_SIGNING, RSA_KEY),
]


@settings(deadline=None)
@given(PATHS, st.none() | st.binary(max_size=200), st.sampled_from(ALGORITHMS))
def test_what_we_sign_another_program_verifies(
    path: str, body: bytes | None, how: tuple[Any, SigningKey | RsaKey, VerificationKey]
) -> None:
    url, created = f"https://a.example{path}", int(datetime.now(UTC).timestamp())
    method = "GET" if body is None else "POST"
    headers = rfc9421.sign(method, url, body, None if body is None else TYPE, how[1], created)
    verifier = oracle.HTTPMessageVerifier(signature_algorithm=how[0], key_resolver=OracleKeys())
    (result,) = verifier.verify(OracleRequest(method, url, headers), body=body)
    assert result.parameters["keyid"] == how[1].key_id


@settings(deadline=None)
@given(
    PATHS,
    st.binary(max_size=200),
    st.sampled_from([("@target-uri",), ("@authority", "@path", "@query", "@scheme")]),
    st.sampled_from(ALGORITHMS),
)
def test_what_another_program_signs_we_verify(
    path: str,
    body: bytes,
    target: tuple[str, ...],
    how: tuple[Any, SigningKey | RsaKey, VerificationKey],
) -> None:
    url = f"https://A.example:443{path}"
    request = OracleRequest("POST", url, {"Content-Type": TYPE, "Date": format_datetime(NOW, usegmt=True)})
    signer = oracle.HTTPMessageSigner(signature_algorithm=how[0], key_resolver=OracleKeys())
    components = ("@method", *target, "content-type", "date")
    signer.sign(request, key_id=how[1].key_id, created=NOW, covered_component_ids=components, body=body)
    message = Message("POST", url, raw({k.lower(): v for k, v in request.headers.items()}), body)
    assert message.verified(key=how[2]).actor == B


def test_by_rsa_as_others_read_it() -> None:
    headers = rfc9421.sign("POST", INBOX, BODY, TYPE, RSA_SIGNING, CREATED)
    message = Message("POST", INBOX, raw(headers), BODY)
    assert message.verified(key=RSA_KEY).actor == B
    assert message.header("signature-input").decode() == (
        'sig1=("@method" "@target-uri" "content-digest" "content-type")'
        f';created={CREATED};keyid="{B}#main-key";alg="rsa-v1_5-sha256"'
    )


# Only a checked signature makes a Verified


def test_nobody_else_makes_a_verified_or_a_claim() -> None:
    for here in (None, object(), True, "here"):
        with pytest.raises(TypeError, match="Only checking"):
            Verified(B, KEY_ID, here)
        with pytest.raises(TypeError, match="Only checking"):
            Claim(KEY_ID, None, b"", (b"",), here)
    with pytest.raises(TypeError):
        Verified(B, KEY_ID)  # type: ignore[call-arg]  # mypy refuses it as well


def test_a_verified_cannot_be_turned_into_that_of_another() -> None:
    verified = post().verified()
    with pytest.raises(FrozenInstanceError):
        verified.actor = "https://c.example/ap/buurt/c"  # type: ignore[misc]  # mypy refuses it as well
    with pytest.raises((TypeError, ValueError)):
        replace(verified, actor="https://c.example/ap/buurt/c")  # type: ignore[call-arg]  # mypy refuses it as well
    with pytest.raises(TypeError):
        replace(post().read(), here=None, bases=(b"another",))


def test_another_key_than_the_one_named_is_refused() -> None:
    refused(post(), 401, "not the key", key=replace(KEY, key_id=f"{B}#ed25519-key-2"))
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    refused(post(), 401, "does not fit", key=replace(KEY, public=stranger))


# Refusals, by their numbers on the list of what must hold


def test_s01_unsigned() -> None:
    bare = Message("POST", INBOX, (), BODY)
    refused(bare, 401, "no signature")
    refused(post().without("signature"), 401, "no signature")
    refused(post().without("signature-input"), 401, "no signature-input")


def test_s02_one_byte_of_the_body_changed() -> None:
    refused(replace(post(), body=b'{"type":"Fellow"}'), 401, "digest differs")
    other = post().having("content-digest", digests.make(b"{}").encode())
    refused(replace(other, body=b"{}"), 401, "does not fit")


def test_s03_digest_there_but_not_signed() -> None:
    refused(crafted(("@method", "@target-uri", "content-type")), 401, "digest")
    refused(crafted(("@method", "@target-uri"), body=b""), 401, "digest")
    refused(crafted(("@method", "@target-uri"), method="GET"), 401, "digest")


def test_s04_no_digest() -> None:
    refused(post().without("content-digest"), 401, "no content-digest")
    refused(crafted(("@method", "@target-uri")).without("content-digest"), 401, "digest")


@pytest.mark.parametrize(
    "digest", ["md5=:Sd/dVLAcvNLSq16eXua5uQ==:", "sha=:07CavjDP4u3/TungoUHJO/Wzr4c=:", ""]
)
def test_s05_only_a_weak_digest(digest: str) -> None:
    refused(crafted(extra={"content-digest": digest}), 401, "no SHA-256")


@pytest.mark.parametrize(
    "components",
    [
        (),
        ("@target-uri",),
        ("@method",),
        ("@method", "@authority"),
        ("@method", "@path"),
        ("@authority", "@path"),
    ],
)
def test_s07_method_or_address_not_covered(components: tuple[str, ...]) -> None:
    refused(crafted((*components, "content-digest")), 401, "method and the whole address")
    refused(crafted(components, method="GET", body=b""), 401, "method and the whole address")


def test_s08_no_word_about_whose_address() -> None:
    refused(crafted(("@method", "@path", "@query", "content-digest")), 401, "whole address")
    refused(crafted(("@method", "@path", "@scheme", "content-digest")), 401, "whole address")
    host = {"host": "a.example"}
    refused(crafted(("@method", "@path", "host", "content-digest"), extra=host), 401, "whole address")


def test_s09_signed_for_another_node() -> None:
    there = post("https://other.example/inbox")
    refused(replace(there, url=INBOX), 401, "does not fit")
    refused(replace(there.adding("host", b"other.example"), url=INBOX), 401, "does not fit")
    parts = ("@method", "@authority", "@path", "content-digest")
    refused(replace(crafted(parts, url=there.url), url=INBOX), 401, "does not fit")


@pytest.mark.parametrize(
    ("minutes", "believed"), [(-61, False), (-60, True), (-59, True), (4, True), (5, True), (6, False)]
)
def test_s10_age(minutes: int, believed: bool) -> None:
    message = post(created=CREATED + 60 * minutes)
    if believed:
        assert message.verified().actor == B
    else:
        refused(message, 401, "60 minutes old or 5 minutes ahead")


@pytest.mark.parametrize("seconds", [-5400, -600, -61, 61, 600])
def test_s10_date_and_created_disagree(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    refused(post().adding("date", date.encode()), 401, "disagree")
    refused(crafted((*USUAL, "date"), extra={"date": date}), 401, "disagree")


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_s10_date_and_created_agree(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert post().adding("date", date.encode()).verified().actor == B
    assert crafted((*USUAL, "date"), extra={"date": date}).verified().actor == B
    refused(post().adding("date", b"yesterday"), 400, "date")


def test_s11_expired() -> None:
    assert crafted(expires=CREATED).verified().actor == B
    refused(crafted(expires=CREATED - 1), 401, "expired")
    refused(crafted(expires=CREATED + 1), 401, "expired", at=NOW + timedelta(seconds=2))


def test_s12_no_time_at_all() -> None:
    refused(crafted(created=None), 401, "when it was made")
    date = format_datetime(NOW, usegmt=True)
    refused(crafted((*USUAL, "date"), extra={"date": date}, created=None), 401, "when it was made")


@pytest.mark.parametrize("value", [True, "1795348800", 1.5, b"1", http_sf.Token("now"), NOW])
def test_s12_times_are_whole_seconds(value: object) -> None:
    refused(crafted(created=value), 400, "whole seconds")
    refused(crafted(expires=value), 400, "whole seconds")


def test_s15_sent_to_another_inbox() -> None:
    refused(replace(post(), url="https://a.example/users/a/inbox"), 401, "does not fit")


def test_s16_query_not_covered() -> None:
    with_query, parts = f"{INBOX}?x=1", ("@method", "@authority", "@path", "content-digest")
    refused(crafted(parts, url=with_query), 401, "whole address")
    refused(crafted(parts, url=f"{INBOX}?"), 401, "whole address")
    refused(replace(post(), url=with_query), 401, "does not fit")
    refused(replace(post(with_query), url=INBOX), 401, "does not fit")
    assert post(with_query).verified().actor == B
    assert crafted((*parts, "@query"), url=with_query).verified().actor == B
    assert crafted(parts).verified().actor == B


@pytest.mark.parametrize(
    "name",
    ["hmac-sha256", "none", "", "rsa-pss-sha512", "ED25519", "ecdsa-p256-sha256", http_sf.Token("ed25519")],
)
def test_s18_another_algorithm(name: str) -> None:
    refused(crafted(alg=name), 401, "Only Ed25519")


def test_s18_hmac_with_the_public_key_as_secret() -> None:
    pem = PRIVATE.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for name in ("hmac-sha256", None):
        message = crafted(alg=name)
        base = message.read().bases[0] if name is None else b"the same"
        forged = base64.b64encode(hmac.digest(pem, base, "sha256"))
        refused(message.having("signature", b"s=:" + forged + b":"), 401, "Only Ed25519")


def test_s18_no_label_is_fine_when_the_key_says_it() -> None:
    assert crafted(alg=None).verified().actor == B


def test_s20_ed25519_under_an_rsa_label() -> None:
    refused(crafted(alg="rsa-v1_5-sha256"), 401, "another length")
    rsa = rfc9421.sign("POST", INBOX, BODY, TYPE, replace(RSA_SIGNING, key_id=KEY_ID), CREATED)
    refused(Message("POST", INBOX, raw(rsa), BODY), 401, "another kind of key")


def test_s20_rsa_under_an_ed25519_label() -> None:
    refused(crafted(), 401, "another kind of key", key=replace(RSA_KEY, key_id=KEY_ID))
    refused(crafted(alg=None), 401, "does not fit", key=replace(RSA_KEY, key_id=KEY_ID))
    headers = rfc9421.sign("GET", INBOX, None, None, RSA_SIGNING, CREATED)
    relabelled = headers["signature-input"].replace("rsa-v1_5-sha256", "ed25519")
    message = Message("GET", INBOX, raw({**headers, "signature-input": relabelled}))
    refused(message, 401, "another length", key=RSA_KEY)


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest", "content-type"])
def test_s21_a_header_that_stands_twice(name: str) -> None:
    message = post()
    refused(message.adding(name, message.header(name)), 400, f"more than one {name}")
    refused(message.adding(name, b""), 400, f"more than one {name}")


def test_s21_two_dates() -> None:
    date = format_datetime(NOW, usegmt=True).encode()
    refused(post().adding("date", date).adding("date", date), 400, "more than one date")


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest", "content-type"])
def test_s21_a_folded_header(name: str) -> None:
    value = post().header(name)
    refused(post().having(name, value[:9] + b"\r\n " + value[9:]), 400, "folded")


def test_s21_two_signatures_in_one_header() -> None:
    one = post()
    names = {name: one.header(name) for name in ("signature-input", "signature")}
    doubled = {name: value + b", sig2" + value[4:] for name, value in names.items()}
    both = one.having("signature-input", doubled["signature-input"]).having("signature", doubled["signature"])
    refused(both, 400, "one signature")
    refused(one.having("signature", doubled["signature"]), 400, "something else")
    refused(one.having("signature-input", doubled["signature-input"]), 400, "one signature")
    refused(one.having("signature", names["signature"] + b", " + names["signature"]), 400, "structured field")
    refused(one.having("signature", names["signature"].replace(b"sig1", b"sig2")), 400, "something else")


def test_s21_a_component_or_parameter_that_stands_twice() -> None:
    text = post().header("signature-input")
    refused(
        post().having("signature-input", text.replace(b'("@method"', b'("@method" "@method"')), 400, "twice"
    )
    refused(post().having("signature-input", text + b";created=1"), 400, "structured field")


@pytest.mark.parametrize(
    "value",
    [
        *b'sig1=:%%%: sig1=:AAAAA: sig1=:AA== sig1=AAAA sig1="AAAA" sig1 sig1=(:AA==:)'.split(),
        b"keyId=x,signature=y",
        b"",
        b"\xff\xfe",
        b"sig1=:" + b"A" * 65_536 + b":",
    ],
)
def test_s23_a_signature_that_cannot_be_read(value: bytes) -> None:
    refused(post().having("signature", value), 400)


def test_s23_another_spelling_of_the_same_signature() -> None:
    value = post().header("signature")
    refused(post().having("signature", value + b";x"), 400, "something else")
    refused(post().having("signature", value.replace(b"==:", b":")), 400, "something else")
    last = value[-4:-3]
    respelt = value[:-4] + bytes([last[0] + 1]) + b"==:"
    assert structured.dictionary(respelt.decode()) == structured.dictionary(value.decode())
    refused(post().having("signature", respelt), 400, "something else")


def test_s23_a_signature_of_another_length() -> None:
    for size in (0, 63, 65, 256):
        short = http_sf.ser({"sig1": bytes(size)}).encode()
        refused(post().having("signature", short), 401, "Only Ed25519")


@pytest.mark.parametrize(
    "value",
    [
        *b'sig1 sig1=:AA==: sig1="@method" sig1=("@method" sig1=(@method) ("@method")'.split(),
        *(b'Sig1=("@method")', b"sig1=(:AA==: 1 ?1)", b"sig1=()", b'sig1=("@method"),', b"", b"\0"),
        b"sig1=(" + b'"a" ' * 16_384 + b")",
    ],
)
def test_s23_an_input_that_cannot_be_read(value: bytes) -> None:
    refused(post().having("signature-input", value), 400)


NOT_KEY_IDS = """
    key-1 /ap/actor#main-key //b.example/ap/actor data:text/plain,x file:///etc/passwd javascript:alert(1)
    ftp://b.example/x https:b.example https:// https:///x https://:443/x https://b.example:99999/x
    https://b.example:0/x https://b.example:x/ https://[::1/x https://user@b.example/x
    https://user:word@b.example/x https://b.example\\@a.example/ https://b.example/<x>
""".split()
LONG = "https://b.example/" + "x" * 2_030
ODD: list[object] = [None, "", "https://b.example/a b", " https://b.example/x", LONG + "x", LONG * 4]
ODD += [http_sf.Token("https://b.example/x"), b"https://b.example/x", 7]


@pytest.mark.parametrize("key_id", [*NOT_KEY_IDS, *ODD])
def test_s23_a_key_id_that_is_not_a_web_address(key_id: object) -> None:
    refused(crafted(keyid=key_id), 400, "key's id|Port|IPv6|too long")


@pytest.mark.parametrize(
    "key_id", ["http://127.0.0.1:8401/ap/actor#k", "HTTPS://b.example/@b#k", "https://[::1]/x", LONG]
)
def test_key_ids_that_are_web_addresses(key_id: str) -> None:
    assert crafted(keyid=key_id).read().key_id == key_id


@pytest.mark.parametrize(
    "component",
    ["@request-target", "@query-param", "@status", "@signature-params", "@x", "Content-Type", "a b", ""],
)
def test_components_that_are_not_read(component: str) -> None:
    text = (
        post()
        .header("signature-input")
        .replace(b'"content-type")', f'"content-type" "{component}")'.encode())
    )
    refused(post().having("signature-input", text), 400, "not read here")


@pytest.mark.parametrize("parameter", ["sf", "bs", "req", "tr", 'name="x"', 'key="sha-256"', "x=1"])
def test_components_with_a_parameter(parameter: str) -> None:
    for name in ("content-digest", "@method"):
        text = post().header("signature-input").decode().replace(f'"{name}"', f'"{name}";{parameter}')
        refused(post().having("signature-input", text.encode()), 400, "carries a parameter")


@pytest.mark.parametrize("component", ["content-type", ":AA==:", "1", "?1", "1.5", "@1", '%"content-type"'])
def test_components_that_are_no_text(component: str) -> None:
    text = post().header("signature-input").decode().replace('"content-type"', component)
    refused(post().having("signature-input", text.encode()), 400, "cannot be read")


def test_too_many_components() -> None:
    names = " ".join(f'"x-{number}"' for number in range(40))
    text = post().header("signature-input").decode().replace('"content-type"', f'"content-type" {names}')
    refused(post().having("signature-input", text.encode()), 400, "cannot be read")


def test_a_signed_header_that_is_gone_changed_or_not_ascii() -> None:
    refused(post().without("content-type"), 401, "no content-type")
    refused(post().having("content-type", b"text/plain"), 401, "does not fit")
    refused(post().having("content-type", b"caf\xc3\xa9"), 400, "plain ASCII")
    refused(
        crafted((*USUAL, "host"), extra={"host": "a.example"}).having("host", b"c.example"),
        401,
        "does not fit",
    )


def test_spaces_around_a_value_and_parameters_we_do_not_know_change_nothing() -> None:
    assert post().having("content-type", b" \t" + TYPE.encode() + b" ").verified().actor == B
    assert crafted(nonce="n", tag="t", other=1.5).verified().actor == B


def test_an_empty_digest_on_a_get_is_fine() -> None:
    assert crafted(("@method", "@target-uri", "content-digest"), method="GET", body=b"").verified().actor == B


# Whatever else may come

PLACES = ("method", "url", "body", "content-digest", "content-type", "signature", "signature-input")
WHOLE = post(f"{INBOX}?x=1")


def changed(text: bytes, position: int, to: int) -> bytes:
    position %= len(text)
    assume(text[position] != to)
    return text[:position] + bytes([to]) + text[position + 1 :]


@settings(deadline=None, max_examples=500)
@given(st.sampled_from(PLACES), st.integers(0, 999), st.integers(0, 255))
def test_one_changed_byte_anywhere_is_refused(place: str, position: int, to: int) -> None:
    if place == "body":
        message = replace(WHOLE, body=changed(WHOLE.body, position, to))
    elif place == "method":
        message = replace(WHOLE, method=changed(b"POST", position, to).decode("latin-1"))
    elif place == "url":
        message = replace(WHOLE, url=changed(WHOLE.url.encode(), position, to).decode("latin-1"))
    else:
        message = WHOLE.having(place, changed(WHOLE.header(place), position, to))
    with pytest.raises(Refused) as caught:
        message.verified()
    assert caught.value.status in (400, 401)


NAMES = st.sampled_from(
    [b"signature", b"signature-input", b"content-digest", b"content-type", b"date", b"Date"]
)
WORDS = r"""
    sig1 = ( ) "@method" "@target-uri" "content-digest" ;created=1795348800 ;keyid="https://b.example/k"
    :AAAA: @1 @99999999999999 %"%ff" ?1 -1.5 ;alg="ed25519" , \ sha-256= 999999999999999 * ;
""".split()
PIECES = st.lists(st.sampled_from(WORDS), max_size=12).map(lambda words: " ".join(words).encode())


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(NAMES | st.binary(max_size=20), st.binary(max_size=60) | PIECES), max_size=8),
    st.binary(),
)
def test_any_headers_are_refused_and_nothing_worse(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    with pytest.raises(Refused):
        Message("POST", INBOX, tuple(headers), body).verified()


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PLACES[3:]), st.integers(0, 200), st.integers(0, 40), st.binary(max_size=20) | PIECES)
def test_any_piece_put_into_a_header_is_refused_or_means_the_same(
    name: str, start: int, length: int, piece: bytes
) -> None:
    value = WHOLE.header(name)
    message = WHOLE.having(name, value[:start] + piece + value[start + length :])
    try:
        assert message.verified().actor == B
    except Refused:
        return


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=10), st.text(max_size=40))
def test_any_method_and_address_are_refused_and_nothing_worse(method: str, url: str) -> None:
    with pytest.raises(Refused):
        replace(WHOLE, method=method, url=url).verified()


@settings(deadline=None, max_examples=300)
@given(st.from_regex(structured._LIST, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_what_is_taken_as_it_is_written_is_written_as_it_must_be(text: str) -> None:
    if (read := structured._list(text)) is None:
        with pytest.raises(ValueError, match="proper"):  # a parameter twice: nothing is made of it
            structured.dictionary(text)
        return
    assert read == structured._any(text)
    assert http_sf.ser({**read}) == text


@given(st.from_regex(structured._BYTES, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_bytes_are_read_at_once_as_they_are_read_with_care(text: str) -> None:
    quick = structured._bytes(text)
    assert quick is None or quick == structured._any(text)


@pytest.mark.parametrize(
    "text",
    [
        '( "@method")',
        '("@method"  "@path")',
        '("@method");created=01',
        '("@method");keyid="a\\"b"',
        '("@method") ;created=1',
        '("@method");created=?1',
        '("@method");created=1.0',
    ],
)
def test_what_could_be_written_otherwise_is_spelled_anew(text: str) -> None:
    assert structured.as_written(f"sig1={text}") is None
