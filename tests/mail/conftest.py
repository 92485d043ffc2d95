"""What these tests stand on: a neighbourhood, its settings, and a mailbox."""

import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from node.mail import carriers, worker
from node.settings import Settings, build
from node.storage import letters as kept
from node.storage.database import Database, Transaction
from node.storage.tables import letters
from tests import town


def settings_for(directory: Path, **change: Any) -> Settings:
    """The settings of the neighbourhood Centrum."""
    values = {"origin": "https://centrum.example", "name": "Centrum", "area": "BU00000001"}
    return build({**values, "mail_folder": "mailbox", **change}, directory)


@dataclass
class Mailbox:
    """All letters of a neighbourhood, as they came out."""

    database: Database
    settings: Settings
    carrier: carriers.Carrier
    cast: town.Cast
    read: set[Path] = field(default_factory=set)

    async def send(self, at: Any = town.NOON) -> list[EmailMessage]:
        """Send what is due; the letters that came out by this, in order."""
        while await worker.send_due(self.database, self.settings, self.carrier, at):
            pass
        return self.new()

    def new(self) -> list[EmailMessage]:
        files = sorted(set((self.settings.dir / "mailbox").glob("*.eml")) - self.read)
        self.read |= set(files)
        return [parsed(path.read_bytes()) for path in files]

    async def rows(self) -> list[Any]:
        """What waits, or was laid aside."""
        return list(await self.database.reading(lambda tx: tx.run(select(letters)).mappings().all()))


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with town.opened(tmp_path) as opened:
        yield opened


@pytest.fixture
async def mailbox(database: Database, tmp_path: Path) -> Mailbox:
    """The neighbourhood with a folder as its mailbox."""
    settings = settings_for(tmp_path)
    carrier = carriers.carrier(settings)
    assert carrier is not None
    return Mailbox(database, settings, carrier, await database.writing(town.people))


Write = Callable[..., Awaitable[None]]


@pytest.fixture
def write(database: Database) -> Write:
    """Queue a letter: `await write("answered", resident_id=..., post=...)`."""

    async def write(what: str, **facts: Any) -> None:
        await database.writing(_add, what, facts)

    return write


def _add(tx: Transaction, what: str, facts: dict[str, Any]) -> None:
    kept.add(tx, what, facts.pop("at", town.NOON), **facts)
