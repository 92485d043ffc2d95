"""`demo`: a whole town on this machine, a process for each neighbourhood, federating over real HTTP.

It ends all that it started, whatever happens. It asks the running nodes through their own doors.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

import click

from node import clock, settings
from node.command import control, founding
from node.demo import pointer, town, week
from node.demo.place import Place
from node.demo.town import Spot
from node.neighbourhood.node import Membership, Standing
from node.neighbourhood.refusal import Refusal
from node.serving.opening import opened
from node.settings import FILE
from node.storage import figures
from node.storage.database import Transaction

AT_ONCE = 4  # databases made at the same time
ANSWER_SECONDS = 60.0
BORDER_SECONDS = 60.0  # and one more for each border
END_SECONDS = 12.0  # then what still runs is killed
POLL_SECONDS = 0.1


def start(port: int, count: int, directory: Path | None, adjacency: Path | None, as_json: bool) -> None:
    """Run a town until somebody ends it. Raises Refusal when it does not come up; then nothing stays."""
    spots = town.real(adjacency, count) if adjacency else town.invented(count)
    spots = [town.hub(spots), *spots]
    _require_free(range(port, port + len(spots)))
    if directory is not None:
        _require_town([directory, *(place.folder for place in _places(spots, port, directory))])
    home = directory.absolute() if directory else Path(mkdtemp(prefix="buurtknoop-town-"))
    try:
        with pointer.left(port, home):
            asyncio.run(_run(list(_places(spots, port, home)), as_json))
    finally:
        if directory is None:
            shutil.rmtree(home, ignore_errors=True)


def _require_town(folders: Iterable[Path]) -> None:
    """Refuse where an ordinary node lives: a town has one in each of its directories, and all say `town`."""
    for folder in folders:
        if (folder / FILE).exists() and not settings.read(folder, {}).town:
            raise Refusal(f"{folder} holds a node that is no demo: give another --dir")


def _require_free(ports: Iterable[int]) -> None:
    for port in ports:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Refusal(f"port {port} cannot be had ({why}): choose others with --port") from None


def _places(spots: list[Spot], port: int, home: Path) -> Iterable[Place]:
    slugs = [spot.slug for spot in spots]
    for number, spot in enumerate(spots):
        folder = spot.slug if slugs.count(spot.slug) == 1 else f"{spot.slug}-{spot.code.lower()}"
        yield Place(spot, number - 1, port + number, home / folder)


async def _run(places: list[Place], as_json: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    opening, stopping = asyncio.create_task(_open(places)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            raise Refusal("stopped before the town was ready")
        opening.result()
        _show(places, as_json)
        await _watch(places, stop)
    finally:
        for task in (opening, stopping):
            task.cancel()
        await asyncio.gather(opening, stopping, return_exceptions=True)
        await _end(places)


async def _open(places: list[Place]) -> None:
    _say(f"Building {', '.join(place.spot.name for place in places)} ...")
    await _all_of([_prepare(place) for place in places])
    for place in places:
        place.start()
    await asyncio.gather(*(_answers(place) for place in places))
    await asyncio.gather(_make_borders(places), _make_members(places[0], places[1:]))
    await asyncio.gather(*(_tell_the_municipality(place) for place in places if place.new))


async def _all_of(works: list[Any]) -> None:
    """All of them, even when told to stop meanwhile: a half made database helps nobody."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(work: Any) -> None:
        async with few:
            await work

    together = asyncio.gather(*map(one, works), return_exceptions=True)
    try:
        await asyncio.shield(together)
    finally:
        for result in await together:
            if isinstance(result, BaseException):
                raise result


async def _prepare(place: Place) -> None:
    """A node with its cast, new or kept from an earlier time; it does not run yet."""
    if (place.folder / FILE).exists():
        place.settings = settings.read(place.folder, {})
        if place.settings.port != place.port or place.settings.area != place.spot.code:
            raise Refusal(
                f"{place.folder} holds {place.settings.name} on port {place.settings.port}: give the same "
                "--port, --nodes and --adjacency as then, or another --dir"
            )
    else:
        values = town.values(place.spot, place.port)
        place.settings = founding.write(place.folder, values, {})
    async with opened(place.settings) as database:
        await database.writing(_settle, place, clock.now())


def _settle(tx: Transaction, place: Place, at: datetime) -> None:
    """People move in, and have lived here for a week: in a new town only."""
    place.cast = town.move_in(tx, place.settings, place.number, at)
    place.new = sum(figures.figures(tx, at)[kind] for kind in ("requests", "offers", "notices")) == 0
    if place.new:
        week.live(tx, place.settings, place.number, at)


