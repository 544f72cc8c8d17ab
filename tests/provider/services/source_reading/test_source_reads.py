"""Reads that outlast a round."""

import threading

from provider.services.source_reading.source_reads import SourceReads


def test_what_has_arrived_is_given_away_once() -> None:
    """Only for the names that are asked for."""
    reads = SourceReads[str]()
    reads.run("a", lambda: "Dockerfile of a")
    reads.run("b", lambda: "Dockerfile of b")

    assert reads.is_known("a")
    assert reads.take(["a", "c"]) == {"a": "Dockerfile of a"}
    assert reads.take(["a", "c"]) == {}
    assert not reads.is_known("a")
    assert reads.is_known("b")


def test_a_read_that_is_running_is_known() -> None:
    """So that the next round does not begin it again; its result arrives late."""
    reads, begun, released = SourceReads[str](), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert released.wait(60)
        return "late"

    thread = threading.Thread(target=reads.run, args=("a", slow), daemon=True)
    thread.start()
    assert begun.wait(60)
    assert reads.is_known("a")
    assert reads.take(["a"]) == {}
    released.set()
    thread.join(60)
    assert reads.take(["a"]) == {"a": "late"}


def test_what_was_read_before_a_push_is_forgotten() -> None:
    """Also what is still being read then; what is read after it is taken."""
    reads, begun, released = SourceReads[str](), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert released.wait(60)
        return "old"

    reads.run("a", lambda: "old")
    thread = threading.Thread(target=reads.run, args=("b", slow), daemon=True)
    thread.start()
    assert begun.wait(60)
    reads.forget(["a", "b", "c"])
    assert reads.is_known("b")
    released.set()
    thread.join(60)
    assert reads.take(["a", "b", "c"]) == {}
    assert not reads.is_known("b")
    for name in ("a", "b", "c"):
        reads.run(name, lambda: "new")
    assert reads.take(["a", "b", "c"]) == {"a": "new", "b": "new", "c": "new"}
