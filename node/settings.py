"""The settings of a node: one file (`buurtknoop.toml`) with the environment laid over it, read once, then
frozen.

Every setting is explained in `docs/settings.md`. A key that is not known is refused, never ignored.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from node.neighbourhood import pace
from node.neighbourhood.node import Area, Home, NodeKind
from node.neighbourhood.pace import Pace

FILE = "buurtknoop.toml"
PREFIX = "BUURTKNOOP_"


class Wrong(Exception):
    """A setting that cannot be used, and what to write instead."""


class Secret:
    """A password that does not print."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The password itself, for the one place that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)" if self._value else "Secret()"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator can set. Times are in UTC on the wire and shown in `time_zone`."""

    origin: str
    name: str
    area: str
    kind: NodeKind = NodeKind.NEIGHBOURHOOD
    slug: str = ""
    language: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    phone: str = ""
    phone_hours: str = ""
    contact: str = ""
    theme: str = ""
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    trusted_proxies: str = "127.0.0.1"
    formerly: str = ""
    town: bool = False
    federation: bool = True
    mail_folder: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: Secret = Secret("")
    mail_from: str = ""
    mail_tls: str = "starttls"
    mail_per_hour: int = 300
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: str = "tls"
    imap_user: str = ""
    imap_password: Secret = Secret("")
    imap_address: str = ""
    pace: Pace = pace.USUAL
    dir: Path = Path()

    @property
    def were(self) -> tuple[str, ...]:
        """The actors that this node was before it moved here."""
        return tuple(before.strip() for before in self.formerly.split(",") if before.strip())

    @property
    def home(self) -> Home:
        """Who this node is, for everything below the doors."""
        zone = ZoneInfo(self.time_zone)
        area = Area(self.area, self.name)
        return Home(self.origin, self.kind, self.slug, area, zone, self.pace, self.federation)

    @property
    def secure(self) -> bool:
        """Whether people reach this node over https."""
        return self.origin.startswith("https://")

    @property
    def authority(self) -> str:
        """Host, and port if it is not the usual one: the part behind the @ in the node's handle."""
        return urlsplit(self.origin).netloc

    @property
    def contact_url(self) -> str:
        """Where to write to the people who run this node; empty when they named no way."""
        if self.contact.startswith(("https:", "http:", "mailto:", "tel:")):
            return self.contact
        return f"mailto:{self.contact}" if "@" in self.contact else ""

    @property
    def sender(self) -> str:
        """The address that letters come from."""
        host = urlsplit(self.origin).hostname or "localhost"
        return parseaddr(self.mail_from)[1] or f"noreply@{host}"

    @property
    def acct(self) -> str:
        """The node's handle, such as `centrum@centrum.buurt.example`."""
        return f"{self.slug}@{self.authority}"


def read(directory: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the node in this directory. Raises Wrong in plain words."""
    path = directory / FILE
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Wrong(
            f"there is no node in {directory}: make one with `buurtknoop init --dir {directory}`"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from None
    return build(_laid_over(values, _from_environment(environment)), directory)


def build(values: Mapping[str, Any], directory: Path) -> Settings:
    """Settings from plain values, checked. Raises Wrong."""
    unknown = sorted(set(values) - (set(Settings.__struct_fields__) - {"dir"}))
    if unknown:
        raise Wrong(f"unknown setting: {', '.join(unknown)} (docs/settings.md names them all)")
    filled = {"slug": slug_of(str(values.get("name", ""))), **values, "dir": directory}
    if not filled.get("database"):
        filled["database"] = f"sqlite:///{directory / 'node.db'}"
    try:
        filled["pace"] = pace.read(values.get("pace", {}))
    except ValueError as error:
        raise Wrong(f"pace: {error}") from None
    try:
        settings = msgspec.convert(filled, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise Wrong(f"a setting cannot be used: {error}") from None
    _check(settings)
    return settings


def slug_of(name: str) -> str:
    """The short name in addresses: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "buurt"


def _decode(kind: type, value: Any) -> Any:
    if kind is Secret:
        return Secret(str(value))
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environment.items()
        if key.startswith(PREFIX)
    }


def _laid_over(values: dict[str, Any], over: Mapping[str, str]) -> dict[str, Any]:
    """The file with the environment over it; `PACE_RELEASE` is the key `release` of the table `pace`."""
    plain = {key: value for key, value in over.items() if not key.startswith("pace_")}
    times = {key.removeprefix("pace_"): value for key, value in over.items() if key.startswith("pace_")}
    table = values.get("pace", {})
    if not times or not isinstance(table, dict):
        return {**values, **plain}
    return {**values, **plain, "pace": {**table, **times}}


def _check(settings: Settings) -> None:
    parts = urlsplit(settings.origin)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("https", "http") or not parts.hostname or settings.origin != bare.lower():
        raise Wrong("origin: write the bare address in small letters, such as https://buurt.example")
    if parts.scheme == "http" and not settings.town:
        raise Wrong("origin: http is for a demo town alone; use https")
    if settings.town and parts.scheme == "https":
        raise Wrong("town: a node with an https origin cannot be part of a demo town")
    if not re.fullmatch(r"(BU|WK)\d{8}|WK\d{6}|GM\d{4}", settings.area):
        raise Wrong("area: write the CBS code of the neighbourhood, such as BU03630001 (or GM0363 for a hub)")
    if settings.area.startswith("GM") != (settings.kind is NodeKind.HUB):
        raise Wrong("area: a hub has the code of its municipality (GM0363), a neighbourhood one of its own")
    _check_words(settings)
    _check_mail(settings)


def _check_words(settings: Settings) -> None:
    if not settings.name.strip() or len(settings.name) > 80:
        raise Wrong("name: write the name of the neighbourhood, at most 80 letters")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", settings.slug):
        raise Wrong("slug: small letters, digits and dashes, at most 40")
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Wrong("time_zone: write a name such as Europe/Amsterdam") from None
    for proxy in settings.trusted_proxies.split(","):
        if proxy.strip() not in ("", "*") and not _is_network(proxy.strip()):
            raise Wrong(f"trusted_proxies: {proxy.strip()} is no address; write 127.0.0.1, 10.0.0.0/8")
    if any(not before.startswith(("https://", "http://")) for before in settings.were):
        raise Wrong("formerly: write whole addresses of actors, with commas between them")
    if not settings.database.startswith(("sqlite:///", "postgresql://")):
        raise Wrong("database: write sqlite:///PATH or postgresql://USER@HOST/NAME")


def _check_mail(settings: Settings) -> None:
    if settings.mail_tls not in ("starttls", "tls", "none"):
        raise Wrong("mail_tls: write starttls, tls or none")
    if settings.imap_tls not in ("tls", "none"):
        raise Wrong("imap_tls: write tls, or none for a server on the same machine")
    if settings.imap_host and not re.fullmatch(r"[a-z0-9._-]{1,30}@[a-z0-9.-]+", settings.imap_address):
        raise Wrong("imap_address: write the address of the box, such as antwoord@buurt.example")
    if settings.mail_per_hour < 1:
        raise Wrong("mail_per_hour: write how many letters that can wait may go in an hour, such as 300")


def _is_network(written: str) -> bool:
    try:
        ip_network(written, strict=False)
    except ValueError:
        return False
    return True
