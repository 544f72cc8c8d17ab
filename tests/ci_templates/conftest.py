"""A runner for each shell in which CI systems run the script."""

from pathlib import Path

import pytest

from tests.ci_templates.running import SHELLS, Runner
from tests.peers.fixtures import peers_installed


@pytest.fixture(params=SHELLS)
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """The script in one shell."""
    with peers_installed():
        return Runner(SHELLS[request.param], tmp_path)
