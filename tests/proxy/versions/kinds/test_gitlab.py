"""GitLab's GraphQL documents, as its reference describes them."""

from datetime import UTC, datetime

import pytest

from proxy.errors import Garbage
from proxy.versions.kinds.gitlab import parse_tags, projects_query
from proxy.versions.listing import ListedTag
from tests.contracts.product_subjects import PRODUCTS, REPOSITORY, ProductHost, Pushed
from tests.contracts.version_world import open_world
from tests.fakes.registry import digest_of
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
GITLAB = next(product for product in PRODUCTS if product.name == "gitlab")


def test_created_is_the_time_of_the_build() -> None:
    """Without the registry's database, GitLab knows no push."""
    nodes = [
        {
            "name": "1.0.0",
            "digest": digest_of("1"),
            "createdAt": "2026-01-01T00:00:00Z",
            "publishedAt": "2026-11-01T08:00:00Z",
        },
        {"name": "0.9.0", "digest": None, "createdAt": "2026-11-01T08:00:00Z", "publishedAt": None},
        {"name": None},
    ]
    assert list(parse_tags({"nodes": nodes}, "app")) == [
        ListedTag("1.0.0", digest_of("1"), published_at=AT),
        ListedTag("0.9.0", built_at=AT),
    ]


@pytest.mark.parametrize("page", [{}, {"nodes": None}, {"nodes": ["1.0.0"]}])
def test_another_form_is_garbage(page: dict[str, object]) -> None:
    """It is no empty list."""
    with pytest.raises(Garbage):
        list(parse_tags(page, "app"))


@pytest.mark.parametrize(
    ("repository", "paths"),
    [
        ("group/app", ["group/app"]),
        ("group/sub/app/image", ["group/sub/app/image", "group/sub/app", "group/sub"]),
        ("a", []),
    ],
)
def test_a_repository_is_at_a_project_or_below_it(repository: str, paths: list[str]) -> None:
    """All projects that it may belong to are in one query; their names are variables, not a part of it."""
    query, variables = projects_query(repository)
    assert list(variables.values()) == paths
    assert repository not in query


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:{port}", "http://{host}/gitlab"])
def test_another_gitlab_gets_no_request(url: str) -> None:
    """The token is for the GitLab of the settings, and the registry says which one it belongs to."""
    pushed = [Pushed("1.0.0", NOW), Pushed("2.0.0", NOW)]
    with ScriptedHost(ProductHost(GITLAB, pushed)) as host:
        other = url.format(host=host.host, port=host.host.partition(":")[2])
        with open_world(Clock(), gitlab=other) as world:
            assert world.tags(f"{host.host}/{REPOSITORY}") == ["2.0.0", "1.0.0"]
            assert not any("/api/" in request.target for request in host.requests)
