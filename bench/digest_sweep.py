"""One run of `bench.sweep`: what it has to know is written before, and what it has found is compared after."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.population import current_digest, known_digest, repositories
from bench.registry_peer import ROOT
from bench.rounds import Cost, RunFailed, measured_process


@dataclass(frozen=True, slots=True)
class DigestSweep:
    """Digest checks by this project, as `NvChecker` runs its peer.

    Attributes:
        folder: for what is known before and found.
        ca_file: the file with the trusted certificates.
        database: the URL of the prepared database.
    """

    folder: Path
    ca_file: Path
    database: str

    def run(self, host: str, count: int) -> Cost:
        """Check this number of repositories of a registry; measures from the start of the process to its end.

        Raises:
            RunFailed: it failed, or found another digest than the registry has.
        """
        known, results = self.folder / "known-digests.json", self.folder / "found-digests.json"
        results.unlink(missing_ok=True)
        names = list(repositories(count))
        known.write_text(json.dumps({name: known_digest(number, name) for number, name in enumerate(names)}))
        arguments = [host, str(self.ca_file), self.database, str(known), str(results)]
        cost = measured_process([sys.executable, "-m", "bench.sweep", *arguments], {}, ROOT)
        found = json.loads(results.read_text())
        wrong = [name for name in names if found.get(name) != current_digest(name)]
        if wrong:
            raise RunFailed(f"{len(wrong)} of {count} repositories have another digest, {wrong[0]} for example")
        return cost
