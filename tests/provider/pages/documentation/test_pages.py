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


def test_every_operation_and_schema_is_in_the_contents() -> None:
    """Each link leads to a section of the page."""
    page = _page()
    contents = re.search(r'<nav class="docs-contents".*?</nav>', page, re.DOTALL)
    assert contents
    links = set(re.findall(r'href="#([^"]+)"', contents.group()))
    sections = set(re.findall(r'<section class="operation" id="([^"]+)"', page))

    assert links == sections
    assert {"get-api-v1-images", "schema-Image"} <= sections
    assert {link for link in re.findall(r'href="#([^"]+)"', page) if link.startswith("schema-")} <= sections


def test_each_operation_has_a_command_with_a_button() -> None:
    """The button is hidden until a script can copy."""
    page = _page()
    operations = re.findall(r'<section class="operation" id="(?!schema-).*?</section>', page, re.DOTALL)

    assert len(operations) > 5
    for operation in operations:
        assert "curl " in operation
        assert re.search(
            r'<button type="button" class="copy" data-copy="curl [^"]+" data-name="Copy [^"]+" hidden>', operation
        )


def test_what_is_the_same_for_all_is_rendered_once() -> None:
    """A second page makes no example again, and has the name of its own caller."""
    client = web(MemoryIndex()).test_client()

    assert client.get("/api/docs").data == client.get("/api/docs").data
