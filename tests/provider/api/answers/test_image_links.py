"""The web pages of an image."""

from dataclasses import replace

import pytest

from catalog.addresses import Sites
from catalog.image import Image
from provider.api.answers.image_links import ImageLinks
from tests.provider.web_images import base, managed, rebuild

CONFIG = "https://github.com/acme/config"
LINKS = ImageLinks(
    Sites(service="https://factory.example"),
    config_repo=f"{CONFIG}.git",
    state_branch="state",
    config_branch="main",
    backstage="https://backstage.example",
)
NOWHERE = {"source": None, "dockerfile": None, "workflow": None, "last_run": None, "enrollment_file": None}


def source(**others: object) -> dict[str, object]:
    """An enrollment at GitHub."""
    return {"source": {"provider": "github", "repo": "acme/portal", **others}}


def test_an_enrolled_image_has_all_pages() -> None:
    """At its registry, its source, its builds, in Backstage, and in the config repository."""
    image = managed(
        "app",
        enrollment=source(workflow="build.yml", dockerfile="app/Dockerfile"),
        entry_file="images.d/team-a.yaml",
        last_rebuild=rebuild(1),
    )
    assert LINKS.of(image) == {
        "page": "https://factory.example/images/app",
        "registry": "https://github.com/orgs/acme/packages/container/package/app",
        "source": "https://github.com/acme/portal/tree/HEAD/app/",
        "dockerfile": "https://github.com/acme/portal/blob/HEAD/app/Dockerfile",
        "workflow": "https://github.com/acme/portal/actions/workflows/build.yml",
        "last_run": "https://github.com/acme/x/actions/runs/1",
        "backstage": "https://backstage.example/catalog/default/resource/app",
        "enrollment_file": f"{CONFIG}/blob/main/images.d/team-a.yaml",
        "state_file": f"{CONFIG}/blob/state/state/images/app.yaml",
        "state_history": f"{CONFIG}/commits/state/state/images/app.yaml",
    }


@pytest.mark.parametrize(
    ("image", "registry", "state"),
    [
        (base("node"), "https://hub.docker.com/_/node", "base-images/node"),
        (
            managed("tool", enrollment={"source": {"provider": "git", "repo": "ssh://git@git.example.com/tool.git"}}),
            "https://github.com/orgs/acme/packages/container/package/tool",
            "images/tool",
        ),
        (
            managed("odd", last_rebuild=replace(rebuild(1), url="javascript:alert(1)")),
            "https://github.com/orgs/acme/packages/container/package/odd",
            "images/odd",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Image) else "",
)
def test_a_page_that_is_not_known_is_null(image: Image, registry: str, state: str) -> None:
    """Where there is no source at a site, no build, or an address that is none of the web."""
    assert LINKS.of(image) == {
        **NOWHERE,
        "page": f"https://factory.example/images/{image.name}",
        "registry": registry,
        "backstage": f"https://backstage.example/catalog/default/resource/{image.name}",
        "state_file": f"{CONFIG}/blob/state/state/{state}.yaml",
        "state_history": f"{CONFIG}/commits/state/state/{state}.yaml",
    }


@pytest.mark.parametrize(
    ("config_repo", "page", "history", "commit"),
    [
        (
            "git@gitlab.com:acme/config.git",
            "https://gitlab.com/acme/config/-/blob/main/state/images/app.yaml",
            "https://gitlab.com/acme/config/-/commits/main/state/images/app.yaml",
            "https://gitlab.com/acme/config/-/commit/abc",
        ),
        ("https://git.example.com/config.git", None, None, None),
        ("", None, None, None),
    ],
)
def test_the_state_has_pages_where_a_site_hosts_it(
    config_repo: str, page: str | None, history: str | None, commit: str | None
) -> None:
    """GitHub or GitLab; a repository on this machine or elsewhere has none."""
    links = ImageLinks(config_repo=config_repo, state_branch="main", config_branch="main")
    found = links.of(managed("app"))
    assert (found["state_file"], found["state_history"], links.commit("abc")) == (page, history, commit)
    assert (found["backstage"], found["page"]) == (None, None)


@pytest.mark.parametrize(
    ("enrollment", "path", "line", "page"),
    [
        (source(), "", None, None),
        (source(), "Dockerfile", 3, "https://github.com/acme/portal/blob/HEAD/Dockerfile#L3"),
        (source(branch="v 1"), "a b/Dockerfile", None, "https://github.com/acme/portal/blob/v%201/a%20b/Dockerfile"),
        (source(dockerfile=["x/Dockerfile", "y"]), "", 1, "https://github.com/acme/portal/blob/HEAD/x/Dockerfile#L1"),
        (
            {"source": {"provider": "gitlab", "repo": "acme/a/b", "dockerfile": "Containerfile"}},
            "",
            7,
            "https://gitlab.com/acme/a/b/-/blob/HEAD/Containerfile#L7",
        ),
        ({"source": {"provider": "git", "repo": "https://git.example.com/a.git"}}, "Dockerfile", 1, None),
        ({}, "Dockerfile", 1, None),
        (source(bake={"file": "docker-bake.hcl", "target": "app"}), "docker-bake.hcl (target app)", 1, None),
        (
            source(bake={"file": "docker-bake.hcl", "target": "app"}),
            "app/Dockerfile",
            2,
            "https://github.com/acme/portal/blob/HEAD/app/Dockerfile#L2",
        ),
    ],
)
def test_a_line_of_a_dockerfile_has_a_page(
    enrollment: dict[str, object], path: str, line: int | None, page: str | None
) -> None:
    """On the branch of the enrollment, where GitHub or GitLab has the source."""
    assert LINKS.dockerfile(managed("app", enrollment=enrollment), path, line) == page
