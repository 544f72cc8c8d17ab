"""What the script passes to the engine, and what it never does with a value."""

from pathlib import Path

import pytest

from tests.ci_templates.running import IMAGE, PUSHED, Runner

ODD = [
    "a b",
    "'",
    '"',
    "$(touch owned)",
    "`touch owned`",
    "; touch owned",
    "*",
    "\\",
    "\\n",
    "%s",
    "-x",
    "--push",
    "é",
    "~",
]


@pytest.mark.parametrize("value", ODD)
def test_each_value_reaches_the_engine_as_it_is(runner: Runner, value: str) -> None:
    """Quotes, blanks, patterns and commands are text: one argument each."""
    done = runner.build(
        build_args=f"A={value}",
        contexts=f"own={value}",
        arguments=f"--secret\n{value}",
        target=value,
        platforms=value,
        context=value,
        dockerfile=f"x/{value}",
        image=value,
    )

    assert done.status == 0
    assert done.values("--build-arg") == [f"A={value}"]
    assert f"own={value}" in done.values("--build-context")
    assert done.values("--secret") == [value]
    assert done.values("--target") == [value]
    assert done.values("--platform") == [value]
    assert done.values("--file") == [f"x/{value}"]
    assert value in done.values("--tag")
    assert done.arguments[-2:] == ["--", value]
    assert not (runner.folder / "owned").exists()


def test_without_inputs_it_is_an_ordinary_build(runner: Runner) -> None:
    """A push to the branch passes no base images."""
    done = runner.build()

    assert done.status == 0
    assert done.arguments[:3] == ["buildx", "build", "--metadata-file"]
    assert done.arguments[4:] == ["--push", "--tag", IMAGE, "--file", "./Dockerfile", "--", "."]
    assert f"pushed as {PUSHED}" in done.output
    assert "no base images" not in done.output


def test_each_line_is_one_value(runner: Runner) -> None:
    """Blank lines and the line ends of Windows are no values."""
    done = runner.build(build_args="A=1\r\n\n  \nB=2 3", image="ghcr.io/acme/a:1\nghcr.io/acme/a:2\n")

    assert done.values("--build-arg") == ["A=1", "B=2 3"]
    assert done.values("--tag") == ["ghcr.io/acme/a:1", "ghcr.io/acme/a:2"]


def test_a_rebuild_without_base_images_says_that_they_float(runner: Runner) -> None:
    """The list is left out where it is longer than GitHub accepts."""
    done = runner.build(rebuild_id="rb-1", base_images="[]")

    assert "building for rebuild rb-1" in done.output
    assert "no base images were passed" in done.output


@pytest.mark.parametrize(
    "reason", ["::add-mask::x", "a\n::set-output name=digest::x", "##[add-mask]x", "a\r::error::b"]
)
def test_a_reason_is_no_command_of_the_ci_system(runner: Runner, reason: str) -> None:
    """It is shown in one line, without the characters of a command."""
    done = runner.build(reason=reason)

    assert done.status == 0
    (shown,) = [line for line in done.output.splitlines() if "reason:" in line]
    assert not [mark for mark in ("::", "##[", "\r") if mark in done.output]
    assert shown.startswith("image-factory: reason: ")


