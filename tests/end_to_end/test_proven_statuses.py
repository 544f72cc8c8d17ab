"""Statuses are proven from what registries and Dockerfiles show, and every place shows the same status."""

import html
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from catalog.annotations import PREFIX
from catalog.image import Evidence, Status
from provider.pages.image.labels import evidence_label, status_sign
from tests.end_to_end.proven_world import SOURCES, ProvenWorld, passed_digests, proven_world

_PROVEN = "built on the latest eligible digest of every base image"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as a caller of the API sees it.

    Attributes:
        of: the repository of the dependency.
        built_on: which of its digests the image was built from, `first` or `newest`; None: not known.
        evidence: how this is known.
        newest: whether the newest digest is known.
        status: of the dependency itself.
    """

    of: str
    built_on: str | None
    evidence: Evidence | None
    status: Status = Status.WATCHED
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """What is shown for one image: its status, a pattern that its whole reason matches, and its dependencies."""

    status: Status
    reason: str
    dependencies: tuple[Dependency, ...] = ()


def _layers(of: str, status: Status = Status.WATCHED, built_on: str = "newest") -> Dependency:
    return Dependency(of, built_on, Evidence.LAYERS, status)


def _unreadable(of: str) -> Dependency:
    return Dependency(of, None, None, Status.ERROR, newest=False)


_NODE = _layers("library/node")
_OLD_RUBY = _layers("library/ruby", built_on="first")
_PARENT_WAITS = r"debian:12 changed on .+; rebuild on or after .+ \(7-day delay\)"
_BY_HAND = r"which digest of node:22 it was built from is not known; a rebuild makes it certain"
_PINNED = "in the Dockerfile, and the tag"
_WRITE_NEWER = "; change the digest in the Dockerfile to build on the newer one"
_TEMPLATE = r"Dockerfile: line 1: this looks like a template \(Jinja or Go\); name the generated file"
_NO_VALUE = r"V \(line 2\) has no value, so the image that it names is not watched"

CASES = {
    "no-value": Case(Status.UNKNOWN, _NO_VALUE),
    "one-without-value": Case(Status.UNKNOWN, _NO_VALUE, (_NODE,)),
    "absent-base": Case(Status.UNKNOWN, "node:99 cannot be checked: .+ answered 404 .+", (_unreadable("node:99"),)),
    "private-base": Case(
        Status.UNKNOWN, "[^ ]+/acme/secret:1 cannot be checked: .+ answered 401 .+", (_unreadable("acme/secret:1"),)
    ),
    "pinned": Case(
        Status.HELD,
        f"python:3 is pinned to [0-9a-f]{{12}} {_PINNED} moved on .+{_WRITE_NEWER}",
        (Dependency("library/python", "first", Evidence.LAYERS),),
    ),
    "pinned-old": Case(
        Status.HELD,
        f"perl:5 is pinned to [0-9a-f]{{12}} {_PINNED} points to [0-9a-f]{{12}}{_WRITE_NEWER}",
        (Dependency("library/perl", "newest", Evidence.LAYERS),),
    ),
    "pinned-current": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/node", "first", Evidence.LAYERS),)),
    "pinned-alone": Case(
        Status.UNKNOWN,
        "node@sha256:[0-9a-f]{64} is pinned without a tag, so whether it is the latest is not known; "
        "write the tag before the digest",
        (Dependency("node@sha256:", None, None, newest=False),),
    ),
    "child-of-pinned": Case(
        Status.WAITING, "waiting for pinned: python:3 is pinned to .+", (_layers("acme/pinned", Status.HELD),)
    ),
    "parent": Case(Status.WAITING, _PARENT_WAITS, (_layers("library/debian", built_on="first"),)),
    "child": Case(Status.WAITING, f"waiting for parent: {_PARENT_WAITS}", (_layers("acme/parent", Status.WAITING),)),
    "grandchild": Case(
        Status.WAITING,
        rf"waiting for parent \(through child\): {_PARENT_WAITS}",
        (_layers("acme/child", Status.WAITING),),
    ),
    "doubtful-child": Case(
        Status.UNVERIFIED,
        f"built from by-hand, which is unverified: {_BY_HAND}",
        (_layers("acme/by-hand", Status.UNVERIFIED),),
    ),
    "by-hand": Case(Status.UNVERIFIED, _BY_HAND, (Dependency("library/node", "newest", Evidence.ASSUMED),)),
    "by-layers": Case(Status.UP_TO_DATE, _PROVEN, (_NODE,)),
    "by-label": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/node", "newest", Evidence.LABEL),)),
    "no-dockerfile": Case(
        Status.ERROR,
        "acme/no-dockerfile has neither Dockerfile nor Containerfile; set source.dockerfile, or baseImages",
    ),
    "label-alone": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/node", "newest", Evidence.LABEL),)),
    "scratch": Case(Status.UP_TO_DATE, "its Dockerfile names no image from outside"),
    "template": Case(Status.ERROR, _TEMPLATE),
    "one-word": Case(
        Status.UNKNOWN, r"assets \(line 2\) is no stage, and no registry had it; .+ {assets: local}; .+", (_NODE,)
    ),
    "copy-without-value": Case(
        Status.UNKNOWN, r"W \(line 3\) has no value, so the image that it names is not watched", (_NODE,)
    ),
    "context": Case(Status.UNKNOWN, "shared cannot be checked: .+ answered 404 .+", (_unreadable("shared"),)),
    "platform-without-value": Case(Status.UP_TO_DATE, _PROVEN, (_NODE,)),
    "mount": Case(
        Status.WAITING,
        "golang:1 changed on .+; rebuild on or after .+",
        (_NODE, Dependency("library/golang", "first", Evidence.ASSUMED)),
    ),
    "scratch-with-copy": Case(
        Status.WAITING, "tools:1 changed .+", (Dependency("library/tools", "first", Evidence.ASSUMED),)
    ),
    "child-of-error": Case(
        Status.UNKNOWN,
        f"built from template, which is error: {_TEMPLATE}",
        (_layers("acme/template", Status.ERROR),),
    ),
    "circle": Case(
        Status.ERROR,
        "depends on itself: circle -> circle; remove the cycle from one of the Dockerfiles",
        (_layers("acme/circle", Status.ERROR),),
    ),
    "final-only": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/golang", "first", Evidence.ASSUMED), _NODE)),
    "unused-stage": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/golang", "first", Evidence.ASSUMED), _NODE)),
    "lost-platform": Case(
        Status.WAITING,
        "tools:1 changed on .+, but the new index has no linux/arm64; waiting until it has",
        (_NODE, Dependency("library/tools", "first", Evidence.ASSUMED)),
    ),
    "ignores": Case(
        Status.UNVERIFIED,
        "the last rebuild was told to use [0-9a-f]{12} of ruby:3, but the new image is built from another digest; "
        "check how the workflow uses image_factory_base_images",
        (Dependency("library/ruby", "newest", Evidence.MISMATCH),),
    ),
    "obeys": Case(Status.UP_TO_DATE, _PROVEN, (Dependency("library/ruby", "newest", Evidence.VERIFIED),)),
    "undeclared": Case(Status.UP_TO_DATE, _PROVEN, (_layers("library/ruby"),)),
    "undeclared-flat": Case(
        Status.UNVERIFIED,
        "which digest of ruby:3 it was built from is not known; "
        "declare the input image_factory_base_images in the workflow",
        (Dependency("library/ruby", "newest", Evidence.ASSUMED),),
    ),
    "by-hand-only": Case(Status.HELD, "ruby:3 changed, but autoRebuild is off", (_OLD_RUBY,)),
    "fails": Case(
        Status.FAILED,
        "rebuild [0-9a-f]{12} ended with failure; the next attempt follows when a base image changes again",
        (_OLD_RUBY,),
    ),
    "hangs": Case(Status.REBUILDING, r"rebuild [0-9a-f]{12} is in progress \(https://.+\)", (_OLD_RUBY,)),
    "next": Case(
        Status.DUE,
        "waiting for hangs, which is rebuilt first",
        (Dependency("library/ruby", "first", Evidence.ASSUMED), _layers("acme/hangs", Status.REBUILDING)),
    ),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenWorld]:
    """The world of all images, after the changes."""
    with proven_world(tmp_path_factory.mktemp("proven")) as world:
        yield world


def test_every_image_and_every_status_is_a_case() -> None:
    """The table of cases lists all images of the world, and an image for each status of a managed image."""
    assert CASES.keys() == SOURCES.keys()
    assert {case.status for case in CASES.values()} == set(Status) - {Status.WATCHED}


@pytest.mark.parametrize("name", CASES)
def test_the_api_names_the_status_its_reason_and_what_each_dependency_shows(world: ProvenWorld, name: str) -> None:
    """The status is the proven one, and the reason names the dependency and what is wrong with it."""
    case, image = CASES[name], world.image(name)

    assert (image["status"], name) == (case.status.value, name)
    assert re.fullmatch(case.reason, image["reason"]), image["reason"]
    assert len(image["dependencies"]) == len(case.dependencies)
    for expected in case.dependencies:
        repository = expected.of.removeprefix("library/")
        (dependency,) = [one for one in image["dependencies"] if repository in one["reference"]]
        built_on = {None: None, "first": world.first, "newest": world.newest}[expected.built_on]
        assert dependency["builtOn"] == (built_on[expected.of].digest if built_on else None)
        assert dependency["evidence"] == (expected.evidence.value if expected.evidence else None)
        assert dependency["newest"] == (world.newest[expected.of].digest if expected.newest else None)
        assert dependency["status"] == expected.status.value


@pytest.mark.parametrize("name", CASES)
def test_the_page_shows_the_status_the_reason_and_the_evidence(world: ProvenWorld, name: str) -> None:
    """The page has the words of the API: its headline, its reason, and each dependency with its evidence."""
    image, page = world.image(name), world.get(f"/images/{name}")
    headline = re.search(r'<p class="headline">(.*?)</p>\s*<p class="why">(.*?)</p>', page, re.DOTALL)

    assert headline
    assert status_sign(image["status"]).word in _text(headline[1])
    assert _text(headline[2]) == image["reason"]
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)
    for dependency in image["dependencies"]:
        row = next(row for row in rows if f'href="/images/{dependency["name"]}"' in row)
        assert status_sign(dependency["status"]).word in row
        assert dependency["builtOn"] is None or dependency["builtOn"] in row
        assert dependency["evidence"] is None or evidence_label(dependency["evidence"]) in row
        assert _newest(dependency) in row


@pytest.mark.parametrize("name", CASES)
def test_the_entity_has_the_status_the_reason_and_the_evidence(world: ProvenWorld, name: str) -> None:
    """Backstage gets the status as an annotation and as a tag, with the final base and its evidence."""
    image, metadata = world.image(name), world.entities()[name]["metadata"]
    annotations = metadata["annotations"]

    assert annotations[f"{PREFIX}/rebuild-status"] == image["status"]
    assert annotations[f"{PREFIX}/rebuild-reason"] == image["reason"]
    assert [tag for tag in metadata["tags"] if tag in set(Status)] == [image["status"]]
    final = [dependency for dependency in image["dependencies"] if dependency["role"] == "final"]
    digests = [one["builtOn"] or one["reference"].partition("@")[2] for one in final]
    assert annotations.get(f"{PREFIX}/built-from", "@").partition("@")[2] == "".join(digests)
    assert annotations.get(f"{PREFIX}/evidence") == next((one["evidence"] for one in final), None)


def test_the_metric_the_filters_and_the_command_line_count_the_same_statuses(world: ProvenWorld) -> None:
    """Every place has the same status for every image, also for the base images."""
    words = {name: image["status"] for name, image in world.images().items()}
    counted = re.findall(r'^image_factory_images{status="([a-z-]+)"} ([0-9.]+)$', world.get("/metrics"), re.MULTILINE)
    command = subprocess.run(
        [sys.executable, "-m", "provider", "status", "--format", "json"],
        env=world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert {status: float(number) for status, number in counted} == {
        status.value: Counter(words.values())[status.value] for status in Status
    }
    assert {image["name"]: image["status"] for image in json.loads(command.stdout)} == words
    for status in Status:
        filtered = json.loads(world.get(f"/api/v1/images?status={status.value}&pageSize=100"))["items"]
        assert {image["name"] for image in filtered} == {name for name, word in words.items() if word == status.value}
        page = world.get(f"/images?status={status.value}")
        rows = set(re.findall(r'<th scope="row"><a href="/images/([^"]+)"', page))
        assert rows == {image["name"] for image in filtered}


def test_a_child_waits_until_the_time_of_its_parent(world: ProvenWorld) -> None:
    """The earliest rebuild of a child and a grandchild is that of the parent, on the API and in Backstage."""
    times = {world.image(name)["nextEligibleAt"] for name in ("parent", "child", "grandchild")}
    entities = world.entities()

    assert len(times) == 1
    assert None not in times
    key = f"{PREFIX}/rebuild-eligible-at"
    assert len({entities[name]["metadata"]["annotations"][key] for name in ("parent", "child", "grandchild")}) == 1


def test_only_images_with_a_changed_base_that_the_build_pulls_are_built(world: ProvenWorld) -> None:
    """A stage that the target never needs, a stage without `rebuildOn: all` and an incomplete index cause no build."""
    assert Counter(name for name, _ in world.builds) == {
        "ignores": 1,
        "obeys": 1,
        "undeclared": 1,
        "undeclared-flat": 1,
        "fails": 1,
        "hangs": 1,
    }
    ruby = world.newest["library/ruby"].digest
    given = {name: passed_digests(inputs) for name, inputs in world.builds}
    assert given["obeys"] == given["ignores"] == [ruby]
    assert given["undeclared"] == given["undeclared-flat"] == []


@pytest.mark.parametrize("path", ["/api/v1/images", "/images"])
@pytest.mark.parametrize("parameter", ["sha", "since", "standsOn", "builtfrom"])
def test_a_query_parameter_that_is_not_known_is_refused(world: ProvenWorld, path: str, parameter: str) -> None:
    """A question that cannot be answered gets no answer to another one: 422, with the parameters that are known."""
    status, text = world.answer(f"{path}?{parameter}={world.first['library/ruby'].digest}")

    assert status == 422
    assert f"Query parameter {parameter}" in text
    assert "builtFrom, " in text


def test_the_images_that_were_built_from_a_digest_are_found(world: ProvenWorld) -> None:
    """The old digest of a base finds the images that are still built from it, with those built from them on request."""
    old = world.first["library/debian"].digest

    assert _found(world, f"builtFrom={old}") == {"parent"}
    assert _found(world, f"builtFrom={old}&transitive=true") == {"parent", "child", "grandchild"}
    assert _found(world, f"builtFrom={world.newest['library/debian'].digest}") == set()
    assert {"by-hand-only", "fails", "hangs"} <= _found(world, f"builtFrom={world.first['library/ruby'].digest}")


def _found(world: ProvenWorld, query: str) -> set[str]:
    """The names that the API finds; the page finds the same."""
    found = {image["name"] for image in json.loads(world.get(f"/api/v1/images?{query}&pageSize=100"))["items"]}
    page = world.get(f"/images?{query}")
    assert {name for name in SOURCES if f'href="/images/{name}"' in page} == found
    return found


def _newest(dependency: Mapping[str, Any]) -> str:
    """What the page says about the newest digest."""
    if dependency["newest"] is None:
        return "Not "
    return "Same digest" if dependency["newest"] == dependency["builtOn"] else str(dependency["newest"])


def _text(markup: str) -> str:
    """The text of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))
