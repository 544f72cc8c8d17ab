"""nvchecker as the peer of the digest checks: its container source, with the defaults it comes with.

It asks for a token and the list of tags of each repository, two requests; for the digest behind a tag it would need
four. Results are stored in its own file.
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
    """nvchecker over one registry.

    Attributes:
        folder: for its configuration and its results; also its home.
        host: the registry's.
        ca_file: whom to trust.
    """

    folder: Path
    host: str
    ca_file: Path

    def run(self, count: int) -> Cost:
        """Check that many repositories, from the start of the process to its end.

        Raises:
            RunFailed: nvchecker is not installed, or found less than all.
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
            raise RunFailed(f"nvchecker found {found} of {count} repositories; all were to be found")
        return cost

    def _configuration(self, before: Path, results: Path, count: int) -> str:
        head = f"[__config__]\noldver = {json.dumps(str(before))}\nnewver = {json.dumps(str(results))}\n"
        entries = (
            f'[{json.dumps(name)}]\nsource = "container"\nregistry = "{self.host}"\ncontainer = "{name}"\n'
            for name in repositories(count)
        )
        return "\n".join((head, *entries))


def _known(count: int) -> str:
    """What nvchecker found last, in its own format: one repository in a hundred has moved since."""
    known = {
        name: {"version": "0.9" if number % MOVED_EACH == 0 else TAG} for number, name in enumerate(repositories(count))
    }
    return json.dumps({"version": 2, "data": known})
