"""What the rooms of this door share: the database, who we are, our keys, and the one way out."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from node.federation import knocking
from node.federation.asked import Asked
from node.federation.gate import Gate
from node.federation.guarded import Wire
from node.federation.keys import Keys
from node.federation.remote import Remote
from node.neighbourhood.node import Home
from node.settings import Settings
from node.storage.database import Database


@dataclass
class Federation:
    """Made once by the roof, and handed to the routes and to the worker.

    `sleeping` holds the origins that did not answer lately: a sign of life from one makes its deliveries due
    now. `asked` holds the actors that were read for a key lately; `fetching` a lock for each that is under
    way.
    `unheard` holds the origins that are being tried and have given no sign of life meanwhile. `known` holds
    keys as they were looked up a moment ago, `group` our own actor as bytes and for how long it is that, and
    `fingers` what WebFinger answers for each name of ours, in small letters. `icon` is the address of our
    picture, a PNG; empty when there is none. `gate` counts what everybody sends.
    """

    database: Database
    settings: Settings
    keys: Keys
    remote: Remote
    icon: str = ""
    sleeping: set[str] = field(default_factory=set)
    unheard: set[str] = field(default_factory=set)
    asked: Asked = field(default_factory=Asked)
    group: tuple[object, float, bytes] = (None, 0.0, b"")
    fingers: dict[str, bytes] = field(default_factory=dict)
    known: OrderedDict[str, tuple[float, tuple[str, str, datetime], bool]] = field(
        default_factory=OrderedDict
    )
    gate: Gate = field(default_factory=Gate)
    fetching: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def turn(self, uri: str) -> asyncio.Lock:
        """One at a time for each address: who comes meanwhile waits, and asks nothing."""
        return self.fetching.setdefault(uri, asyncio.Lock())

    @property
    def home(self) -> Home:
        """This node, as everything below knows it."""
        return self.database.home


def open_door(database: Database, settings: Settings, keys: Keys, wire: Wire | None = None) -> Federation:
    """The door to other nodes; `wire` swaps the network itself, for tests."""

    async def ours(origin: str) -> bool:
        return await database.reading(knocking.kin, origin)

    return Federation(database, settings, keys, Remote(settings, keys, wire, ours=ours))
