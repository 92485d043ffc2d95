"""A node that moved out is at rest: never two machines speak with the same keys."""

import json
import os
from pathlib import Path
from typing import Any

from node.neighbourhood.refusal import Refusal

MARK = "moved-out"


def moved(directory: Path) -> dict[str, Any] | None:
    """When and into which box the node of this directory moved out; None when it lives here."""
    try:
        said = json.loads((directory / MARK).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:  # a mark counts, whatever stands in it
        said = {}
    return said if isinstance(said, dict) else {}


def require_awake(directory: Path) -> None:
    """Refuse for a node that moved out."""
    said = moved(directory)
    if said is not None:
        raise Refusal(
            f"this node moved out on {said.get('at', 'some day')} (into {said.get('file', 'a box')}) and is "
            "at rest here, so that never two machines speak with the same keys. If nobody opened that box: "
            f"buurtknoop move out --undo --dir {directory}"
        )


def lay_to_rest(directory: Path, at: str, file: Path) -> None:
    """Leave the mark, on the disk for good before this returns."""
    path = directory / MARK
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as mark:
        json.dump({"at": at, "file": str(file)}, mark)
        mark.flush()
        os.fsync(mark.fileno())
    sync(directory)


def wake(directory: Path) -> bool:
    """Take the mark away; False when there was none."""
    try:
        (directory / MARK).unlink()
    except FileNotFoundError:
        return False
    sync(directory)
    return True


def sync(directory: Path) -> None:
    """Have the disk keep the names in a directory, not only what stands in the files."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
