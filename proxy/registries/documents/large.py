"""Large documents are read one after the other.

In memory a document is many times as large as its text, and a registry may send as many as are requested at once.
Reading them at the same time would be no faster, since only one thread of a process reads JSON at a time.
"""

import threading
from contextlib import AbstractContextManager, nullcontext

_LARGE = 256 * 1024
_one_at_a_time = threading.Lock()


def turn_of(body: bytes) -> AbstractContextManager[object]:
    """The turn in which a document is read: for a small one it is at once."""
    return _one_at_a_time if len(body) > _LARGE else nullcontext()
