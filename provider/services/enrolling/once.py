"""Requests with a key: sent again, they get the same answer and have no second effect."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar

from provider.enrolling_ports import KeyedAnswer, KeyedRequest, KeyedRequests, KeyState

Answer = TypeVar("Answer")
Busy: TypeAlias = Literal[KeyState.RUNNING, KeyState.OTHER]
"""Why a request was not carried out: it is running, or its key belongs to another one."""


def once(
    keys: KeyedRequests,
    keyed: KeyedRequest,
    now: datetime,
    act: Callable[[], Answer],
    kept: Callable[[Answer], KeyedAnswer],
    again: Callable[[KeyedAnswer], Answer],
) -> Answer | Busy:
    """The answer of the act, or the answer that the request got when it was sent before.

    Only an answer without an error is kept: a request that was refused may be sent again with the same key.

    Args:
        keys: the answers so far.
        keyed: the request.
        now: the current time.
        act: makes the answer.
        kept: the form in which an answer is stored.
        again: the answer from what is stored.
    """
    begun = keys.begin(keyed, now)
    if isinstance(begun, KeyedAnswer):
        return again(begun)
    if begun is not KeyState.BEGUN:
        return begun
    try:
        answer = act()
    except BaseException:
        keys.forget(keyed)
        raise
    keys.answered(keyed, kept(answer))
    return answer
