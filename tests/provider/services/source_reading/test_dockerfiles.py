"""What is read of a source, from the text of images.yaml to the state file and the inputs of the build."""

import pytest

from catalog.image import DiscoveryStatus
from catalog.reference import Digest, ImageReference
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.enrolled_text import company_with, dependencies, passed, state_text
from tests.provider.services.world import DAY, HOUR

LISTED = "dockerfile: [api/Dockerfile, web/Dockerfile]"


def test_all_listed_dockerfiles_are_read_and_merged() -> None:
    """An image of several files has one dependency with the strongest role."""
    files = {
        "api/Dockerfile": "FROM golang:1 AS build\nFROM debian:12\nCOPY --from=build /a /a\n",
        "web/Dockerfile": "FROM golang:1\n",
    }
    company = company_with(files, LISTED)
    for base in ("golang:1", "debian:12"):
        company.move(base, base)
    company.round.run()

    assert dependencies(company) == {"golang:1": ("final", ("from",)), "debian:12": ("final", ("from",))}
    assert company.sources.asked == [("acme/portal", "api/Dockerfile"), ("acme/portal", "web/Dockerfile")]
    assert "dockerfile:\n    - api/Dockerfile\n    - web/Dockerfile" in state_text(company)
    assert passed(company, "golang:1") == {
        "golang:1": "docker.io/library/golang:1",
        "debian:12": "docker.io/library/debian:12",
    }


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (None, "acme/portal has no web/Dockerfile"),
        ("FROM\n", "web/Dockerfile: line 1"),
        ("", "web/Dockerfile: line 1"),
        ("no instruction\n", "web/Dockerfile: line 1"),
    ],
)
def test_one_file_that_cannot_be_read_loses_nothing_that_is_known(broken: str | None, words: str) -> None:
    """What the other files name is found, what was known stays, and the error names the file."""
    company = company_with({"api/Dockerfile": "FROM golang:1\n", "web/Dockerfile": "FROM node:22\n"}, LISTED)
    company.round.run()
    company.sources.put("acme/portal", "api/Dockerfile", "FROM golang:2\n")
    if broken is None:
        company.sources.remove("acme/portal", "web/Dockerfile")
    else:
        company.sources.put("acme/portal", "web/Dockerfile", broken)
    company.after(DAY)

    assert set(dependencies(company)) == {"golang:1", "golang:2", "node:22"}
    assert company.image().discovery is DiscoveryStatus.FAILED
    assert words in (company.image().discovery_error or "")
    assert "api/Dockerfile" not in (company.image().discovery_error or "")

    company.sources.put("acme/portal", "web/Dockerfile", "FROM node:22\n")
    company.after(DAY)
    assert set(dependencies(company)) == {"golang:2", "node:22"}
    assert company.image().discovery_error is None


def test_an_unresolved_variable_names_its_file_where_there_are_several() -> None:
    """The line alone would not lead anywhere."""
    company = company_with({"api/Dockerfile": "ARG BASE\nFROM $BASE\n", "web/Dockerfile": "FROM node:22\n"}, LISTED)
    company.round.run()

    (missing,) = company.image().unresolved
    assert (missing.name, missing.line, missing.file) == ("BASE", 2, "api/Dockerfile")
    assert "file: api/Dockerfile" in state_text(company)
    assert "depends on node:22; BASE (api/Dockerfile line 2) has no value" in str(company.snapshot.commits)


def test_a_containerfile_is_read_where_there_is_no_dockerfile() -> None:
    """It costs one more request, and only then."""
    company = company_with({"Containerfile": "FROM fedora:42\n"})
    company.round.run()
    assert dependencies(company) == {"fedora:42": ("final", ("from",))}
    assert company.sources.asked == [("acme/portal", "Dockerfile"), ("acme/portal", "Containerfile")]

    both = company_with({"Containerfile": "FROM fedora:42\n", "Dockerfile": "FROM node:22\n"})
    both.round.run()
    assert dependencies(both) == {"node:22": ("final", ("from",))}
    assert both.sources.asked == [("acme/portal", "Dockerfile")]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "acme/portal has neither Dockerfile nor Containerfile; set source.dockerfile, or baseImages"),
        ("dockerfile: Dockerfile", "acme/portal has no Dockerfile on the default branch"),
        ("dockerfile: [Dockerfile]", "acme/portal has no Dockerfile on the default branch"),
        ("dockerfile: Dockerfile\nbaseImages: [node:22]", "acme/portal has no Dockerfile on the default branch"),
        ("branch: next", "acme/portal has no branch next"),
    ],
)
def test_a_missing_dockerfile_says_what_to_do(source: str, message: str) -> None:
    """A file that the enrollment names is not replaced by another one."""
    company = company_with({}, source)
    if "branch" not in source:
        company.sources.put("acme/portal", "Containerfile.dev", "FROM node:22\n")
    company.round.run()

    assert company.image().discovery is DiscoveryStatus.FAILED
    assert message in (company.image().discovery_error or "")
    assert message in company.status()[1]


