"""What the tests stand on: a throw-away PostgreSQL, a browser, the shared material beside the checkout."""

import gc
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

CHECKOUT = Path(__file__).resolve().parent.parent
JOURNEYS = CHECKOUT / ".journeys"  # a picture of each step, of the last time that it went; not kept by Git
POSTGRES = (
    "--fsync=off",
    "--synchronous_commit=off",
    "--full_page_writes=off",
    "--max_connections=200",
    "--listen_addresses=",
)
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name in {"browser", "postgresql"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)
    browsed = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in browsed)  # the longest first, so that nobody waits for one


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the pictures of the journeys are, when there are new ones."""
    told = [report for reports in terminalreporter.stats.values() for report in reports]
    if any("/test_journey" in getattr(one, "nodeid", "") for one in told):
        terminalreporter.write_line(f"a picture of each step of the journeys is in {JOURNEYS}")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: to look for garbage among it is a sixth of all the work."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory with real data and test vectors: `shared` beside the checkout, or SHARED_MATERIAL."""
    path = Path(os.environ.get("SHARED_MATERIAL") or CHECKOUT.parent / "shared")
    if not path.is_dir():
        pytest.skip(f"no shared material: {path} is not there (SHARED_MATERIAL may name another place)")
    return path


@pytest.fixture(scope="session")
def _cluster() -> Iterator[tuple[Path, Path]]:
    """A PostgreSQL of this test process alone, behind a socket: (its programs, the socket's directory)."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        pytest.fail("PostgreSQL is not installed; sh tests/run.sh does that. Without: -m 'not postgresql'")
    programs = max(found, key=lambda path: float(path.parent.name))
    home = Path(tempfile.mkdtemp(prefix="buurtknoop-postgresql-"))
    # It dies with the tests, even with killed ones; and it refuses to run as root.
    run: list[Path | str] = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
        run += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    initdb = [*run, programs / "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    postgres = [*run, programs / "postgres", "-k", home, *POSTGRES]
    place: list[Path | str] = ["-D", home / "data"]
    with (home / "log").open("wb") as log:
        subprocess.run([*initdb, "--username=postgres", *place], check=True, stdout=log, cwd=home)
        server = subprocess.Popen([*postgres, *place], stderr=log, cwd=home)
    try:
        _wait_for(server, [programs / "pg_isready", "--quiet", f"--host={home}"], home / "log")
        yield programs, home
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for nobody still connected
        server.wait()
        shutil.rmtree(home)


def _wait_for(server: subprocess.Popen[bytes], question: list[Path | str], log: Path) -> None:
    for _ in range(600):
        if subprocess.run(question, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL does not start:\n{log.read_text()}")


_numbers = count(1)


@pytest.fixture
def postgresql(_cluster: tuple[Path, Path]) -> Iterator[str]:
    """The URL of an empty database, gone again after the test."""
    programs, socket = _cluster
    name = f"test{next(_numbers)}"
    there = [f"--host={socket}", "--username=postgres", name]
    subprocess.run([programs / "createdb", *there], check=True)
    yield f"postgresql+asyncpg://postgres@/{name}?host={socket}"
    subprocess.run([programs / "dropdb", "--force", *there], check=True)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window; a test opens its own `await browser.new_context(...)`."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed; sh tests/run.sh does that. Without: -m 'not browser'")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        await browser.close()
