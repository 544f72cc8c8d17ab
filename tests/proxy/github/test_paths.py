"""Which paths may be requested."""

import posixpath
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from proxy.errors import Refused
from proxy.github.paths import check_path

_API = "https://ghes.example.com/api/v3"


@pytest.mark.parametrize(
    "path",
    [
        "/repos/acme/portal/actions/runs?per_page=100&created=%3E%3D2026-01-01",
        "/orgs/acme/packages/container/team%2Fapp/versions",
        "/repos/acme/.github/branches/feature%2Fx",
        "/users/mona/",
    ],
)
def test_github_s_own_paths_pass(path: str) -> None:
    """Encoded slashes and dots in names are allowed."""
    check_path(path)


@given(st.text("/.%2eE5fF\\?#@:ab \r\n\x00é", max_size=20).map(lambda text: f"/{text}"))
def test_an_allowed_path_is_below_the_api(path: str) -> None:
    """This holds for each way in which a client or a server may read dots, slashes and percent signs."""
    try:
        check_path(path)
    except Refused:
        return
    url = urlsplit(f"{_API}{path}")
    assert (url.netloc, url.fragment) == ("ghes.example.com", "")
    for seen in (url.path, unquote(url.path).replace("\\", "/"), parse_url(f"{_API}{path}").path or ""):
        assert posixpath.normpath(seen).rstrip("/") == seen.rstrip("/")
        assert seen.startswith("/api/v3/")
