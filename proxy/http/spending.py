"""Sends one request within a budget: the same steps for every host."""

from collections.abc import Callable

from proxy.errors import OutsideFailure, Unavailable
from proxy.http.budget import Budget
from proxy.http.exchange import Answer
from proxy.http.transport import Transport


def spend(budget: Budget, transport: Transport, request: Callable[[], Answer], *, counted: bool = True) -> Answer:
    """Hold a slot, wait until the budget admits the request, send it, and note if there is no answer.

    The caller notes the answer (`Budget.observe`), because only the caller knows whose limit it shows.

    Args:
        budget: of the host.
        transport: its clock, and its sleep for the wait.
        request: sends the request.
        counted: whether the host counts it against its own limit; see `Budget`.

    Raises:
        Unavailable: no request may be sent before `retry_at`; this one was not sent.
        OutsideFailure: what `request` raises.
    """
    with budget.slots:
        if wait := budget.admit(transport.now(), counted=counted):
            transport.sleep(wait)
            budget.check_open(transport.now(), counted=counted)
        try:
            return request()
        except OutsideFailure as error:
            # A request that changes something raises OutcomeUnknown from the transport's failure.
            if isinstance(error, Unavailable) or isinstance(error.__cause__, Unavailable):
                budget.failed(transport.now())
            raise
