"""Tests of importing the repositories of an owner over HTTP."""

import pytest

from provider.tracker.ports import OwnerList, OwnerListKind, OwnerRepository
from proxy.errors import OutsideFailure, Refused, Unavailable
from tests.provider.tracker.api.tracker_web import READER, REPOSITORIES, TrackerWeb

IMPORT = f"{REPOSITORIES}/import/owner"


@pytest.fixture(name="web")
def made_web() -> TrackerWeb:
    """An organization with three repositories, and a user who has starred one."""
    web = TrackerWeb()
    own = (OwnerRepository("acme/app"), OwnerRepository("acme/b", "Bee"), OwnerRepository("acme/fork", fork=True))
    web.world.owners.lists["acme", OwnerListKind.REPOSITORIES] = OwnerList(own)
    web.world.owners.lists["mia", OwnerListKind.STARRED] = OwnerList((OwnerRepository("other/tool"),), whole=False)
    return web


def test_tracker_an_owner_is_previewed_and_then_imported(web: TrackerWeb) -> None:
    """A dry run shows what could be tracked, with counts; then all, or the chosen ones, are tracked."""
    shown = web.ask("POST", f"{IMPORT}?dryRun=true", {"owner": "acme"}).get_json()
    assert [(each["path"], each["description"], each["tracked"]) for each in shown["candidates"]] == [
        ("acme/app", "", False),
        ("acme/b", "Bee", False),
    ]
    assert (shown["leftOut"], shown["whole"], shown["added"]) == ({"forks": 1, "archived": 0}, True, [])
    assert web.get(REPOSITORIES)["total"] == 0

    body = {"owner": "acme", "forks": True, "repositories": ["acme/fork", "ACME/app"]}
    chosen = web.ask("POST", IMPORT, body).get_json()
    assert [each["name"] for each in chosen["added"]] == ["fork", "app"]
    every = web.ask("POST", IMPORT, {"owner": "acme"}).get_json()
    assert [each["name"] for each in every["added"]] == ["b"]
    assert web.get(REPOSITORIES)["total"] == 3


def test_starred_repositories_are_imported(web: TrackerWeb) -> None:
    """A list that is longer than what is read says so."""
    answer = web.ask("POST", IMPORT, {"owner": "mia", "list": "starred"}).get_json()
    assert ([each["name"] for each in answer["added"]], answer["whole"]) == (["tool"], False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"owner": "nobody"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"owner": "acme", "list": "forked"}, "list"),
        ({"owner": "acme", "repositories": ["acme/fork"]}, "repositories"),
        ({"owner": "acme", "repositories": ["other/tool"]}, "repositories"),
    ],
)
def test_a_wrong_field_is_refused(web: TrackerWeb, body: dict[str, object], field: str) -> None:
    """The error is at the field, and nothing is tracked."""
    answer = web.ask("POST", IMPORT, body)
    assert (answer.status_code, set(answer.get_json()["errors"]["json"])) == (422, {field})
    assert web.get(REPOSITORIES)["total"] == 0


@pytest.mark.parametrize(("failure", "status"), [(Refused("no access"), 502), (Unavailable("no answer"), 503)])
def test_a_list_that_cannot_be_read_is_an_error(web: TrackerWeb, failure: OutsideFailure, status: int) -> None:
    """As for every upstream."""
    web.world.owners.failure = failure
    assert web.ask("POST", IMPORT, {"owner": "acme"}).status_code == status


def test_only_an_admin_sees_what_the_service_may_see(web: TrackerWeb) -> None:
    """Private repositories are in the list."""
    assert web.ask("POST", f"{IMPORT}?dryRun=true", {"owner": "acme"}, token=READER).status_code == 403
