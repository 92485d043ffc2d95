"""Runs in the environment of other people's software: bovine says what it thinks of requests, and signs some.

Reads {"pem": public key, "secret": private key, "check": [request], "sign": [request]} and writes who it
believes each of the first is by, and the Signature header of each of the second.
"""

import asyncio
import json
import sys
from typing import Any

from bovine.crypto.http_signature import HttpSignature
from bovine.crypto.signature_checker import SignatureChecker
from bovine.crypto.types import CryptographicIdentifier, CryptographicSecret


def main() -> None:
    asked = json.load(sys.stdin)
    owner = CryptographicIdentifier.from_pem(asked["pem"], asked["owner"])

    async def key(key_id: str) -> Any:
        return owner if key_id == asked["key_id"] else None

    async def believed(request: dict[str, Any]) -> Any:
        async def body() -> Any:
            return request["body"].encode()

        checker = SignatureChecker(key)
        return await checker.validate_signature(request["method"], request["url"], request["headers"], body)

    async def all_believed() -> list[Any]:
        return [await believed(request) for request in asked["check"]]

    secret = CryptographicSecret.from_pem(asked["key_id"], asked["secret"])
    signed = []
    for fields in asked["sign"]:
        signature = HttpSignature()
        for name, value in fields:
            signature.with_field(name, value)
        signed.append(signature.sign_for_http_draft(secret))
    json.dump({"believed": asyncio.run(all_believed()), "signed": signed}, sys.stdout)


main()
