"""The one place that looks at the clock. Everything below the doors is told the time as `at`."""

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """The time in UTC, in whole milliseconds: what the database keeps, so that a moment read back is the
    same."""
    moment = datetime.now(UTC) + _ahead
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def ahead() -> timedelta:
    """How far this process lives ahead of the true time: nothing, but in a demo's town."""
    return _ahead


def set_ahead(by: timedelta) -> None:
    """Live that far ahead from now on. Only for a node of a demo's town: whoever calls this has looked."""
    global _ahead  # noqa: PLW0603  (there is one clock)
    _ahead = by
