"""The four kinds of posts as people meet them: where each is made and listed, and its place in the menu."""

from dataclasses import dataclass

from node.neighbourhood.post import Kind


@dataclass(frozen=True)
class Paths:
    """The addresses of one kind; `menu` is its word in the main menu, `icon` its picture."""

    make: str
    all: str
    menu: str
    icon: str


PATHS = {
    Kind.REQUEST: Paths("/ask", "/requests", "requests", "hand-helping"),
    Kind.OFFER: Paths("/offer", "/offers", "offers", "hand-heart"),
    Kind.NOTICE: Paths("/tell", "/notices", "notices", "megaphone"),
    Kind.EVENT: Paths("/event", "/events", "agenda", "calendar-days"),
}


def paths(kind: Kind) -> Paths:
    return PATHS[kind]
