"""Tests of GET /api/v1/overview."""

from datetime import timedelta

import pytest

from catalog.times import rfc3339
from provider.ports import ReportedProblem
from tests.provider.overview_world import OverviewWorld, behind, organization
from tests.provider.web_images import NOW, managed

PATH = "/api/v1/overview"
WRONG = "'7x' is not a duration"


def test_the_answer_says_how_things_are(world: OverviewWorld) -> None:
    """The same as the page: numbers, the worst images, the last seven days, problems and checks."""
    world.put(organization(60))
    world.check()
    world.release("1.0.0", "1.1.0")
    world.report(ReportedProblem("app", f"images.yaml:7: {WRONG}", WRONG, "images.yaml", 7, "rebuildDelay"))
    found = world.app().test_client().get(PATH).json
    assert found is not None
    assert (found["at"], found["since"]) == (rfc3339(NOW), rfc3339(NOW - timedelta(days=7)))
    assert found["images"] == {
        "total": 60,
        "upToDate": 40,
        "behind": 16,
        "behindSince": found["behind"][0]["behindSince"],
        "notKnown": 4,
        "failing": 2,
        "held": 2,
        "statuses": [
            {"value": value, "count": count}
            for value, count in [
                ("up-to-date", 40),
                ("waiting", 8),
                ("due", 2),
                ("failed", 2),
                ("held", 2),
                ("rebuilding", 2),
                ("unknown", 2),
                ("unverified", 2),
            ]
        ],
        "baseStatuses": [{"value": "watched", "count": 2}],
    }
    assert len(found["behind"]) == 10
    assert found["behind"][0].keys() == {"name", "owner", "status", "reason", "behindSince"}
    assert found["changes"]["latest"][0].keys() == {"name", "changes", "lastAt", "digest", "dependents"}
    assert {each["value"] for each in found["rebuilds"]["byConclusion"]} <= {"success", "failure"}
    assert len(found["rebuilds"]["latest"]) == 5
    assert found["rebuilds"]["latest"][0]["image"].startswith("payments-service-")
    assert [(each["name"], each["version"]) for each in found["releases"]["latest"]] == [("tool", "1.1.0")]
    assert found["problems"]["total"] == 1
    assert found["problems"]["items"][0]["where"] == "images.yaml:7"
    assert [each["part"] for each in found["parts"]] == [
        "config-repository",
        "discovery",
        "registries",
        "builds",
        "releases",
    ]
    assert None not in [each["nextAt"] for each in found["parts"]]


def test_what_is_not_known_is_null(world: OverviewWorld) -> None:
    """Before the first check, and without a release tracker."""
    found = world.app(tracked=False).test_client().get(PATH).json
    assert found is not None
    assert found["images"]["behindSince"] is None
    assert [(each["lastAt"], each["nextAt"], each["problem"]) for each in found["parts"]] == [(None, None, None)] * 4


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["theirs", "mine"]),
        ("?owner=group:default/a", ["mine"]),
        ("?owner=GROUP:default/A,user:default/mia", ["mine"]),
        ("?owner=group:default/c", []),
        ("?owner=group:default/a,group:default/b", ["theirs", "mine"]),
    ],
)
def test_owners_restrict_the_images(world: OverviewWorld, query: str, names: list[str]) -> None:
    """Several have commas between them, in any case."""
    world.put([behind("mine", 1, owner="group:default/a"), behind("theirs", 2, owner="group:default/b")])
    found = world.app().test_client().get(PATH + query).json
    assert found is not None
    assert [image["name"] for image in found["behind"]] == names


@pytest.mark.parametrize("query", ["?owner=", "?owner=a&owner=b", "?ownr=a", "?status=failed"])
def test_a_query_that_is_not_read_is_refused(world: OverviewWorld, query: str) -> None:
    """An overview that only looks restricted would be the wrong answer."""
    assert world.app().test_client().get(PATH + query).status_code == 422


def test_more_problems_than_are_listed_are_counted(world: OverviewWorld) -> None:
    """GET /api/v1/problems has all of them."""
    world.put([managed("app")])
    world.report(*(ReportedProblem("app", f"{line}", WRONG, "images.yaml", line) for line in range(1, 13)))
    found = world.app().test_client().get(PATH).json
    assert found is not None
    assert (found["problems"]["total"], len(found["problems"]["items"])) == (12, 10)
