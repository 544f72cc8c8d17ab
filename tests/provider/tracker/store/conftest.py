"""A database that is ready."""

from tests.provider.store.conftest import engine

__all__ = ["engine"]
