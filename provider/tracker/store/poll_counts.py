"""How polls go, in numbers: how many had which outcome, kept across restarts and processes."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, Row, func, select

from provider.store.inserts import insert_into
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import PollOutcome
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.ports import PollCount, PollFigures
from provider.tracker.store.tables import poll_counts, repositories

_FAILING = (RepositoryState.ERROR.value, RepositoryState.WAITING.value, RepositoryState.DEAD.value)


def count_polls(connection: Connection, polls: Iterable[tuple[RepositoryType, str, PollOutcome]]) -> None:
    """Add these polls to the counts."""
    counted = Counter((kind.value, host, outcome.value) for kind, host, outcome in polls)
    # In one order, so that two transactions never wait for each other.
    rows = [
        {"type": kind, "host": host, "outcome": outcome, "polls": polls}
        for (kind, host, outcome), polls in sorted(counted.items())
    ]
    if rows:
        statement = insert_into(connection, poll_counts)
        total = poll_counts.c.polls + statement.excluded.polls
        keys = [column.name for column in poll_counts.primary_key]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"polls": total}), rows)


def figures(connection: Connection) -> PollFigures:
    """The numbers; the counts of hosts of which nothing is tracked any more are left out."""
    by_state = select(repositories.c.state, func.count()).group_by(repositories.c.state)
    found = {row[0]: row[1] for row in connection.execute(by_state)}
    since = func.min(func.coalesce(repositories.c.failing_since, repositories.c.error_at))
    oldest = connection.execute(select(since).where(repositories.c.state.in_(_FAILING))).scalar_one()
    counts = connection.execute(select(poll_counts).order_by(*poll_counts.primary_key)).all()
    tracked = {(row.type, row.host) for row in counts if _is_tracked(connection, row)}
    return PollFigures(
        {state: found.get(state.value, 0) for state in RepositoryState},
        oldest,
        tuple(
            PollCount(RepositoryType(row.type), row.host, PollOutcome(row.outcome), row.polls)
            for row in counts
            if (row.type, row.host) in tracked
        ),
    )


def _is_tracked(connection: Connection, row: Row[tuple[str, str, str, int]]) -> bool:
    key, kind = repositories.c.key, RepositoryType(row.type)
    first = f"{kind.value}:" if kind is RepositoryType.GITHUB else f"{kind.value}:{row.host}/"
    # '0' comes after '/', and ';' after ':'.
    following = f"{kind.value};" if kind is RepositoryType.GITHUB else f"{kind.value}:{row.host}0"
    return connection.execute(select(key).where(key >= first, key < following).limit(1)).first() is not None
