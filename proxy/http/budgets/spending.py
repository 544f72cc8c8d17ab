"""Sends one request within a budget: the same steps for every host."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proxy.errors import KeptBack, OutsideFailure, Unavailable
from proxy.http.budgets.budget import Budget
from proxy.http.exchange import Answer
from proxy.http.transport import WHOLE_SECONDS, Transport


def spend(budget: Budget, transport: Transport, request: Callable[[], Answer]) -> Answer:
    """Send a request when the budget admits it, and note if there is no answer.

    The caller notes the answer (`Budget.observe`), because only the caller knows whose limit it shows.

    Args:
        budget: of the host.
        transport: its clock, and its sleep for the wait.
        request: sends the request.

    Raises:
        KeptBack: no request may be sent before `retry_at`; this one was not sent.
        OutsideFailure: what `request` raises.
    """
    with admitted(budget, transport):
        try:
            return request()
        except OutsideFailure as error:
            # A request that changes something raises OutcomeUnknown from the transport's failure.
            if isinstance(error, Unavailable) or isinstance(error.__cause__, Unavailable):
                budget.failed(transport.now())
            raise


@contextmanager
def admitted(
    budget: Budget, transport: Transport, *, counted: bool = True, repository: str | None = None
) -> Iterator[None]:
    """Hold a slot during the block, which begins when the budget admits a request.

    Args:
        budget: of the host.
        transport: its clock, and its sleep for the wait.
        counted: see `Budget`.
        repository: see `Budget`.

    Raises:
        KeptBack: no request may be sent before `retry_at`; the block was not entered.
    """
    # Each request ends by its deadline. A host that holds all of them so long holds nobody else for longer.
    if not budget.slots.acquire(timeout=WHOLE_SECONDS):
        raise KeptBack(f"all {budget.limits.concurrency} requests that a host gets at a time are in progress")
    try:
        if wait := budget.admit(transport.now(), counted=counted, repository=repository):
            transport.sleep(wait)
            budget.check_open(transport.now(), counted=counted, repository=repository)
        yield
    finally:
        budget.slots.release()
