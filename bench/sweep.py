"""Our contestant for digest checks, a separate program: one check of all repositories of a registry.

`python -m bench.sweep HOST CA_FILE DATABASE_URL COUNT` ends with status 1 if a result differs from the registry.
Each changed digest must be in the ledgers (in memory here; the service commits them, see `bench.commits`), and each
repository must have a row in the SQLite index.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from bench.population import TAG, current_digest, known_digest, repositories
from catalog.reference import ImageReference
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState
from provider.services.monitoring import check_digests
from provider.store.engine import open_engine
from provider.store.images import SqlImageIndex
from provider.store.tables import checks
from proxy.deadline import Deadline
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates
from proxy.registries.router import Registries
from proxy.secrets.registry_credentials import RegistryCredentials

# The contestants are not stopped by a deadline.
_SECONDS = 600.0


class MemoryBooks:
    """Implements `provider.ports.SnapshotStore` in memory."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._books = snapshot

    def pull(self) -> bool:
        """There is no other writer."""
        return False

    def read(self) -> Snapshot:
        """The current snapshot."""
        return self._books

    def write(self, step: Callable[[Snapshot], Changes], subject: str) -> Snapshot:  # noqa: ARG002 - the port's signature
        """Store the changes of the step."""
        self._books = step(self._books).apply(self._books)
        return self._books


def books_before(host: str, count: int, at: datetime) -> Snapshot:
    """The known digests of this number of repositories: one in a hundred has changed since."""
    bases = {}
    for number, repository in enumerate(repositories(count)):
        name = f"base-{number:05}"
        ledger = Ledger().observe(at, known_digest(number, repository))
        bases[name] = BaseState(name, ImageReference(host, repository, TAG), at, ledger)
    return Snapshot("", {}, {}, bases)


def wrong(snapshot: Snapshot) -> list[str]:
    """The repositories whose digest in the snapshot differs from the registry."""
    return [
        f"{base.image}: {base.error.message if base.error else 'another digest'}"
        for base in snapshot.bases.values()
        if base.error
        or base.ledger.current is None
        or base.ledger.current.digest != current_digest(base.image.repository)
    ]


def sweep(host: str, ca_file: str, database: str, count: int) -> list[str]:
    """Check all repositories and store the results; returns what is wrong."""
    now = datetime.now(UTC)
    transport = Transport(
        AddressPolicy(private_hosts=(host,)),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        trusted=TrustedCertificates(Path(ca_file)),
    )
    engine = open_engine(database)
    try:
        asked = Registries(transport, RegistryCredentials.load(None, {}))
        store = MemoryBooks(books_before(host, count, now - timedelta(days=1)))
        names = list(store.read().bases)
        snapshot = check_digests(now, store, asked, names, Deadline.after(_SECONDS)).snapshot
        index = SqlImageIndex(engine)
        index.checked(names, now)
        stored = _last_checks(engine)
    finally:
        transport.close()
        engine.dispose()
    return wrong(snapshot) + [f"{name}: no row in the index" for name in names if stored.get(name) != now]


def _last_checks(engine: Engine) -> dict[str, datetime]:
    """When each entity was checked, as the index has it."""
    with engine.connect() as connection:
        return {row.name: row.at for row in connection.execute(select(checks.c.name, checks.c.at))}


def main(host: str, ca_file: str, database: str, count: str) -> int:
    """Run the sweep; returns the exit code."""
    problems = sweep(host, ca_file, database, int(count))
    for problem in problems[:10]:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
