"""Tests of adding a repository that publishes several components."""

import pytest

from tests.provider.tracker.api.tracker_web import REPOSITORIES, TrackerWeb

PATH = "acme/mono"


@pytest.mark.parametrize(
    "versions",
    [
        ("app-a@1.2.0", "app-b@7.0.0", "chart-9.0.0"),
        ("server/v1.0.0", "server/v1.1.0", "agent/v0.1.0", "agent/v0.2.0"),
        ("api-1.0", "web-3.0"),
        ("lib-core-v1.0.0", "lib-http-v2.0.0", "helm-chart-9.1.0", "helm-chart-9.2.0"),
    ],
)
def test_tracker_adding_asks_which_component_is_meant(versions: tuple[str, ...]) -> None:
    """None is most common: the response names the field, and each expression to choose from; a dry run lists them."""
    web = TrackerWeb()
    web.world.publish(PATH, *versions)
    refused = web.ask("POST", REPOSITORIES, {"url": PATH})
    assert refused.status_code == 422
    (message,) = refused.get_json()["errors"]["json"]["include"]
    assert web.get(REPOSITORIES)["total"] == 0

    tried = web.ask("POST", f"{REPOSITORIES}?dryRun=true", {"url": PATH}).get_json()
    assert len(tried["choices"]) > 1
    assert all(choice["include"] in message for choice in tried["choices"])
    chosen = tried["choices"][0]
    added = web.ask("POST", REPOSITORIES, {"url": PATH, "include": chosen["include"]})
    assert (added.status_code, added.get_json()["latestRelease"]["version"]) == (201, chosen["highest"])


@pytest.mark.parametrize("body", [{"include": "."}, {"unchecked": True}])
def test_tracker_all_components_can_be_wanted(body: dict[str, object]) -> None:
    """A person says so by an expression that matches all, or does not want to be asked anything."""
    web = TrackerWeb()
    web.world.publish(PATH, "app-a@1.2.0", "app-b@7.0.0")
    assert web.ask("POST", REPOSITORIES, {"url": PATH, **body}).status_code == 201
    assert len(web.get(f"{REPOSITORIES}/1/releases")["items"]) == 2


@pytest.mark.parametrize(
    ("versions", "latest"),
    [
        (("controller-v1.11.1", "controller-v1.11.2", "helm-chart-4.11.2"), "controller-v1.11.2"),
        (("v0.27.0", "gopls/v1.16.2"), "v0.27.0"),
        (("mono-1.0.0", "other-2.0.0"), "mono-1.0.0"),
        (("1.0.0", "1.0.0-alpine"), "1.0.0"),
        (("nightly-20240901",), "nightly-20240901"),
    ],
)
def test_tracker_nothing_is_asked_where_one_component_is_most_common(versions: tuple[str, ...], latest: str) -> None:
    """Plain versions, the component that has the name of the repository, and the most common one come first."""
    web = TrackerWeb()
    web.world.publish(PATH, *versions)
    added = web.ask("POST", REPOSITORIES, {"url": PATH})
    assert added.status_code == 201
    assert added.get_json()["latestRelease"]["version"] == latest
