"""What these tests stand on: the same databases as the tests of storage."""

from tests.storage.conftest import cast, database, file, kind, lasting, stage, url

__all__ = ["cast", "database", "file", "kind", "lasting", "stage", "url"]
