"""Offers (aanbod): somebody likes to help, or gives or lends something. An offer can be paused."""

from datetime import timedelta

EXPIRY = timedelta(days=180)
