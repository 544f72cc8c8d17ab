"""Images that are built with bake, from the text of images.yaml to the state file and the inputs of the build."""

import pytest

from catalog.image import DiscoveryStatus, Status
from tests.fakes.registry import digest_of
from tests.provider.services.enrolled_text import company_with, dependencies, passed, state_text
from tests.provider.services.world import Company

BAKE = "bake: {file: docker-bake.hcl, target: app}"
FILE = """\
variable "NODE" { default = "22" }
target "app" {
  context = "app"
  args = { NODE = NODE }
  contexts = { base = "target:base" }
}
target "base" { context = "base" }
target "other" { context = "other" }
"""
FILES = {
    "docker-bake.hcl": FILE,
    "app/Dockerfile": "ARG NODE\nFROM node:${NODE}\nCOPY --from=golang:1 /a /a\n",
    "base/Dockerfile": "FROM debian:12\n",
    "Dockerfile": "FROM never:1\n",
    "other/Dockerfile": "FROM never:2\n",
}


def run(files: dict[str, str], source: str = BAKE, entry: str = "") -> Company:
    """One round over the portal with these files."""
    company = company_with(files, source, entry)
    for reference in ("node:22", "golang:1", "debian:12"):
        company.move(reference, reference)
    company.round.run()
    return company


def test_the_dockerfiles_of_a_bake_target_are_read() -> None:
    """With its arguments; a target that is a context of it is another part of the build."""
    company = run(FILES)

    assert dependencies(company) == {
        "node:22": ("final", ("from",)),
        "golang:1": ("stage", ("copy-from",)),
        "debian:12": ("stage", ("from",)),
    }
    assert company.sources.asked == [
        ("acme/portal", "docker-bake.hcl"), ("acme/portal", "app/Dockerfile"), ("acme/portal", "base/Dockerfile"),
    ]  # fmt: skip
    assert "bake:\n      file: docker-bake.hcl\n      target: app\n" in state_text(company)
    assert passed(company, "node:22") == {
        "node:${NODE}": "docker.io/library/node:22",
        "golang:1": "docker.io/library/golang:1",
        "debian:12": "docker.io/library/debian:12",
    }


def test_the_base_of_a_target_that_the_image_is_built_on_is_its_final_base() -> None:
    """The Dockerfile of the image itself then names no base from a registry."""
    company = run({**FILES, "app/Dockerfile": "FROM scratch\nCOPY --from=golang:1 /a /a\n"})
    assert dependencies(company)["debian:12"] == ("final", ("from",))


def test_build_arguments_set_the_variables_of_the_bake_file() -> None:
    """As the environment does for a person."""
    company = run(FILES, f'{BAKE}\nbuildArgs: {{NODE: "24"}}')
    assert "node:24" in dependencies(company)


@pytest.mark.parametrize(
    ("platforms", "entry", "expected"),
    [
        ('platforms = ["linux/arm64"]', "", {"acme/base-arm64"}),
        ('platforms = ["linux/arm64"]', "platforms: [linux/s390x]", {"acme/base-s390x"}),
        ("", "", {"acme/base-riscv64"}),
        ('platforms = ["local"]', "", {"acme/base-riscv64"}),
    ],
)
def test_platforms_are_those_of_the_enrollment_else_of_the_target_else_of_the_image(
    platforms: str, entry: str, expected: set[str]
) -> None:
    """The nearest to the build comes first."""
    files = {
        "docker-bake.hcl": f'target "app" {{\n{platforms}\n}}\n',
        "Dockerfile": "ARG TARGETARCH\nFROM acme/base-${TARGETARCH}\n",
    }
    company = company_with(files, BAKE, entry)
    company.registry.put("ghcr.io/acme/portal:latest", digest_of("index"), platforms=["linux/riscv64"])
    company.round.run()
    assert set(dependencies(company)) == expected


