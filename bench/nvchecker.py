"""nvchecker as the peer for digest checks: its container source, with its defaults.

It sends two requests for each repository, for a token and for the list of tags; for the digest of a tag it would need
four. It stores the results in its own file.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bench.population import MOVED_EACH, TAG, repositories
from bench.registry_peer import ROOT
from bench.rounds import Cost, RunFailed, measured_process

PROGRAM = ROOT / ".venv-bench" / "bin" / "nvchecker"


@dataclass(frozen=True, slots=True)
class NvChecker:
    """nvchecker for one registry.

    Attributes:
        folder: the folder for its configuration and results, also its home.
        host: the host of the registry.
        ca_file: the file with the trusted certificates.
    """

    folder: Path
    host: str
    ca_file: Path

    def run(self, count: int) -> Cost:
        """Check this number of repositories; measures from the start of the process to its end.

        Raises:
            RunFailed: nvchecker is not installed, or did not find all repositories.
        """
        if not PROGRAM.is_file():
            raise RunFailed(f"{PROGRAM} is missing; `make bench` installs it")
        configuration, results = self.folder / "nvchecker.toml", self.folder / "newver.json"
        results.unlink(missing_ok=True)
        before = self.folder / "oldver.json"
        before.write_text(_known(count))
        configuration.write_text(self._configuration(before, results, count))
        environment = {"SSL_CERT_FILE": str(self.ca_file), "HOME": str(self.folder)}
        cost = measured_process([str(PROGRAM), "-c", str(configuration)], environment, self.folder)
        found = len(json.loads(results.read_text())["data"]) if results.exists() else 0
        if found != count:
            raise RunFailed(f"nvchecker found {found} of {count} repositories; expected all of them")
        return cost

    def _configuration(self, before: Path, results: Path, count: int) -> str:
        head = f"[__config__]\noldver = {json.dumps(str(before))}\nnewver = {json.dumps(str(results))}\n"
        entries = (
            f'[{json.dumps(name)}]\nsource = "container"\nregistry = "{self.host}"\ncontainer = "{name}"\n'
            for name in repositories(count)
        )
        return "\n".join((head, *entries))


def _known(count: int) -> str:
    """The earlier results, in nvchecker's format: one repository in a hundred has changed since."""
    known = {
        name: {"version": "0.9" if number % MOVED_EACH == 0 else TAG} for number, name in enumerate(repositories(count))
    }
    return json.dumps({"version": 2, "data": known})
