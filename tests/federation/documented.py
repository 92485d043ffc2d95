"""docs/federation.md and its examples: `python -m tests.federation.documented` writes them anew.

A block of the page stands below a comment that names what is in it, one or more:

    <!-- example: offer accept-of-an-offer -->
"""

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.federation import examples
from tests.federation.placeholders import Placeholders
from tests.federation.scene import Examples
from tests.federation.wire import Exchange

PAGE = Path(__file__).resolve().parents[2] / "docs/federation.md"
_BLOCK = re.compile(r"(<!-- example: ([\w -]+) -->\n```(?:json|http)\n)(.*?)(\n```)", re.S)


def rewritten(page: str, made: Examples) -> str:
    """The page with what the code makes now in its blocks. KeyError for an example that nothing makes."""
    plain = Placeholders()
    return _BLOCK.sub(lambda found: found[1] + _shown(plain, made, found[2].split()) + found[4], page)


def named(page: str) -> list[str]:
    """The examples that the page shows, in order."""
    return [name for found in _BLOCK.finditer(page) for name in found[2].split()]


def _shown(plain: Placeholders, made: Examples, names: list[str]) -> str:
    return "\n".join(_example(plain, made[name]) for name in names)


def _example(plain: Placeholders, one: object) -> str:
    if not isinstance(one, Exchange):
        return plain.document(one)
    target = one.url.removeprefix(one.to)
    headers = [(name.decode().lower(), value.decode()) for name, value in one.headers]
    return plain.request(one.method, target, headers)


async def main() -> None:
    with TemporaryDirectory() as directory:
        made = await examples.made(Path(directory))
    PAGE.write_text(rewritten(PAGE.read_text("utf-8"), made), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