def test_it_writes_the_digest_where_the_ci_system_reads_it(runner: Runner, tmp_path: Path) -> None:
    """GitHub's outputs and summary, and a file for the others."""
    files = {name: tmp_path / name for name in ("output", "summary", "digest")}
    runner.run(
        "build",
        {
            "IMAGE_FACTORY_IMAGE": IMAGE,
            "IMAGE_FACTORY_REBUILD_ID": "rb-1",
            "IMAGE_FACTORY_DIGEST_FILE": str(files["digest"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
        },
    )

    assert files["digest"].read_text() == PUSHED
    assert files["output"].read_text() == f"digest={PUSHED}\n"
    assert "| rebuild | `rb-1` |" in files["summary"].read_text()


def test_nothing_is_pushed_where_that_is_switched_off(runner: Runner) -> None:
    """For a pull request."""
    assert "--push" not in runner.build(push="false").arguments


def test_buildah_builds_and_pushes_each_tag(runner: Runner, tmp_path: Path) -> None:
    """Without a daemon, as in Tekton."""
    digest = tmp_path / "digest"
    done = runner.build(engine="buildah", image="ghcr.io/acme/a:1\nghcr.io/acme/a:2", digest_file=str(digest))

    assert done.arguments[:2] == ["build", "--iidfile"]
    assert [each for each in done.arguments if each.startswith("docker://")] == [
        "docker://ghcr.io/acme/a:1",
        "docker://ghcr.io/acme/a:2",
    ]
    assert digest.read_text() == PUSHED


def test_buildah_pushes_an_index_for_several_platforms(runner: Runner) -> None:
    """With a manifest list of its own, which is removed."""
    done = runner.build(engine="buildah", platforms="linux/amd64,linux/arm64")

    (name, *_) = done.values("--manifest")
    assert done.arguments[done.arguments.index("manifest") :][:3] == ["manifest", "push", "--all"]
    assert done.arguments[-3:] == ["manifest", "rm", name]


@pytest.mark.parametrize("platforms", ["", "linux/amd64,linux/arm64"])
def test_a_push_without_a_digest_fails_the_job(runner: Runner, platforms: str) -> None:
    """Buildah 1.28 ends with status 0 when it could not push an index."""
    runner.add_tool("buildah", '#!/bin/sh\n[ "$2" != --iidfile ] || printf image-id >"$3"\n')
    done = runner.build(engine="buildah", platforms=platforms)

    assert done.status == 1
    assert f"buildah did not push {IMAGE}" in done.errors


@pytest.mark.parametrize("platforms", ["", "linux/amd64,linux/arm64"])
def test_a_push_has_arguments_of_its_own(runner: Runner, platforms: str) -> None:
    """As for a registry without TLS."""
    done = runner.build(engine="buildah", platforms=platforms, push_arguments="--tls-verify=false\n--creds\na b")

    pushed = done.arguments[: done.arguments.index(f"docker://{IMAGE}") + 1]
    assert pushed[-5:-2] == ["--tls-verify=false", "--creds", "a b"]


@pytest.mark.parametrize("engine", ["buildx", "buildah"])
def test_a_failed_build_fails_the_job(runner: Runner, engine: str) -> None:
    """And shows no digest."""
    done = runner.run("build", {"IMAGE_FACTORY_IMAGE": IMAGE, "IMAGE_FACTORY_ENGINE": engine, "ENGINE_STATUS": "3"})

    assert done.status == 1
    assert "pushed" not in done.output


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image": " \n"}, "IMAGE_FACTORY_IMAGE is empty"),
        ({"engine": "kaniko"}, "IMAGE_FACTORY_ENGINE must be buildx or buildah"),
        ({"push": "yes"}, "IMAGE_FACTORY_PUSH must be true or false"),
        ({"rebuild_id": "$(id)"}, "IMAGE_FACTORY_REBUILD_ID is not an id"),
        ({"rebuild_id": "a\n::error::b"}, "IMAGE_FACTORY_REBUILD_ID is not an id"),
    ],
)
def test_a_setting_that_cannot_be_right_ends_the_build(runner: Runner, settings: dict[str, str], message: str) -> None:
    """With its name, before anything is built."""
    done = runner.build(**settings)

    assert (done.status, done.arguments) == (2, [])
    assert message in done.errors
    assert "::" not in done.errors


@pytest.mark.parametrize(("tool", "engine"), [("docker", "buildx"), ("buildah", "buildah"), ("awk", "buildx")])
def test_a_program_that_is_missing_is_named(runner: Runner, tool: str, engine: str) -> None:
    """Before anything is built."""
    runner.remove_tool(tool)
    done = runner.build(engine=engine)

    assert (done.status, done.arguments) == (2, [])
    assert f"{tool} is not installed here" in done.errors


def test_it_leaves_no_file_behind(runner: Runner) -> None:
    """Its temporary folder is removed, also after a failure."""
    before = sorted(path.name for path in runner.folder.iterdir())
    runner.build()
    runner.build(base_images="{")

    assert sorted(path.name for path in runner.folder.iterdir()) == sorted([*before, "recorded"])


def test_without_a_command_it_explains_itself(runner: Runner) -> None:
    """It has two commands."""
    done = runner.run("both", {})

    assert done.status == 2
    assert "usage: image-factory-build.sh build | report" in done.errors
