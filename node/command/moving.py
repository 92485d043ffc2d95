"""`move out`: a whole neighbourhood into a box, for another host or operator under the same address."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from node import settings
from node.command import control, keeping
from node.command.keeping import Steps
from node.neighbourhood.refusal import Refusal
from node.serving import resting
from node.serving.opening import opened
from node.settings import Settings


def move_out(directory: Path, to: Path, passphrase: str, steps: Steps) -> dict[str, Any]:
    """Write the box, and lay the node to rest before it is written. Raises Refusal and Wrong."""
    of_node = settings.read(directory)
    resting.require_awake(directory)
    keeping.require_good(passphrase)
    path = keeping.named(of_node, to)
    if control.ask(of_node.dir, "stats", {}) is not None:
        raise Refusal("the node runs: stop it first (with systemd: systemctl stop buurtknoop)")
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    resting.lay_to_rest(directory, at, path.absolute())  # from here on nobody can start it
    try:
        return asyncio.run(_packed(of_node, path, passphrase, steps))
    except BaseException:  # also Ctrl-C: without its box the node goes on here
        path.unlink(missing_ok=True)
        resting.wake(directory)
        raise


def undo(directory: Path) -> None:
    """The node may serve here again: for when the box was opened nowhere. Raises Refusal."""
    settings.read(directory)
    if not resting.wake(directory):
        raise Refusal(f"the node in {directory} has not moved out")


async def _packed(of_node: Settings, path: Path, passphrase: str, steps: Steps) -> dict[str, Any]:
    """Hold the database meanwhile: a process that still works with it refuses us, and nobody else gets in."""
    async with opened(of_node):
        return await asyncio.to_thread(keeping.pack, of_node, path, passphrase, "box", steps)
