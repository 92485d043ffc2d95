"""The town of the demo: its neighbourhoods and who touches whom, its people and what they ask. All invented.

Only with `--adjacency` the names, codes and borders of the neighbourhoods are real; the people never are.
"""

import tomllib
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from node.acts import residents as people
from node.command import adjacency
from node.neighbourhood.node import NodeKind
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.resident import console
from node.neighbourhood.roles import Role
from node.neighbourhood.trust import Proof
from node.settings import Settings, slug_of
from node.storage import residents, trust
from node.storage.database import Transaction

PHONE = "0199-00 12 34"  # of a range that is given to nobody
HOURS = "Maandag tot en met vrijdag, 9.00 tot 17.00 uur."
CAST = ("operator", "broker", "booster", "supervisor", "connector", "resident", "outsider")
INVENTED = tomllib.loads((Path(__file__).parent / "town.toml").read_text(encoding="utf-8"))
POSTS_EACH = 7


@dataclass(frozen=True)
class Spot:
    """A neighbourhood of the town, or its hub: its name and code, and the codes of those it touches."""

    name: str
    code: str
    touches: frozenset[str]
    kind: NodeKind = NodeKind.NEIGHBOURHOOD

    @property
    def slug(self) -> str:
        return slug_of(self.name)


def hub(spots: list[Spot]) -> Spot:
    """The hub of the municipality in which these neighbourhoods lie."""
    code = f"GM{spots[0].code[2:6]}"
    return Spot(INVENTED["municipalities"].get(code, f"Gemeente {code}"), code, frozenset(), NodeKind.HUB)


def invented(count: int) -> list[Spot]:
    """A town that is on no map: municipality 9001 does not exist. Everybody touches everybody."""
    names: list[str] = INVENTED["neighbourhoods"]
    if count > len(names):
        raise Refusal(f"the invented town has {len(names)} neighbourhoods; --adjacency takes real ones")
    codes = [f"BU9001{number:04}" for number in range(count)]
    return [Spot(name, code, frozenset(codes) - {code}) for name, code in zip(names, codes, strict=False)]


def real(path: Path, count: int) -> list[Spot]:
    """`count` neighbourhoods of a file, from its first row outwards, step by step. Raises Refusal."""
    spots = [Spot(area.name, area.code, area.touches) for area in adjacency.areas(path)]
    by_code = {spot.code: spot for spot in spots}
    found: dict[str, Spot] = {}
    waiting = deque(spots[:1])
    while waiting and len(found) < count:
        spot = waiting.popleft()
        if spot.code not in found:
            found[spot.code] = spot
            waiting.extend(by_code[code] for code in sorted(spot.touches) if code in by_code)
    if len(found) < count:
        raise Refusal(f"{path}: only {len(found)} neighbourhoods hang together there, not {count}")
    return list(found.values())


def values(spot: Spot, port: int) -> dict[str, Any]:
    """The settings of this neighbourhood as a node of the demo."""
    return {
        "origin": f"http://127.0.0.1:{port}",
        "kind": spot.kind,
        "name": spot.name,
        "area": spot.code,
        "phone": PHONE,
        "phone_hours": HOURS,
        "port": port,
        "town": True,
        "mail_folder": "mail",
        "mail_from": f"buurtknoop@{spot.slug}.example",
    }


def move_in(tx: Transaction, settings: Settings, number: int, at: datetime) -> dict[str, dict[str, str]]:
    """The whole cast lives here: each with a fresh link that stays good and a token, by role."""
    known: list[str] = INVENTED["names"].split()
    names = [known[(number * len(CAST) + step) % len(known)] for step in range(len(CAST))]
    return {part: _settle(tx, settings, part, name, at) for part, name in zip(CAST, names, strict=True)}


def _settle(tx: Transaction, settings: Settings, part: str, name: str, at: datetime) -> dict[str, str]:
    email, by = f"{part}@{settings.slug}.example", console(at)
    person = residents.by_email(tx, email, at)
    if person is None and part == "outsider":
        person = people.join(tx, name, email, settings.language, "", "demo", at)
    elif person is None:
        person = people.add(tx, by, name, email, settings.language, at)
        if part in set(Role):
            people.grant(tx, by, person.id, Role(part), None, at)
    if person is None:
        raise Refusal(f"{email} cannot move in")
    if part != "outsider":  # the cast is known, so that all of the town can be tried
        trust.prove(tx, person.id, Proof.SEEN, by.id, at)
    link = people.make_lasting_link(tx, person.id, at)
    token = people.make_token(tx, person, "demo", at)
    return {"name": person.name, "signin": f"{settings.origin}/signin/{link}", "token": token}
