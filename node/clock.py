"""The one place that looks at the clock. Everything below the doors is told the time as `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC, in whole milliseconds: what the database keeps, so that a moment read back is the
    same."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
