"""crisis: 2,000 people join one node within an hour, half of them in its busiest minute, and post.

The hour outside that minute is pressed together, so the minute stands between two half minutes as full as it
is. Each person is a browser with a connection of its own: the invitation, the form, the mail, the link in it,
home, five steps to a question, and the question itself.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from node import clock
from node.acts import residents as people
from node.neighbourhood.resident import console
from node.settings import Settings
from tests.bench import sending, served
from tests.bench.driving import Answer, Line, get, post, run
from tests.bench.figures import Figure, Size, cpu_seconds, crowded, megabytes, quantile

MAIL_SECONDS = 300.0
LINK = re.compile(r"/signin/[A-Za-z0-9_-]+")
SHEET = re.compile(rb'<link[^>]+href="(/[^"]+\.css[^"]*)"')
KEY = re.compile(rb'name="key" value="([^"]+)"')


@dataclass
class Crowd:
    """All who come, and what they saw: (when, seconds it took, status, path) of each page."""

    settings: Settings
    codes: list[str]
    pages: list[tuple[float, float, int, str]] = field(default_factory=list)
    mails: dict[str, str] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    posted: int = 0
    cut_off: int = 0

    async def mailbox(self) -> None:
        """Have an eye on the mailboxes of all, and find the link in each letter."""
        folder, known = self.settings.dir / "mail", set[str]()
        while True:
            for path in folder.iterdir() if folder.exists() else ():
                if path.name not in known and not path.name.startswith("."):
                    known.add(path.name)
                    letter = message_from_bytes(path.read_bytes())
                    text = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
                    words: Any = text.get_payload(decode=True)
                    found = LINK.search(words.decode())
                    if found is not None:
                        self.mails[str(letter["To"])] = found[0]
            await asyncio.sleep(0.1)

    async def link(self, email: str) -> str:
        began = time.monotonic()
        while email not in self.mails:
            if time.monotonic() > began + MAIL_SECONDS:
                raise SystemExit("a mail does not come")
            await asyncio.sleep(0.05)
        self.waited.append(time.monotonic() - began)
        return self.mails[email]


class Person:
    """Somebody with a browser, who joins and asks for help."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.number, self.port = crowd, number, crowd.settings.port
        self.line = Line(self.port)
        self.cookies: dict[bytes, bytes] = {}

    async def come(self) -> None:
        code = self.crowd.codes[self.number % len(self.crowd.codes)]
        email = f"buur{self.number}@bench.example"
        page = await self.look(f"/join?code={code}")
        for sheet in SHEET.findall(page.body):
            await self.look(sheet.decode())
        name = "Buur " + "".join(chr(ord("a") + int(digit)) for digit in str(self.number))
        mine = {"name": name, "email": email, "language": "nl", "code": code}
        await self.look(self.sent(await self.fill("/join", mine)))
        self.line.close()  # who looks in their mailbox keeps no line to us
        link = await self.crowd.link(email)
        await self.look(link)
        await self.look(self.sent(await self.fill(link, {"next": "/"})))
        await self.ask()
        self.line.close()

    async def ask(self) -> None:
        page = await self.look("/ask")
        key = KEY.search(page.body)
        said = {"key": key[1].decode() if key else str(self.number), "category": "boodschappen"}
        steps = {
            "tell": {},
            "reach": {"title": f"Wie haalt water voor nummer {self.number}?", "text": sending.WORDS},
            "check": {"urgency": "urgent", "audience": "adjacent"},
            "post": {"decide": "", "places": "1"},
        }
        answer = page
        for go, words in steps.items():
            said |= words
            answer = await self.fill("/ask", {**said, "go": go})
        await self.look(self.sent(answer))
        self.crowd.posted += 1

    async def look(self, path: str) -> Answer:
        return await self.page(path, get(path, self.port, cookie=self.jar(), accept="text/html"))

    async def fill(self, path: str, fields: dict[str, str]) -> Answer:
        own = {"sec_fetch_site": "same-origin", "origin": self.crowd.settings.origin}
        kind = "application/x-www-form-urlencoded"
        body = urlencode(fields).encode()
        return await self.page(path, post(path, self.port, body, cookie=self.jar(), content_type=kind, **own))

    async def page(self, path: str, request: bytes) -> Answer:
        answer = await self.asked(request)
        self.crowd.pages.append((time.monotonic(), answer.seconds, answer.status, path.split("?")[0]))
        for line in answer.header(b"set-cookie"):
            name, _, rest = line.partition(b"=")
            self.cookies[name] = rest.partition(b";")[0]
        return answer

    async def asked(self, request: bytes) -> Answer:
        """What the node answers; who is cut off tries again, and it is counted."""
        while True:
            try:
                return await self.line.ask(request)
            except (OSError, asyncio.IncompleteReadError):
                self.crowd.cut_off += 1
                self.line.close()
                await asyncio.sleep(0.5)

    def jar(self) -> str:
        return "; ".join(f"{name.decode()}={value.decode()}" for name, value in self.cookies.items())

    def sent(self, answer: Answer) -> str:
        """Where a form that was taken leads to."""
        if answer.status != 303:
            words = re.sub(rb"\s+", b" ", re.sub(rb"<[^>]+>", b" ", answer.body))
            raise SystemExit(f"a form was not taken: {answer.status} {words[-400:]!r}")
        return answer.header(b"location")[0].decode()


