"""Tests of what the current work is about."""

import threading

from proxy.observing.context import about, carried, known_here


def test_a_block_adds_to_what_is_around_it() -> None:
    """After the block, it is as before."""
    with about(request_id="r-1"):
        with about(image="portal"):
            assert known_here() == {"request_id": "r-1", "image": "portal"}
        assert known_here() == {"request_id": "r-1"}
    assert known_here() == {}


def test_work_is_carried_to_another_thread() -> None:
    """There it is about what it was about where it was carried from; another thread knows nothing of it."""
    found: list[dict[str, str]] = []

    def note() -> None:
        found.append(dict(known_here()))

    with about(request_id="r-1"):
        threads = [threading.Thread(target=work) for work in (carried(note), note)]
    for thread in threads:
        thread.start()
        thread.join()
    assert found == [{"request_id": "r-1"}, {}]
