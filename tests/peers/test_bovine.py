"""draft-cavage as bovine has it: it believes what we sign, unchanged, and we believe what it signs."""

import json
import subprocess
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from node.clock import now
from node.federation import cavage, digests, public_key, signatures
from node.federation.own_key import RsaKey
from node.federation.signatures import VerificationKey
from tests.peers import installed

OWNER = "https://b.example/users/b"
KEY = RsaKey(f"{OWNER}#main-key", generate_private_key(65537, 2048))
TYPE = "application/activity+json"
BODIES = [b"{}", b'{"type":"Follow"}', '{"naam":"\u00e9"}'.encode()]


def bovine(**asked: Any) -> dict[str, Any]:
    """What bovine says, in an environment of its own."""
    secret = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    pem = public_key.pem(KEY.private.public_key())
    whole = {"pem": pem, "secret": secret, "key_id": KEY.key_id, "owner": OWNER, "check": [], "sign": []}
    done = subprocess.run(
        [installed.PYTHON, installed.HERE / "bovine_oracle.py"],
        input=json.dumps({**whole, **asked}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def ours(method: str, url: str, body: bytes | None) -> dict[str, Any]:
    """A request as we sign it."""
    kind, accept = (None, TYPE) if body is None else (TYPE, None)
    headers = cavage.sign(method, url, body, kind, KEY, now(), accept=accept)
    host = url.split("/")[2]
    return {
        "method": method,
        "url": url,
        "headers": {"host": host, **headers},
        "body": (body or b"").decode(),
    }


def test_bovine_believes_what_we_sign_and_nothing_else() -> None:
    good = [
        ours("POST", f"https://a.example{path}", body) for path in ("/inbox", "/@a/inbox/") for body in BODIES
    ]
    good += [ours("GET", f"http://127.0.0.1:8401{path}", None) for path in ("/", "/users/a")]
    bad = [{**one, "url": one["url"] + "x"} for one in good]
    bad += [{**one, "headers": {**one["headers"], "host": "c.example"}} for one in good]
    said = bovine(check=[*good, *bad])["believed"]
    assert said == [OWNER] * len(good) + [None] * len(bad)


def test_we_believe_what_bovine_signs() -> None:
    at = now()
    date = cavage.sign("GET", "https://a.example/", None, None, KEY, at)["date"]
    fields, whole = [], []
    for body in BODIES:
        headers = {"host": "a.example", "date": date, "digest": digests.make_old(body), "content-type": TYPE}
        fields.append([("(request-target)", "post /inbox"), *headers.items()])
        whole.append(headers)
    key = VerificationKey(KEY.key_id, OWNER, KEY.private.public_key())
    for headers, body, signed in zip(whole, BODIES, bovine(sign=fields)["signed"], strict=True):
        raw = [(name.encode(), value.encode()) for name, value in {**headers, "signature": signed}.items()]
        claim = signatures.read("POST", "https://a.example/inbox", raw, body, at)
        assert signatures.verify(claim, key).actor == OWNER
