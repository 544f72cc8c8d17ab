"""How far lists were read."""

import pytest

from proxy.versions.progress import Progress


def test_tags_count_while_their_list_is_read() -> None:
    """Pages of several threads are one list; a list that was read, or never was, has none."""
    progress = Progress()
    with progress.reading("quay.io/a/b") as read, progress.reading("quay.io/a/c") as other:
        read(100)
        read(7)
        other(1)
        assert [progress.of(f"quay.io/a/{name}") for name in "bcd"] == [107, 1, 0]
    assert progress.of("quay.io/a/b") == 0


def test_a_list_that_fails_is_not_counted_on() -> None:
    """The next reading starts at the beginning."""
    progress = Progress()

    def fail() -> None:
        with progress.reading("a") as read:
            read(5)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    with progress.reading("a") as read:
        read(1)
        assert progress.of("a") == 1
