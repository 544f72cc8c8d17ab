"""Whether what a thread asks for can wait."""

import threading

from proxy.urgency import is_patient, patient


def test_only_what_is_asked_for_in_the_block_can_wait() -> None:
    """Other threads, and what comes after it, cannot."""
    seen: list[bool] = []
    with patient():
        other = threading.Thread(target=lambda: seen.append(is_patient()))
        other.start()
        other.join()
        seen.append(is_patient())
    seen.append(is_patient())

    assert seen == [False, True, False]
