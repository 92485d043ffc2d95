"""Buurtknoop: a federated, self-hosted server for one neighbourhood."""

__version__ = "0.1.0"
