"""Where a request comes from, whatever it says of itself (R03)."""

import pytest
from starlette.requests import Request

from node.caller import _address, caller

HERE = "127.0.0.1"


def request(peer: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    client = (peer, 1234) if peer is not None else None
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "found"),
    [
        ("192.0.2.7", [], HERE, "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], HERE, "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1"], HERE, "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.1"], HERE, "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9", "198.51.100.1"], HERE, "198.51.100.1"),
        ("127.0.0.1", ["127.0.0.1, 198.51.100.1"], HERE, "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1"], "", "127.0.0.1"),
        ("127.0.0.1", [], HERE, "127.0.0.1"),
        ("127.0.0.1", [""], HERE, "127.0.0.1"),
        ("127.0.0.1", ["unknown"], HERE, "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, x', 198.51.100.1"], HERE, "198.51.100.1"),
        ("10.0.0.2", ["203.0.113.9, 198.51.100.1, 10.0.0.1"], "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", ["198.51.100.1, nonsense"], "10.0.0.0/8", "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.1"], "10.1.0.0/16, 10.0.0.2", "198.51.100.1"),
        ("192.0.2.7", ["203.0.113.9, 198.51.100.1"], "*", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", [], HERE, "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", [], HERE, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], HERE, "fe80::/64"),
        ("::ffff:192.0.2.7", [], HERE, "192.0.2.7"),
        ("::ffff:127.0.0.1", ["2001:db8::1"], HERE, "2001:db8::/64"),
        ("::1", ["198.51.100.1"], "127.0.0.1,::1", "198.51.100.1"),
        (None, ["198.51.100.1"], HERE, "None"),
    ],
)
def test_R03_only_a_proxy_of_ours_is_believed(
    peer: str | None, forwarded: list[str], trusted: str, found: str
) -> None:
    assert caller(request(peer, *forwarded), trusted) == found


def test_nothing_is_remembered_that_is_longer_than_an_address() -> None:
    kept = _address.cache_info().currsize
    for number in range(3):
        assert caller(request("192.0.2.7", f"{number}{'x' * 20_000}"), "*") == "192.0.2.7"
        assert caller(request("192.0.2.7", f"fe80::1%{number}{'x' * 20_000}"), "*") == "fe80::/64"
    assert _address.cache_info().currsize <= kept + 2  # both addresses, once


def test_looking_again_finds_the_same() -> None:
    """The server in front of the pages has looked already, and put what it found in the place of the peer."""
    forwarded = "203.0.113.9, 198.51.100.1"
    first = caller(request("127.0.0.1", forwarded), HERE)
    assert caller(request(first, forwarded), HERE) == first
