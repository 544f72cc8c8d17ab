"""Our contestant for digest checks, a separate program: one check of all repositories of a registry.

`python -m bench.sweep HOST CA_FILE DATABASE_URL KNOWN RESULTS` reads a JSON file with the known digests by repository,
and writes one with what it found. That is in the ledgers (in memory here; the service commits them, see
`bench.commits`), and each repository must have a row in the SQLite index.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from bench.population import TAG
from catalog.reference import Digest, ImageReference
from provider import garbage
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


def books_before(host: str, known: Mapping[str, Digest], at: datetime) -> Snapshot:
    """The digests that were known before, by repository."""
    bases = {}
    for number, (repository, digest) in enumerate(known.items()):
        name = f"base-{number:05}"
        bases[name] = BaseState(name, ImageReference(host, repository, TAG), at, Ledger().observe(at, digest))
    return Snapshot("", {}, {}, bases)


def sweep(host: str, ca_file: str, database: str, known: Mapping[str, Digest]) -> Mapping[str, Digest | None]:
    """Check all repositories and store the results.

    Returns:
        What was found of each; None where it failed, or is not in the index.
    """
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
        store = MemoryBooks(books_before(host, known, now - timedelta(days=1)))
        names = list(store.read().bases)
        snapshot = check_digests(lambda: now, store, asked, names, Deadline.after(_SECONDS)).snapshot
        index = SqlImageIndex(engine)
        index.checked(names, now)
        stored = _last_checks(engine)
    finally:
        transport.close()
        engine.dispose()
    return {
        base.image.repository: base.ledger.current.digest
        if base.ledger.current and not base.error and stored.get(base.name) == now
        else None
        for base in snapshot.bases.values()
    }


def _last_checks(engine: Engine) -> dict[str, datetime]:
    """When each entity was checked, as the index has it."""
    with engine.connect() as connection:
        return {row.name: row.at for row in connection.execute(select(checks.c.name, checks.c.at))}


def main(host: str, ca_file: str, database: str, known: str, results: str) -> None:
    """Run the sweep."""
    before = json.loads(Path(known).read_text())
    garbage.settle()
    found = sweep(host, ca_file, database, before)
    Path(results).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
