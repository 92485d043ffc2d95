"""What a command answers: plain values, for a program or for the words of `console`."""

from datetime import datetime
from typing import Any

Answer = dict[str, Any]


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
