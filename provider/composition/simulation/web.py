"""Makes what answers "what if" questions in the web part."""

import time

from provider.composition.parts import Parts, utc_now
from provider.composition.simulation.rules import rules_of
from provider.enrolling_ports import EnrollmentFiles
from provider.services.simulation.kept_answers import KeptSimulations


def simulations_of(parts: Parts, files: EnrollmentFiles) -> KeptSimulations:
    """It reads the checkout of the web part."""
    return KeptSimulations(files.snapshot, parts.index.catalog_tag, rules_of(parts.settings), utc_now, time.monotonic)
