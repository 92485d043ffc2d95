"""Which addresses of the internet a node speaks with: public ones, and never its own network (`security.md`,
SSRF)."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address, ip_network

Resolve = Callable[[str, int], Awaitable[set[str]]]
"""From a name and a port to its addresses."""
_NOWHERE = [  # ways round to somewhere else, and what Python's own lists miss or leave open
    ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
]


def allowed(address: str, town: bool) -> bool:
    """Whether an IP address is public (or, in a demo town, this very machine); IPv4 in IPv6 is looked
    through."""
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return allowed(str(ip.ipv4_mapped), town)
    if town and ip.is_loopback:
        return True
    if any(ip in net for net in _NOWHERE if net.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_named(origin: str) -> bool:
    """Whether an origin has a name that everybody may look up: no address in numbers, and no single word."""
    host = origin.partition("://")[2].rsplit(":", 1)[0]
    return "." in host and not host.rpartition(".")[2].isdigit() and not host.startswith("[")


async def resolved(host: str, port: int) -> set[str]:
    """The addresses of a name, as the system knows them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return {str(info[4][0]) for info in found}
