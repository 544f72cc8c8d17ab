"""A progress bar on standard error, if that is a terminal."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from provider.services.progress import Progress


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Shows one bar at a time, for the latest piece of work; log lines are written above it."""
    lock = threading.Lock()
    with ExitStack() as ends:
        if sys.stderr.isatty():
            ends.enter_context(logging_redirect_tqdm())
        current = ends.enter_context(ExitStack())

        def begin(what: str, steps: int) -> Callable[[], None]:
            current.close()
            # None: no bar unless standard error is a terminal.
            bar = tqdm(total=steps, desc=what, disable=None, leave=False, file=sys.stderr)
            current.callback(bar.close)

            def step() -> None:
                with lock:
                    bar.update()

            return step

        yield begin
