"""The database of a test."""

from tests.provider.store.conftest import engine

__all__ = ["engine"]
