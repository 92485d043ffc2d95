"""Where the town that runs on a port is kept, so that `demo clock` finds it: a file for its owner's eyes."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from node.neighbourhood.refusal import Refusal
from node.settings import FILE


@contextmanager
def left(port: int, home: Path) -> Iterator[None]:
    """While this lasts the town can be found. Where nothing can be written it runs all the same."""
    path = _path(port)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"pid": os.getpid(), "dir": str(home)}, file)
    except OSError:
        pass  # a machine without a home for us: then the clock stays as it is
    try:
        yield
    finally:
        if (_read(path) or (0, ""))[0] == os.getpid():
            path.unlink(missing_ok=True)


def nodes(port: int) -> list[Path]:
    """The directories of the nodes of the town that runs on this port. Raises Refusal."""
    said = _read(_path(port))
    if said is None or not _runs(said[0]):
        raise Refusal(f"no town runs on port {port}: start one (buurtknoop demo), or give its --port")
    return sorted(path.parent for path in Path(said[1]).glob(f"*/{FILE}"))


def _path(port: int) -> Path:
    place = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_CACHE_HOME")
    if not place and os.environ.get("HOME"):
        place = f"{os.environ['HOME']}/.cache"
    folder = Path(place) / "buurtknoop" if place else Path(gettempdir()) / f"buurtknoop-{os.getuid()}"
    return folder / f"town-{port}.json"


def _read(path: Path) -> tuple[int, str] | None:
    """What the file says, if it is our own: the process, and the directory of its town."""
    try:
        if path.stat().st_uid != os.getuid():
            return None
        said = json.loads(path.read_text("utf-8"))
        return int(said["pid"]), str(said["dir"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is there, and not ours to end
    return True
