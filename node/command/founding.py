"""A new node: its directory, settings, keys, database, and the operator who runs it."""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from node import clock, settings
from node.acts import residents as people
from node.federation import keys
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.resident import checked_email, console
from node.neighbourhood.roles import Role
from node.serving.opening import opened
from node.settings import FILE, Settings
from node.storage import residents
from node.storage.database import Transaction

LINK_LASTS = timedelta(hours=24)
NAMES = {  # of the first operator, until they choose another
    "nl": "Beheerder",
    "en": "Operator",
    "tr": "Yönetici",
    "ar": "المدير",
    "pl": "Administrator",
    "uk": "Адміністратор",
}
HEAD = "# The settings of this node; docs/settings.md explains each. Restart the node after a change.\n"


async def found(directory: Path, values: dict[str, Any], operator: str) -> tuple[Settings, str]:
    """Make a node, and the operator's sign-in link. Raises Wrong or Refusal, and then leaves no half node."""
    checked_email(operator)
    of_node = write(directory, values)
    try:
        keys.load_or_make(directory, of_node.home)
        async with opened(of_node) as database:
            secret = await database.writing(_operator, operator, of_node.language)
    except BaseException:  # also Ctrl-C: half a node cannot be started, and `init` works again
        (directory / FILE).unlink()
        raise
    return of_node, f"{of_node.origin}/signin/{secret}"


def write(directory: Path, values: dict[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """Keep these settings in a directory that only its owner may enter. Raises Wrong or Refusal."""
    settings.build(values, directory)
    path = directory / FILE
    if path.exists():
        raise Refusal(f"there is a node in {directory} already")
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(lines))
    try:
        return settings.read(directory, environment)
    except BaseException:  # also Ctrl-C: settings that do not hold do not stay
        path.unlink()
        raise


def _operator(tx: Transaction, email: str, language: str) -> str:
    """The first operator: let in, with the role, and a link to sign in with. Again: a new link."""
    at = clock.now()
    by = console(at)
    person = residents.by_email(tx, checked_email(email), at)
    if person is None:
        person = people.add(tx, by, NAMES.get(language, "Operator"), email, language, at)
    people.grant(tx, by, person.id, Role.OPERATOR, None, at)
    return people.make_link(tx, person.id, at, LINK_LASTS)