def test_base_images_by_hand_are_all_that_is_known_without_a_dockerfile() -> None:
    """For images of ko, jib, buildpacks and apko: they are tracked, cause rebuilds and are passed to the build."""
    company = company_with({}, "baseImages: [cgr.dev/acme/static:1, node]")
    company.move("cgr.dev/acme/static:1", "static")
    company.move("node:latest", "node")
    company.round.run()

    assert company.image().discovery is DiscoveryStatus.SUCCESS
    assert dependencies(company) == {"cgr.dev/acme/static:1": ("final", ("by-hand",)), "node": ("final", ("by-hand",))}
    assert "kinds:\n  - by-hand\n  role: final" in state_text(company)
    assert passed(company, "cgr.dev/acme/static:1")["cgr.dev/acme/static:1"] == "cgr.dev/acme/static:1"
    assert [cause.reference for cause in company.last().causes] == ["cgr.dev/acme/static:1"]


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM node:22\n", {"node:22": ("final", ("from",)), "debian:12": ("stage", ("by-hand",))}),
        ("FROM debian:12\n", {"debian:12": ("final", ("from", "by-hand"))}),
        ("FROM node:22\nCOPY --from=debian:12 / /\n", {
            "node:22": ("final", ("from",)), "debian:12": ("stage", ("copy-from", "by-hand")),
        }),
        ("ARG BASE\nFROM $BASE\n", {"debian:12": ("final", ("by-hand",))}),
        ("FROM scratch\n", {"debian:12": ("final", ("by-hand",))}),
    ],
)  # fmt: skip
def test_base_images_beside_a_dockerfile_are_added(
    dockerfile: str, expected: dict[str, tuple[str, tuple[str, ...]]]
) -> None:
    """They are the final base only where the Dockerfile names none."""
    company = company_with({"Dockerfile": dockerfile}, "baseImages: [debian:12]")
    company.round.run()

    assert dependencies(company) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"org.opencontainers.image.base.name": "docker.io/library/node:22"}, {"node:22": ("final", ("label",))}),
        ({"org.opencontainers.image.base.name": "cgr.dev/chainguard/static"}, None),
        ({"org.opencontainers.image.base.name": f"node:22@sha256:{'0' * 64}"}, {"node:22": ("final", ("label",))}),
        ({"org.opencontainers.image.base.name": "Not A Reference"}, {}),
        ({"org.opencontainers.image.base.name": ""}, {}),
        ({"org.opencontainers.image.base.name": "a" * 100_000}, {}),
        ({"org.opencontainers.image.base.digest": f"sha256:{'0' * 64}"}, {}),
        ({}, {}),
    ],
)
def test_the_labels_of_an_image_name_its_base_where_there_is_no_dockerfile(
    labels: dict[str, str], expected: dict[str, tuple[str, tuple[str, ...]]] | None
) -> None:
    """As buildah, ko and jib write them; what is no reference is as no label."""
    company = company_with({})
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("labelled"), labels=labels)
    company.round.run()

    if expected is None:
        expected = {"cgr.dev/chainguard/static:latest": ("final", ("label",))}
    assert dependencies(company) == expected
    assert company.image().discovery is (DiscoveryStatus.SUCCESS if expected else DiscoveryStatus.FAILED)
    if not expected:
        assert "set source.dockerfile, or baseImages" in (company.image().discovery_error or "")


