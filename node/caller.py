"""Where a request comes from: for counting tries alone, and kept only as a hash, or in memory."""

from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Address = IPv4Address | IPv6Address
HOME_BITS = 64  # of an IPv6 address: one home has all that begin alike
_LONGEST = 45  # letters of an address: IPv6 that ends in IPv4


def caller(request: Request, trusted: str) -> str:
    """The address that asks; for IPv6 the network of the home.

    `X-Forwarded-For` is read from its end, and only as far as proxies named in `trusted` wrote it: what
    anybody else put there is ignored (R03).
    """
    found = _written(request.client.host if request.client else "")
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while found is not None and hops and _trusts(trusted, found):
        before = _written(hops.pop())
        if before is None:
            break
        found = before
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, HOME_BITS), strict=False))
    return str(found)


def _written(said: str) -> Address | None:
    """An address as it is said, with spaces and a zone or without."""
    plain = said.strip().partition("%")[0]
    return _address(plain) if len(plain) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _address(plain: str) -> Address | None:
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _trusts(trusted: str, found: Address) -> bool:
    networks = _networks(trusted)
    return networks is None or any(found in network for network in networks)


@cache
def _networks(trusted: str) -> list[IPv4Network | IPv6Network] | None:
    """The proxies that are named; None for `*`, which is all."""
    names = [name.strip() for name in trusted.split(",") if name.strip()]
    return None if "*" in names else [ip_network(name, strict=False) for name in names]
