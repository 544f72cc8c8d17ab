"""Our contestant for git tags, a separate program: one poll of every repository, with complete lists of tags.

`python -m bench.git_sweep HOST CA_FILE FOLDER COUNT` ends with status 1 if a tag or a commit differs from those
than git itself says.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from bench.git_recordings import number_of, paths, recordings
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.git import GitReleases
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates

THREADS = 64


def sweep(host: str, ca_file: str, folder: Path, count: int) -> list[str]:
    """Poll every repository; returns those with a wrong result."""
    kept = recordings(folder)
    transport = Transport(
        AddressPolicy(private_hosts=(host,)),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        trusted=TrustedCertificates(Path(ca_file)),
        connections=THREADS,
    )
    source = GitReleases(transport)

    def wrong(path: str) -> str | None:
        expected = kept[number_of(path)].tags
        address = parse_address(f"https://{host}/{path}", RepositoryType.GIT)
        outcome = source.poll(address, wanted=WantedVersions(TagForm.ANY), memory=None, known=expected)
        right = isinstance(outcome, Found) and {each.version: each.hash for each in outcome.releases} == expected
        return None if right else path

    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return [path for path in pool.map(wrong, paths(count)) if path]
    finally:
        transport.close()


def main(host: str, ca_file: str, folder: str, count: str) -> int:
    """Run the sweep; returns the exit code."""
    problems = sweep(host, ca_file, Path(folder), int(count))
    for problem in problems[:10]:
        sys.stderr.write(f"{problem}: other tags than git's\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
