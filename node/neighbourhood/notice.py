"""Notices (berichten): a tip, a lost cat, an announcement. Answers are public; the poster may hide them."""

from datetime import timedelta

EXPIRY = timedelta(days=30)
ANSWERS_MOST = 500
ANSWERS_EACH = 20  # by one person
