"""Servers of other people, as processes: started for a test, ended with it."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def listening(*command: object, within: Path | None = None) -> AsyncIterator[str]:
    """The origin of a server that says it on its first line; `within`: the directory that it works in."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdin=DEVNULL, stdout=PIPE, stderr=PIPE, cwd=within
    )
    words = asyncio.create_task(_said(process.stderr))
    try:
        assert process.stdout is not None
        origin = (await process.stdout.readline()).decode().strip()
        assert origin, (await words).decode()
        yield origin
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await words


async def _said(stream: asyncio.StreamReader | None) -> bytes:
    assert stream is not None
    return await stream.read()