def crisis(size: Size) -> Iterator[Figure]:
    """How often somebody was let down, and the p99 of every page in the busiest minute."""
    count, minute = size.of(2000, 4), size.of(60.0, 1.0)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        at = clock.now()
        codes = [
            served.prepared(settings, lambda tx: people.invite(tx, console(at), "", 1000, at)) for _ in "ab"
        ]
        with served.serving(settings) as pid:
            before, crowd = cpu_seconds(pid), Crowd(settings, codes)
            began = time.monotonic()
            run(lambda: _all_come(crowd, count, minute))
            used = cpu_seconds(pid) - before
            memory = megabytes(pid, "VmHWM")
    broken = sum(page[2] >= 500 for page in crowd.pages)
    words = f"{crowd.cut_off} connections were cut off, {crowd.posted:,} of {count:,} posted"
    yield Figure("crisis-5xx", broken + crowd.cut_off, "answers", 0, 0, more_is_better=False, notes=(words,))
    yield _figure(crowd, began, minute, used, memory)


async def _all_come(crowd: Crowd, count: int, minute: float) -> None:
    """A quarter before the minute, half in it, a quarter after."""
    chance, box = Random(count), asyncio.create_task(crowd.mailbox())
    moments = sorted(chance.uniform(0, 2 * minute) for _ in range(count))
    began = time.monotonic()

    async def one(number: int, moment: float) -> None:
        await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
        await Person(crowd, number).come()

    async with asyncio.TaskGroup() as group:
        for number, moment in enumerate(moments):
            group.create_task(one(number, moment))
    box.cancel()


def _figure(crowd: Crowd, began: float, minute: float, used: float, memory: float) -> Figure:
    count, half = crowd.posted, minute / 2
    busiest = [page for page in crowd.pages if began + half <= page[0] <= began + 3 * half]
    slow = max(busiest, key=lambda page: page[1])
    seconds = [page[1] for page in busiest]
    return Figure(
        "crisis",
        quantile(seconds, 0.99) * 1000,
        "ms (p99)",
        300,
        100,
        more_is_better=False,
        notes=(
            f"{count:,} joined and posted; {len(busiest):,} pages in the busiest minute",
            f"p50 {quantile(seconds, 0.5) * 1000:.0f} ms, slowest {slow[1] * 1000:.0f} ms ({slow[3]})",
            f"the mail with the link: p99 {quantile(crowd.waited, 0.99):.1f} s after the form",
            f"{used / count * 1000:.0f} CPU-ms a person: that minute asks {used / 2 / minute:.2f} of a core",
            f"{memory:.0f} MB at most; {crowded()}",
        ),
    )
