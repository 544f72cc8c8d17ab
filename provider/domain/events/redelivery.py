"""Which of GitHub's deliveries are asked for again. Pure."""

from collections.abc import Collection, Iterable, Sequence

from proxy.github.hook_deliveries import HookDelivery


def lost(attempts: Iterable[HookDelivery], asked: Collection[str]) -> Sequence[HookDelivery]:
    """The last attempt of each event that never arrived and was not asked for, the oldest event first.

    Args:
        attempts: the newest first, as GitHub lists them.
        asked: the guids of events that were asked for before.
    """
    every = list(attempts)
    arrived = {each.guid for each in every if each.succeeded}
    last: dict[str, HookDelivery] = {}
    for each in every:
        last.setdefault(each.guid, each)
    return [each for each in reversed(last.values()) if each.guid not in arrived and each.guid not in asked]
