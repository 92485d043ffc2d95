"""A node that is killed has lost nothing that it said yes to, and has done nothing by half."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from node.storage.database import Database, InUse, Transaction
from node.storage.tables import seen, voids
from tests import town

CHECKOUT = Path(__file__).resolve().parents[2]
BURST = """
import asyncio, sys
from node.storage.tables import seen, voids
from node.storage.database import Database
from tests import town

def note(tx, what):
    for into in (seen, voids):
        tx.run(into.insert(), {"uri": what, "origin": "", "at": town.NOON})

async def writer(database, name):
    for number in range(10_000):
        what = f"{name}-{number}"
        await database.writing(note, what)
        print(what, flush=True)

async def main():
    database = Database(sys.argv[1], town.home())
    await database.start()
    await asyncio.gather(*(writer(database, f"{sys.argv[2]}-{name}") for name in range(20)))

asyncio.run(main())
"""


def kept(tx: Transaction) -> tuple[set[str], set[str]]:
    first, second = (set(tx.run(select(t.c.uri)).scalars()) for t in (seen, voids))
    return first, second


async def killed_in_a_burst(url: str, after: int) -> set[str]:
    """Start a burst, kill it after so many answers; all that were answered."""
    words = [sys.executable, "-c", BURST, url, str(after)]
    child = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=CHECKOUT)
    assert child.stdout is not None
    answered = [(await child.stdout.readline()).decode() for _ in range(after)]
    if url.startswith("sqlite"):
        with pytest.raises(InUse):
            await Database(url, town.home()).start()
    child.kill()
    rest, _ = await child.communicate()
    lines = "".join(answered) + rest.decode()
    return set(lines[: lines.rfind("\n")].split())


async def test_what_was_acknowledged_survives_a_kill(url: str, tmp_path: Path) -> None:
    async with town.opened(tmp_path, url=url):
        pass
    place = url or f"sqlite:///{tmp_path / 'centrum.db'}"
    for after in (1, 130):
        acknowledged = await asyncio.wait_for(killed_in_a_burst(place, after), 60)
        assert len(acknowledged) >= after
        database = Database(place, town.home())
        await database.start()
        first, second = await database.reading(kept)
        await database.stop()
        assert acknowledged <= first
        assert first == second
