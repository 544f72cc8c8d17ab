"""Tests of redirects after sign-in."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.pages.safe_redirect import local_path


@pytest.mark.parametrize("path", ["/", "/repositories/3?sort=-date", "/images?q=a%2F%2Fb", "/?q=x://y"])
def test_local_paths_are_kept(path: str) -> None:
    """The query is kept too."""
    assert local_path(path, "/") == path


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/a\r\nSet-Cookie: x=y",
        "images",
        "/%0d\n",
    ],
)
def test_other_addresses_are_replaced(address: str | None) -> None:
    """Another site could put such an address into a link."""
    assert local_path(address, "/front") == "/front"


@given(st.text(alphabet="/\\.:@?#%a \t\n"))
def test_no_path_leads_to_another_host(text: str) -> None:
    """The path is resolved as in a browser, with backslashes as slashes."""
    led = urljoin("https://factory.example/login", local_path(text, "/").replace("\\", "/"))
    assert urlsplit(led).netloc == "factory.example"
