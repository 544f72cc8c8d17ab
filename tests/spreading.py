"""Which tests run in the same process, where several processes share them.

The tests of a file do: they share what their module makes once, such as a service, a browser or a large world. So do
all tests of the demo, and those in a whole Backstage: they share one that is kept running.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/demo/", "tests/backstage/")


def place(node_id: str) -> str:
    """The name of the tests that run in the same process as this one."""
    file = node_id.partition("::")[0]
    return next((folder for folder in _TOGETHER if file.startswith(folder)), file)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types of its own
    """Gives the files to the processes in the order of their names: the folders with the longest ones are first."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return place(nodeid)
