"""The seal of a browser's forms as it stands in a page: under another mask each time.

Pages go out compressed, and how small a page becomes tells who counts its bytes whether something in it was
said before. A secret that looks different in every answer tells nothing that way (BREACH).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest


def masked(seal: str) -> str:
    """The seal as this one page carries it; nothing for nothing."""
    plain = seal.encode()
    mask = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(mask + _mixed(mask, plain)).decode()


def is_of(carried: str, seal: str) -> bool:
    """Whether a form carried this seal, under whatever mask."""
    try:
        found = urlsafe_b64decode(carried.encode("ascii"))
    except ValueError:
        return False
    half = len(found) // 2
    return bool(seal) and compare_digest(_mixed(found[:half], found[half:]), seal.encode())


def _mixed(one: bytes, other: bytes) -> bytes:
    """Both, bit by bit; as long as the second."""
    mixed = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return mixed.to_bytes(max(len(one), len(other)), "big")
