"""A mail server in which answers lie: of IMAP4rev1 (RFC 3501) what one speaks who fetches and removes."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

NAME, PASSWORD = "antwoord", 'a "secret" \\ word'


@dataclass
class Box:
    """What lies in it, by number, and what was said to it."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    visits: int = 0

    def put(self, mail: bytes) -> None:
        self.mails[max([*self.mails, *self.deleted], default=0) + 1] = mail

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.write(b"* OK ready\r\n")
        try:
            while line := (await reader.readline()).decode().strip():
                tag, _, command = line.partition(" ")
                self.said.append(command.split(" ")[0].upper())
                for answer in self.answers(command):
                    writer.write(answer)
                ok = b"NO wrong" if command.startswith("LOGIN") and not self.knows(command) else b"OK done"
                writer.write(tag.encode() + b" " + ok + b"\r\n")
                await writer.drain()
                if command.upper() == "LOGOUT":
                    break
        finally:
            writer.close()

    def knows(self, command: str) -> bool:
        quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        return command in (f'LOGIN {NAME} "{quoted}"', f'LOGIN "{NAME}" "{quoted}"')

    def answers(self, command: str) -> list[bytes]:
        words = command.split(" ")
        match [word.upper() for word in words]:
            case ["CAPABILITY"]:
                return [b"* CAPABILITY IMAP4rev1\r\n"]
            case ["SELECT", _]:
                return [f"* {len(self.mails)} EXISTS\r\n".encode()]
            case ["UID", "SEARCH", *_]:
                there = sorted(set(self.mails) - self.deleted)
                return [f"* SEARCH {' '.join(map(str, there))}".rstrip().encode() + b"\r\n"]
            case ["UID", "FETCH", number, *_]:
                most = int(re.findall(r"<0\.(\d+)>", command)[0])
                mail = self.mails[int(number)][:most]
                head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(mail)}}}\r\n".encode()
                return [head, mail, b")\r\n"]
            case ["UID", "STORE", number, *_]:
                self.deleted.add(int(number))
            case ["EXPUNGE"]:
                self.mails = {number: m for number, m in self.mails.items() if number not in self.deleted}
        return []


@asynccontextmanager
async def opened() -> AsyncIterator[Box]:
    box = Box()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
