"""Docker's own description of its API, as far as it is used here (docker/docs, Apache-2.0 licence)."""

import json
from functools import cache
from pathlib import Path

from tests.peers.github.contract import Contract


@cache
def published() -> Contract:
    """The description; read once."""
    return Contract(json.loads(Path(__file__).with_name("hub-subset.json").read_text()))