async def _answers(place: Place) -> None:
    end = monotonic() + ANSWER_SECONDS
    while True:
        if place.ended is not None:
            raise Refusal(f"{place.spot.name} did not start:\n{place.last_words()}")
        try:
            status, _ = await asyncio.to_thread(place.call, "GET", "/healthz")
            if status == 200:
                return
        except OSError:
            pass  # not yet
        if monotonic() > end:
            raise Refusal(f"{place.spot.name} does not answer:\n{place.last_words()}")
        await asyncio.sleep(POLL_SECONDS)


async def _make_borders(places: list[Place]) -> None:
    """Each operator says yes to each that touches; done when both sides of every border are active."""
    borders = [(a, b) for a in places for b in places if a.touches(b)]
    for one, other in await _missing(borders):
        await _ask(one, "node add", address=other.origin)
    end = monotonic() + BORDER_SECONDS + len(borders)
    while missing := await _missing(borders):
        if monotonic() > end:
            names = "; ".join(f"{one.spot.name} with {other.spot.name}" for one, other in missing)
            raise Refusal(f"these borders did not become active: {names}\n{missing[0][0].last_words()}")
        await asyncio.sleep(POLL_SECONDS)


async def _missing(borders: list[tuple[Place, Place]]) -> list[tuple[Place, Place]]:
    askers = {one.folder: one for one, _ in borders}
    active = {}
    for folder, one in askers.items():
        found = (await _ask(one, "node list"))["nodes"]
        active[folder] = {node["origin"] for node in found if node["standing"] == Standing.ACTIVE}
    return [(one, other) for one, other in borders if other.origin not in active[one.folder]]


async def _tell_the_municipality(place: Place) -> None:
    """What could not be posted before there was a hub."""
    for who, folder, post in week.for_the_municipality(place.settings, place.number):
        token = place.cast[who]["token"]
        status, said = await asyncio.to_thread(place.call, "POST", f"/api/v1/{folder}", token, post)
        if status != 201:
            raise Refusal(f"{place.spot.name} does not take a post ({status}): {said[:500]!r}")


async def _make_members(hub: Place, places: list[Place]) -> None:
    """Each neighbourhood asks to join the hub, whose operator says yes; done when each is a member."""
    for place in places:
        if (await _ask(place, "hub list"))["hub"] is None:
            await _ask(place, "hub join", address=hub.origin)
    end = monotonic() + BORDER_SECONDS + len(places)
    while True:
        for asks in (await _ask(hub, "hub list"))["members"]:
            if asks["membership"] == Membership.ASKED:
                await _admit(hub, asks["id"])
        waiting = [place for place in places if not await _is_member(place, len(places))]
        if not waiting:
            return
        if monotonic() > end:
            names = ", ".join(place.spot.name for place in waiting)
            raise Refusal(f"these did not become members of the hub: {names}\n{hub.last_words()}")
        await asyncio.sleep(POLL_SECONDS)


async def _admit(hub: Place, which: str) -> None:
    with suppress(Refusal):  # its actor was not looked at yet: soon
        await _ask(hub, "hub admit", which=which)


async def _is_member(place: Place, members: int) -> bool:
    """Whether it is in, and knows all its fellow members."""
    found = await _ask(place, "hub list")
    ours = found["hub"]
    joined = ours is not None and ours["membership"] == Membership.MEMBER
    return joined and len(found["members"]) == members - 1


async def _ask(place: Place, command: str, **arguments: Any) -> dict[str, Any]:
    answer = await asyncio.to_thread(control.ask, place.folder, command, arguments)
    if answer is None:
        raise Refusal(f"{place.spot.name} has stopped:\n{place.last_words()}")
    return answer


def _show(places: list[Place], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ready": True, "nodes": [p.shown() for p in places]}, ensure_ascii=False))
        return
    for place in places:
        click.echo(f"\n{place.spot.name}  {place.origin}")
        for part, person in place.cast.items():
            click.echo(f"  {part:<11}{person['name']:<11}{person['signin']}")
    click.echo("\nOpen a link to sign in as that person. Ctrl-C ends the town.")


async def _watch(places: list[Place], stop: asyncio.Event) -> None:
    """Until somebody ends it. A node that dies is told of; the others live on."""
    told: set[Path] = set()
    while not stop.is_set():
        for place in places:
            if place.ended is not None and place.folder not in told:
                told.add(place.folder)
                _say(f"{place.spot.name} ended by itself (status {place.ended}):\n{place.last_words()}")
        try:
            await asyncio.wait_for(stop.wait(), 5 * POLL_SECONDS)
        except TimeoutError:
            continue


async def _end(places: list[Place]) -> None:
    """End every process we started, by its own number; those that do not end in time are killed."""
    for place in places:
        place.end()
    last = monotonic() + END_SECONDS
    await asyncio.gather(*(asyncio.to_thread(place.wait, last) for place in places))


def _say(words: str) -> None:
    click.echo(words, err=True)
