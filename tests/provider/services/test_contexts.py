"""Named build contexts, from the text of images.yaml to the state file and the inputs of the build."""

import pytest

from catalog.image import DiscoveryStatus
from tests.provider.services.enrolled_text import company_with, dependencies, passed, state_text
from tests.provider.services.world import Company

CONTEXTS = 'contexts: {src: local, base: "docker-image://ghcr.io/acme/base:1"}'


def run(dockerfile: str, source: str = CONTEXTS) -> Company:
    """One round over the portal with this Dockerfile."""
    company = company_with({"Dockerfile": dockerfile}, source)
    for reference in ("node:22", "ghcr.io/acme/base:1", "src:latest", "base:latest"):
        company.move(reference, reference)
    company.round.run()
    return company


def test_a_local_context_is_no_image_and_another_one_is_tracked_and_passed_under_its_name() -> None:
    """The workflow pins the name that the Dockerfile has; nothing is passed for a folder."""
    company = run("FROM base AS build\nCOPY --from=src . /app\nFROM node:22\nCOPY --from=build /app /app\n")

    assert dependencies(company) == {"ghcr.io/acme/base:1": ("stage", ("from",)), "node:22": ("final", ("from",))}
    assert "contexts:\n      src: local\n      base: docker-image://ghcr.io/acme/base:1\n" in state_text(company)
    assert set(company.store.read().bases) == {"ghcr-io-acme-base-1", "node-22"}
    assert passed(company, "ghcr.io/acme/base:1") == {
        "base": "ghcr.io/acme/base:1",
        "node:22": "docker.io/library/node:22",
    }


@pytest.mark.parametrize(
    ("dockerfile", "contexts", "expected"),
    [
        ("FROM base\n", "base: local", {}),
        ("FROM base\n", 'base: "docker-image://node"', {"node": ("final", ("from",))}),
        ("FROM node:22\nCOPY --from=base / /\n", 'base: "docker-image://a:1"', {
            "node:22": ("final", ("from",)), "a:1": ("stage", ("copy-from",)),
        }),
        ("FROM node:22\nRUN --mount=from=src,target=/s x\n", "src: local", {"node:22": ("final", ("from",))}),
        ("FROM node:22\n", '"node:22": "docker-image://mirror.test/node:22"', {
            "mirror.test/node:22": ("final", ("from",)),
        }),
        ("FROM node:22\n", '"docker.io/library/node:22": local', {}),
        ("FROM node:22 AS build\nFROM build\n", 'build: "docker-image://a:1"', {"a:1": ("final", ("from",))}),
    ],
)  # fmt: skip
def test_a_context_replaces_what_the_dockerfile_names(
    dockerfile: str, contexts: str, expected: dict[str, tuple[str, tuple[str, ...]]]
) -> None:
    """A stage, an image or a name alone, as BuildKit compares names."""
    found = dependencies(run(dockerfile, f"contexts: {{{contexts}}}"))
    assert {name: found[name] for name in expected} == expected
    assert {name for name, (role, _) in found.items() if role != "unused"} == set(expected)


def test_a_file_that_uses_local_contexts_alone_names_nothing_from_outside() -> None:
    """Its discovery is `none`: a person said so."""
    company = run("FROM src\n")
    assert company.image().discovery is DiscoveryStatus.NONE


def test_a_changed_context_is_discovered() -> None:
    """The source has changed, although its files have not."""
    company = run("FROM base\n")
    other = company_with({}, 'contexts: {base: "docker-image://node:22"}')
    other.snapshot.pull()
    company.snapshot.enroll(*other.store.read().enrollments.values())
    company.round.run()
    assert dependencies(company) == {"node:22": ("final", ("from",))}


def test_contexts_of_a_bake_target_are_read_like_those_of_an_enrollment() -> None:
    """An image is tracked and passed under its name; a folder is not."""
    bake = 'target "app" {\n contexts = { base = "docker-image://ghcr.io/acme/base:1", src = "./src" }\n}\n'
    files = {"docker-bake.hcl": bake, "Dockerfile": "FROM base\nCOPY --from=src / /\n"}
    company = company_with(files, "bake: {file: docker-bake.hcl, target: app}")
    company.move("ghcr.io/acme/base:1", "base")
    company.round.run()

    assert dependencies(company) == {"ghcr.io/acme/base:1": ("final", ("from",))}
    assert passed(company, "ghcr.io/acme/base:1") == {"base": "ghcr.io/acme/base:1"}
