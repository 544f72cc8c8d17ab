"""Links to the source that a label names."""

import pytest

from catalog.addresses import PUBLIC_SITES, Sites
from provider.api.answers.source_links import revision_link, source_link

COMPANY = Sites(github="https://git.acme.example", gitlab="https://lab.acme.example/code")
COMMIT = "4f2a0c1"


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("https://github.com/acme/app", "https://github.com/acme/app"),
        ("https://github.com/acme/app.git", "https://github.com/acme/app"),
        ("https://github.com/acme/app.git#main", "https://github.com/acme/app"),
        ("git+https://github.com/acme/app", "https://github.com/acme/app"),
        ("https://gitlab.com/acme/tools/app", "https://gitlab.com/acme/tools/app"),
        ("https://git.acme.example/a/b", "https://git.acme.example/a/b"),
        ("https://lab.acme.example/code/a/b", "https://lab.acme.example/code/a/b"),
        (" https://github.com/acme/app ", "https://github.com/acme/app"),
        ("https://git.example.org/acme/app", None),
        ("https://github.com.example.org/acme/app", None),
        ("https://user:password@github.com/acme/app", None),
        ("https://github.com@example.org/acme/app", None),
        ("javascript:alert(1)//github.com/a/b", None),
        ("https://github.com/acme/../../login", None),
        ("https://github.com/acme/%2e%2e", None),
        ("https://github.com/acme/a b", None),
        ("https://github.com/acme", None),
        ("https://github.com/acme/app\nx", None),
        ("https://github.com/acme/\u202eppa", None),
        ("git@github.com:acme/app.git", "https://github.com/acme/app"),
        ("git@git.example.org:acme/app.git", None),
        ("https://[", None),
        ("https://github.com:99999/acme/app", None),
        ("", None),
        (None, None),
    ],
)
def test_a_source_at_a_known_site_is_a_link(source: str | None, page: str | None) -> None:
    """Any other text is none: the label of a public image may be there to deceive."""
    assert source_link(COMPANY, source) == page


@pytest.mark.parametrize(
    ("source", "revision", "page"),
    [
        ("https://github.com/acme/app", COMMIT, f"https://github.com/acme/app/commit/{COMMIT}"),
        ("https://github.com/acme/app.git", "a" * 40, f"https://github.com/acme/app/commit/{'a' * 40}"),
        ("https://gitlab.com/acme/app", COMMIT, f"https://gitlab.com/acme/app/-/commit/{COMMIT}"),
        ("https://github.com/acme/app", "main", None),
        ("https://github.com/acme/app", "4F2A0C1", None),
        ("https://github.com/acme/app", "../../login", None),
        ("https://github.com/acme/app", "a" * 65, None),
        ("https://github.com/acme/app", None, None),
        ("https://git.example.org/acme/app", COMMIT, None),
        (None, COMMIT, None),
    ],
)
def test_a_commit_there_is_a_link(source: str | None, revision: str | None, page: str | None) -> None:
    """Only what can be a commit."""
    assert revision_link(PUBLIC_SITES, source, revision) == page