def test_a_dockerfile_in_the_bake_file_is_read() -> None:
    """Its errors and variables name the target."""
    text = 'target "app" {\n dockerfile-inline = <<E\nARG BASE\nFROM $BASE\nFROM node:22\nE\n}\n'
    company = run({"docker-bake.hcl": text})
    assert dependencies(company) == {"node:22": ("final", ("from",))}
    assert [(each.name, each.line) for each in company.image().unresolved] == [("BASE", 2)]

    company = run({"docker-bake.hcl": 'target "app" {\n dockerfile-inline = "hunter2"\n}\n'})
    assert "docker-bake.hcl (target app): line 1" in (company.image().discovery_error or "")
    assert "hunter2" not in f"{company.image()} {company.status()}".replace(FILE, "")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "acme/portal has no docker-bake.hcl on the default branch"),
        ({"docker-bake.hcl": "hunter2 = = 1"}, "docker-bake.hcl: line 1: this is not HCL"),
        ({"docker-bake.hcl": 'target "hunter2" {}'}, "docker-bake.hcl: line 1: no target or group is named app"),
        ({"docker-bake.hcl": 'target "app" { context = "hunter2" }'}, "acme/portal has no hunter2/Dockerfile"),
        (
            {"docker-bake.hcl": 'target "app" { dockerfile = "/hunter2" }'},
            "docker-bake.hcl: line 1: the Dockerfile of the",
        ),
    ],
)
def test_an_error_of_the_bake_file_names_it_and_loses_nothing(files: dict[str, str], message: str) -> None:
    """What was known stays; only a missing Dockerfile is named by its path."""
    company = run(FILES)
    known = dependencies(company)
    for path in FILES:
        company.sources.remove("acme/portal", path)
    for path, text in files.items():
        company.sources.put("acme/portal", path, text)
    company.round.check(["portal"])

    state = company.image()
    assert state.discovery is DiscoveryStatus.FAILED
    assert message in (state.discovery_error or "")
    assert ("hunter2" in (state.discovery_error or "")) == ("hunter2" in message)
    assert dependencies(company) == known


def test_what_is_not_understood_is_shown_with_file_and_line() -> None:
    """The image is not one that names nothing from outside."""
    company = run({"docker-bake.hcl": 'target "app" {\n matrix = {}\n}\n', "Dockerfile": "FROM scratch\n"})

    (warning,) = company.image().warnings
    assert (warning.file, warning.line) == ("docker-bake.hcl", 2)
    assert company.image().discovery is DiscoveryStatus.SUCCESS
    assert company.status()[0] == Status.UNKNOWN.value
    assert "docker-bake.hcl line 2 is not understood" in str(company.snapshot.commits)
    assert "file: docker-bake.hcl" in state_text(company)


def test_a_context_that_is_not_understood_is_unresolved() -> None:
    """Its image is not watched, so the image is not up to date."""
    bake = 'target "app" {\n contexts = { base = upper("x") }\n}\n'
    company = run({"docker-bake.hcl": bake, "Dockerfile": "FROM base AS b\nFROM node:22\nCOPY --from=b / /\n"})

    assert dependencies(company) == {"node:22": ("final", ("from",))}
    assert company.status()[0] == Status.UNKNOWN.value
    assert "base (docker-bake.hcl line 2) has no value" in company.status()[1]


def test_a_dockerfile_of_another_repository_is_an_error_until_its_images_are_named() -> None:
    """What the other targets name is found."""
    bake = (
        'group "app" { targets = ["a", "b"] }\ntarget "a" {\n context = "https://github.com/acme/x.git"\n}\n'
        'target "b" {}\n'
    )
    company = run({"docker-bake.hcl": bake, "Dockerfile": "FROM node:22\n"})

    assert dependencies(company) == {"node:22": ("final", ("from",))}
    assert company.image().discovery is DiscoveryStatus.FAILED
    assert "docker-bake.hcl: line 3: the context is not in this repository" in company.status()[1]


def test_base_images_by_hand_are_added_to_a_bake_target() -> None:
    """For a Dockerfile in another repository."""
    source = f"{BAKE}\nbaseImages: [node:22]"
    company = run({"docker-bake.hcl": 'target "app" {\n context = "https://github.com/acme/x.git"\n}\n'}, source)
    assert dependencies(company) == {"node:22": ("final", ("by-hand",))}
