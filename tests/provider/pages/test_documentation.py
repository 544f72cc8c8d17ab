"""Tests of the page with the API documentation."""

import re

from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web


def test_success_is_listed_before_errors() -> None:
    """The statuses of each operation are in ascending order."""
    lists = re.findall(r'<ul class="answers">(.*?)</ul>', _page(), re.DOTALL)
    statuses = [re.findall(r"<li><code>([0-9]{3})</code>", each) for each in lists]

    assert statuses[0] == ["200", "401", "422"]
    assert [each for each in statuses if each != sorted(each)] == []


def test_names_in_descriptions_are_shown_as_code() -> None:
    """Descriptions are Markdown with code spans, which the page shows without backticks."""
    page = _page()

    assert "cursor in <code>next</code> of the previous response; overrides <code>page</code>" in page
    assert "`" not in page


def _page() -> str:
    return web(MemoryIndex()).test_client().get("/api/docs").get_data(as_text=True)
