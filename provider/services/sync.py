"""Follow the enrollments: what was pushed becomes what is tracked."""

from datetime import datetime

from provider.domain.books import Books
from provider.domain.lifecycle import settle
from provider.ports import BookStore


def follow_enrollments(now: datetime, store: BookStore) -> Books:
    """Pull, and bring the state in line with the enrollments."""
    store.pull()
    return store.write(lambda books: settle(now, books), "Follow the enrollments")
