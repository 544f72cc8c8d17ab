"""Makes what the workers of one database share their work with."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from provider.composition.parts import Parts, utc_now
from provider.errors import ProviderError
from provider.services.reacting.pulling import BETWEEN_LOOKS, ConfigPulls
from provider.services.sharing.helper import Helper
from provider.services.sharing.members import BETWEEN_SIGNS, Members
from provider.services.sharing.shares import SHARES
from provider.services.sharing.taking import SharedWork
from provider.services.worker import Worker
from provider.store.operations.live_workers import SqlLiveWorkers
from provider.tracker.services.poll_round import PollRound

_BETWEEN_HELPS = timedelta(seconds=10)


def members_of(parts: Parts, worker: str) -> Members:
    """The workers of the database, as the one with this id hears of them."""
    return Members(worker, SqlLiveWorkers(parts.engine), parts.locks, utc_now)


def leave(members: Members) -> None:
    """Leave the shares to the others at once; where the database does not answer, they notice within a minute."""
    with suppress(SQLAlchemyError, ProviderError):
        members.leave()


def work_shares(parts: Parts, kind: str, members: Members | None) -> SharedWork:
    """The shares of one kind of work; all of them for a process that is no worker."""
    return SharedWork(kind, parts.locks.acquire_free, lambda: members.shares if members else range(SHARES))


def helpers(
    parts: Parts, members: Members, worker: Worker, pulls: ConfigPulls, releases: PollRound
) -> Sequence[Helper]:
    """The threads of a worker beside its periods, the one that says that it lives first; they are not started.

    Each worker pulls the config repository, since its shares are those of the images that it knows. Which Dockerfiles
    have become due is looked up as often as a round does it: it takes a look at all images.
    """

    def beside_others(help_: Callable[[], object]) -> Callable[[], None]:
        def do() -> None:
            if not members.alone:
                help_()

        return do

    goes_on, looks = partial(worker.help, look=False), partial(worker.help, look=True)
    return (
        Helper("sign-of-life", BETWEEN_SIGNS, members.renew, parts.works),
        Helper("help-pulls", BETWEEN_LOOKS, beside_others(pulls.run), parts.works),
        Helper("help", _BETWEEN_HELPS, beside_others(goes_on), parts.works),
        Helper("help-readings", parts.settings.check_interval, beside_others(looks), parts.works),
        Helper("help-polls", _BETWEEN_HELPS, beside_others(releases.help), parts.works),
    )
