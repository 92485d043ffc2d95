"""Idle accounts: who does not come for half a year is asked, asked again, and then forgotten."""

from datetime import timedelta

AWAY = timedelta(days=183)  # without a sign of life; then a letter
AGAIN = timedelta(days=23)  # after that letter; then another
FORGOTTEN = timedelta(days=7)  # after the other letter, however late that was
