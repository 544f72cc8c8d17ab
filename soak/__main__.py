"""`make soak`: runs a soak and prints what held; the exit code is 1 when a check fails, 2 when it could not be run."""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from soak.checks import CHECKS
from soak.options import Options
from soak.report import Report
from soak.running import Soak
from soak.world.service import ROOT
from tests.peers.process import PeerFailed, PeerMissing

_REPORTS = ROOT / "artifacts" / "soak"


def main() -> int:
    """Run the soak that the environment describes."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        options = Options.read(os.environ)
    except ValueError as error:
        print(f"soak: {error}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="image-factory-soak-"))
    folder.chmod(0o755)
    before = os.getloadavg()[0]
    try:
        evidence = Soak(options, folder, _say).run()
    except (PeerFailed, PeerMissing) as error:
        print(f"soak: {error}; its logs are in {folder}", file=sys.stderr)
        return 2
    report = Report(options, [check(evidence) for check in CHECKS], evidence, (before, os.getloadavg()[0]))
    page = report.write(_REPORTS)
    print(f"\n{report.text()}\nThe report is {page.relative_to(ROOT)}.")
    if report.holds and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"The logs and the config repository are in {folder}.")
    return 0 if report.holds else 1


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # What the soak has started is stopped while this passes.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
