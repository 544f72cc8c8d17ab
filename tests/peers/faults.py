"""Scripted faults: which requests fail, how, and how often."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tests.peers.exchange import Answer


@dataclass(slots=True)
class Fault:
    """The answer to the next `left` requests with this method and path; None closes the connection."""

    method: str
    path: re.Pattern[str]
    answer: Answer | None
    left: int


class Faults:
    """Faults in the order in which they were added; a request uses at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, method: str, path_regex: str, answer: Answer | None, times: int) -> None:
        """Answer the next `times` requests with this method and a path that the expression matches."""
        with self._lock:
            self._faults.append(Fault(method.upper(), re.compile(path_regex), answer, times))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, which is then used up by one; None if there is none."""
        with self._lock:
            for fault in self._faults:
                if fault.left > 0 and fault.method == method and fault.path.search(path):
                    fault.left -= 1
                    return fault
        return None

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._faults.clear()


def faulty_answer(status: int, headers: Mapping[str, str] | None, body: bytes | str, media_type: str) -> Answer:
    """The answer of a fault; a Content-Type among its headers wins over `media_type`."""
    content = body.encode() if isinstance(body, str) else body
    return Answer(status, content, (("Content-Type", media_type),)).with_headers(*(headers or {}).items())
