"""Requests (hulpvragen): somebody asks for help."""

from datetime import timedelta

EXPIRY = timedelta(days=30)
