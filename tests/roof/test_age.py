"""Files that open with a passphrase: what comes out is what went in, or nothing."""

import io
import os
from collections.abc import Callable

import pytest

from node.command.age import PIECE, Broken, Opening, Sealing

SECRET = "vijf lange woorden op papier"
FEW = 1  # work: 2 kB of memory for a guess, in a test


def sealed(content: bytes, secret: str = SECRET) -> bytes:
    target = io.BytesIO()
    sealing = Sealing(target, secret, FEW)
    for start in range(0, len(content), 1000):
        sealing.write(content[start : start + 1000])
    sealing.finish()
    return target.getvalue()


def opened(content: bytes, secret: str = SECRET) -> bytes:
    with io.BufferedReader(Opening(io.BytesIO(content), secret)) as opening:
        return opening.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_goes_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content


def test_two_files_of_the_same_look_different() -> None:
    one, other = sealed(b"Bea"), sealed(b"Bea")
    assert one[-19:] != other[-19:]
    assert b"Bea" not in one


CONTENT = b"Bea woont hier" * 10_000
HARM: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda file: b"A" + file[1:],
    "salt": lambda file: file[:40] + bytes([file[40] ^ 1]) + file[41:],
    "seal of the head": lambda file: file[:140] + bytes([file[140] ^ 1]) + file[141:],
    "last byte": lambda file: file[:-1] + bytes([file[-1] ^ 1]),
    "middle": lambda file: file[:9000] + bytes([file[9000] ^ 1]) + file[9001:],
    "cut": lambda file: file[:-1],
    "cut at a piece": lambda file: file[: file.index(b"\n", 120) + 17 + PIECE + 16],
    "cut in the head": lambda file: file[:60],
    "cut after the head": lambda file: file[: file.index(b"\n---") + 20],
    "longer": lambda file: file + b"more",
    "a piece twice": lambda file: file[:-100] + file[-200:],
    "nothing": lambda file: b"",
    "something else": lambda file: b"SQLite format 3\0" * 100,
    "much work": lambda file: file.replace(b" 1\n", b" 30\n", 1),
    "no work": lambda file: file.replace(b" 1\n", b" 0\n", 1),
    "odd work": lambda file: file.replace(b" 1\n", b" -1\n", 1),
    "huge work": lambda file: file.replace(b" 1\n", b" " + b"9" * 150 + b"\n", 1),
    "another lock": lambda file: file.replace(b"scrypt", b"X25519", 1),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_was_changed_is_refused(harm: str) -> None:
    file = sealed(CONTENT)
    changed = HARM[harm](file)
    assert changed != file
    with pytest.raises(Broken):
        opened(changed)


@pytest.mark.parametrize("secret", ["", "vijf lange woorden op papie", SECRET.upper()])
def test_another_passphrase_opens_nothing(secret: str) -> None:
    with pytest.raises(Broken, match="passphrase"):
        opened(sealed(CONTENT), secret)