def test_the_digest_label_says_what_the_image_was_built_from() -> None:
    """Name and digest together: the base is tracked, and the image is behind from the start."""
    company = company_with({})
    company.move("node:22", "node now")
    labels = {
        "org.opencontainers.image.base.name": "docker.io/library/node:22",
        "org.opencontainers.image.base.digest": digest_of("node then"),
    }
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("labelled"), labels=labels)
    company.round.run()

    (dependency,) = company.image().dependencies
    assert dependency.built_on
    assert (dependency.built_on.digest, dependency.evidence.value) == (digest_of("node then"), "label")


def test_labels_are_read_again_when_the_registry_answers() -> None:
    """A registry that is down is no image without labels."""
    company = company_with({})
    labels = {"org.opencontainers.image.base.name": "docker.io/library/node:22"}
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("labelled"), labels=labels)
    company.registry.fail("ghcr.io/acme/portal:latest", Unavailable("ghcr.io is down"))
    company.round.run()
    assert "ghcr.io is down; it is tried again" in (company.image().discovery_error or "")

    company.registry.heal()
    company.after(HOUR)
    assert dependencies(company) == {"node:22": ("final", ("label",))}
    assert company.image().discovery_error is None


PER_ARCHITECTURE = {"Dockerfile": "ARG TARGETARCH\nFROM acme/base-${TARGETARCH}:1\n"}


@pytest.mark.parametrize(
    ("platforms", "entry", "expected"),
    [
        (["linux/amd64", "linux/arm64"], "", {"acme/base-amd64:1", "acme/base-arm64:1"}),
        (["linux/arm64", "linux/s390x"], "", {"acme/base-arm64:1", "acme/base-s390x:1"}),
        (["linux/amd64", "linux/arm64"], "platforms: [linux/arm64]", {"acme/base-arm64:1"}),
        ([], "", {"acme/base-amd64:1"}),
    ],
)
def test_without_platforms_a_dockerfile_is_read_for_those_of_the_image(
    platforms: list[str], entry: str, expected: set[str]
) -> None:
    """The first round finds the bases of all platforms that the image has in its registry, and reads once."""
    company = company_with(PER_ARCHITECTURE, entry=entry)
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("index"), platforms=platforms)
    company.round.run()

    assert set(dependencies(company)) == expected
    assert len(company.sources.asked) == 1


def test_a_new_platform_of_the_image_is_discovered() -> None:
    """When the image gets another platform, the base of that platform is watched too; nothing else is read again."""
    company = company_with(PER_ARCHITECTURE)
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("one"), platforms=["linux/amd64"])
    company.round.run()
    assert set(dependencies(company)) == {"acme/base-amd64:1"}

    company.registry.put("ghcr.io/acme/portal:latest", digest_of("two"), platforms=["linux/amd64", "linux/arm64"])
    company.after(HOUR)
    company.restart()
    company.after(HOUR)
    assert set(dependencies(company)) == {"acme/base-amd64:1", "acme/base-arm64:1"}

    company.sources.asked.clear()
    company.after(HOUR)
    assert company.sources.asked == []


def test_an_image_that_is_not_in_its_registry_yet_is_read_for_the_usual_platform() -> None:
    """It is read again when its first build shows its platforms."""
    company = company_with(PER_ARCHITECTURE)
    company.registry.remove(f"ghcr.io/acme/portal@{digest_of('portal 0')}")
    company.round.run()
    assert set(dependencies(company)) == {"acme/base-amd64:1"}

    company.registry.put("ghcr.io/acme/portal:latest", digest_of("two"), platforms=["linux/arm64"])
    company.after(HOUR)
    company.after(HOUR)
    assert set(dependencies(company)) == {"acme/base-arm64:1"}


@pytest.mark.parametrize(
    ("dockerfile", "asks"), [(PER_ARCHITECTURE["Dockerfile"], True), ("FROM acme/base:1\n", False)]
)
def test_the_platform_of_an_image_that_is_no_index_is_asked_for_where_it_matters(
    monkeypatch: pytest.MonkeyPatch, dockerfile: str, asks: bool
) -> None:
    """Only its configuration has it, which costs two requests."""
    company = company_with({"Dockerfile": dockerfile})
    questions: list[ImageReference] = []

    def platform(reference: ImageReference, _: Digest) -> str:
        questions.append(reference)
        return "linux/arm64"

    monkeypatch.setattr(company.registry, "platform", platform)
    company.round.run()

    assert set(dependencies(company)) == {"acme/base-arm64:1" if asks else "acme/base:1"}
    assert len(questions) == asks
