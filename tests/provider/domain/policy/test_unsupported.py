"""What the service does not do for a valid enrollment."""

import pytest

from provider.domain.enrollment import Bake, Build, Enrollment, Source
from provider.domain.policy.unsupported import Abilities, Unsupported, unsupported

ALL = Abilities(("github", "gitlab", "git"), ("github-actions", "gitlab", "webhook"))
FEW = Abilities(("github", "git"), ("github-actions",))
WORKFLOW = Build("github-actions", workflow="build.yml")
GITHUB = Source("github", "acme/portal")
GIT = Source("git", "https://git.example.org/portal.git")
GITLAB = Source("gitlab", "acme/portal")


@pytest.mark.parametrize(
    ("source", "build"),
    [
        (None, None),
        (GITHUB, WORKFLOW),
        (GIT, None),
        (GIT, Build("webhook", url="https://ci.example.org/hook")),
        (GITLAB, Build("gitlab")),
        (GITHUB, Build("gitlab", project="acme/portal")),
    ],
)
def test_what_the_service_can_do_is_said_nowhere(source: Source | None, build: Build | None) -> None:
    """A source in git without a build is only tracked, which the documents say."""
    assert list(unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source, build=build), ALL)) == []


@pytest.mark.parametrize(("source", "add"), [(GITHUB, "source.workflow, or build"), (GITLAB, "build")])
def test_a_source_without_a_build_is_never_rebuilt(source: Source, add: str) -> None:
    """The message says which key is missing."""
    (each,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source), ALL)

    assert each == Unsupported(("source",), f"there is no build, so the image is never rebuilt; add {add}")


@pytest.mark.parametrize("build", [None, WORKFLOW])
def test_a_provider_that_is_not_in_the_table_reads_no_dockerfile(build: Build | None) -> None:
    """The message names those that are."""
    (each,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=GITLAB, build=build), FEW)

    message = "gitlab is not supported yet, so no Dockerfile is read; supported: github, git"
    assert each == Unsupported(("source", "provider"), message)


@pytest.mark.parametrize("build", [Build("gitlab", project="acme/a"), Build("webhook", url="https://ci.example.org")])
def test_a_build_system_that_is_not_in_the_table_starts_nothing(build: Build) -> None:
    """The message names those that are."""
    (each,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=GIT, build=build), FEW)

    message = f"{build.system} is not supported yet, so the image is never rebuilt; supported: github-actions"
    assert each == Unsupported(("build", "system"), message)
    (each,) = unsupported(
        Enrollment("a", "ghcr.io", "acme/a", source=GIT, build=build), Abilities(("git",), ("github-actions", "other"))
    )
    assert each.message.endswith("; supported: github-actions, other")


@pytest.mark.parametrize(
    "path",
    ["Dockerfile.j2.prod", "app/Dockerfile.tmpl.hcl", "Dockerfile.ERB.json", "Dockerfile.jinja2.1", "a.template.hcl"],
)
def test_a_path_that_is_a_templates_is_named(path: str) -> None:
    """By an ending before the last one, which the entry may have; in a list with its place."""
    source = Source("github", "acme/a", dockerfiles=(path,))
    (one,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source, build=WORKFLOW), ALL)
    assert one.field == ("source", "dockerfile")
    assert one.message == (
        f"{path} is a template by its name, which is not rendered; "
        "name the Dockerfile that is made from it, or list its images under baseImages"
    )

    source = Source("github", "acme/a", dockerfiles=("Dockerfile", path))
    (one,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source, build=WORKFLOW), ALL)
    assert one.field == ("source", "dockerfile", 1)

    source = Source("github", "acme/a", bake=Bake(path, "app"))
    (one,) = unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source, build=WORKFLOW), ALL)
    assert one.field == ("source", "bake", "file")
    assert one.message == (
        f"{path} is a template by its name, which is not rendered; "
        "name the file that is made from it, or write source.dockerfile or baseImages in its place"
    )


@pytest.mark.parametrize("path", ["Dockerfile", "j2", "templates.tmpl/Dockerfile", "Dockerfile.dev", "app.Dockerfile"])
def test_other_paths_are_no_templates(path: str) -> None:
    """A folder's name and the beginning of a file's name say nothing."""
    source = Source("github", "acme/a", dockerfiles=(path,))

    assert list(unsupported(Enrollment("a", "ghcr.io", "acme/a", source=source, build=WORKFLOW), ALL)) == []


@pytest.mark.parametrize(
    ("source", "build", "covered"),
    [
        (None, None, True),
        (GITHUB, WORKFLOW, True),
        (GITHUB, None, True),
        (GITLAB, None, False),
        (GIT, Build("webhook", url="https://ci.example.org"), False),
    ],
)
def test_abilities_cover_an_enrollment_whose_kinds_they_name(
    source: Source | None, build: Build | None, covered: bool
) -> None:
    """Then no other kinds have to be looked up."""
    assert FEW.cover(Enrollment("a", "ghcr.io", "acme/a", source=source, build=build)) is covered
