"""The JSON of the base images becomes build contexts, whatever it contains."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.reference import Digest, ImageReference
from provider.domain.state import Target
from tests.ci_templates.running import Runner

DIGEST = Digest("sha256:" + "b" * 64)
OTHER = Digest("sha256:" + "c" * 64)
PER_SHELL = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""The runner is used again for each example: it keeps nothing."""


def _target(written: str, registry: str, repository: str, tag: str | None, digest: Digest = DIGEST) -> Target:
    return Target("name", written, ImageReference(registry, repository, tag), digest, cause=True)


def _json(*targets: Target) -> str:
    return json.dumps([target.document() for target in targets], separators=(",", ":"))


def test_each_base_is_a_context_under_every_way_to_write_it(runner: Runner) -> None:
    """BuildKit normalises names; buildah compares with the text after variables are expanded."""
    done = runner.build(
        base_images=_json(
            _target("node:${NODE}", "docker.io", "library/node", "22"),
            _target("busybox", "docker.io", "library/busybox", None),
            _target("base", "ghcr.io", "acme/base", "1"),
            _target("127.0.0.1:5000/a/b__c-d", "127.0.0.1:5000", "a/b__c-d", "latest", OTHER),
        )
    )

    node, busybox = (
        f"docker-image://docker.io/library/node@{DIGEST}",
        f"docker-image://docker.io/library/busybox@{DIGEST}",
    )
    base, local = f"docker-image://ghcr.io/acme/base@{DIGEST}", f"docker-image://127.0.0.1:5000/a/b__c-d@{OTHER}"
    assert done.contexts == {
        "docker.io/library/node:22": node,
        "library/node:22": node,
        "docker.io/node:22": node,
        "node:22": node,
        **{f"{name}{tag}": busybox for name in _SHORT for tag in ("", ":latest")},
        "ghcr.io/acme/base:1": base,
        "base": base,
        "127.0.0.1:5000/a/b__c-d": local,
        "127.0.0.1:5000/a/b__c-d:latest": local,
    }


_SHORT = ("docker.io/library/busybox", "library/busybox", "docker.io/busybox", "busybox")


def test_it_says_what_is_built_on(runner: Runner) -> None:
    """A person sees each base image with its digest."""
    done = runner.build(base_images=_json(_target("node", "docker.io", "library/node", "22")), rebuild_id="rb-1")

    assert f"base image docker.io/library/node:22 is built on as {DIGEST}" in done.output


def test_contexts_of_the_team_come_first(runner: Runner) -> None:
    """The last one of a name counts: what is passed cannot be undone by an old context."""
    done = runner.build(contexts="node:22=./mine", base_images=_json(_target("n", "docker.io", "library/node", "22")))

    assert done.values("--build-context")[0] == "node:22=./mine"
    assert done.contexts["node:22"].startswith("docker-image://")


@pytest.mark.parametrize(
    "written", ["node:${NODE}", "$IMAGE", '"node:22"', "${A:-$(touch${IFS}owned)}", "a;b", "--push"]
)
def test_buildah_finds_what_is_written(runner: Runner, written: str) -> None:
    """It compares before it expands variables, so the text itself is a name."""
    done = runner.build(engine="buildah", base_images=_json(_target(written, "ghcr.io", "acme/base", "1")))

    assert list(done.contexts) == ["ghcr.io/acme/base:1", written]
    assert not (runner.folder / "owned").exists()


@pytest.mark.parametrize(
    "written", ["a b", "$(touch owned)", "`id`", "a\nb", "a\tb", "-x", "--push", "a=b", "ü", "a;b", '"', "'", "\\", ""]
)
def test_what_is_written_is_a_name_only_where_it_can_be_one(runner: Runner, written: str) -> None:
    """Other text is left out; the names of the reference itself stay."""
    done = runner.build(base_images=_json(_target(written, "ghcr.io", "acme/base", "1")))

    assert done.status == 0
    assert list(done.contexts) == ["ghcr.io/acme/base:1"]
    assert not (runner.folder / "owned").exists()


@pytest.mark.parametrize("text", ["", "[]", " [ ] ", "\n[\n]\n"])
def test_no_base_images_are_no_contexts(runner: Runner, text: str) -> None:
    """An empty list, or none."""
    done = runner.build(base_images=text)

    assert (done.status, done.contexts) == (0, {})


def test_json_may_be_laid_out_and_escaped_as_it_likes(runner: Runner) -> None:
    """Blanks, the order of keys, unknown keys, escapes and null."""
    text = (
        '[ {"digest" : "' + DIGEST + '",\n "tag":null, "cause": true, "more": -1.5e3, "name": "x\\u0022\\n", '
        '"reference": "ghcr.io\\/acme\\u002fbase", "written": "\\u0062ase" } ]'
    )
    done = runner.build(base_images=text)

    assert done.contexts.keys() == {"ghcr.io/acme/base", "ghcr.io/acme/base:latest", "base"}


_ITEM = {"name": "n", "written": "n", "reference": "ghcr.io/a/b", "tag": "1", "digest": DIGEST, "cause": True}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "it is not a JSON array"),
        ("[1]", "item 1 is not an object"),
        ("[{", "it is not the JSON that Image Factory writes, in item 1"),
        ('[{"a":[1]}]', "it is not the JSON that Image Factory writes, in item 1"),
        ("[{}]", "the reference of item 1 is not"),
        (json.dumps([_ITEM])[:-1], "it is not the JSON that Image Factory writes, after item 1"),
        (json.dumps([_ITEM]) + "; id", "there is text after the JSON array"),
        *(
            (json.dumps([_ITEM, _ITEM | {"reference": reference}]), "the reference of item 2 is not")
            for reference in (
                "",
                "node",
                "ghcr.io/a b",
                "ghcr.io/a$(id)",
                "ghcr.io/a'",
                'ghcr.io/a"',
                "ghcr.io/a\n",
                "-x/a",
                "a=b/c",
            )
            if reference != "-x/a"
        ),
        *(
            (json.dumps([_ITEM | {"tag": tag}]), "the tag of item 1 is not a tag")
            for tag in ("a b", "$(id)", "1'", "é", "a\nb", "-1", "a=b", "1@sha256")
        ),
        *(
            (json.dumps([_ITEM | {"digest": digest}]), "the digest of item 1 is not a digest")
            for digest in (
                "",
                "sha256:b",
                "sha256:" + "B" * 64,
                "sha256:" + "b" * 63 + "g",
                DIGEST + "\n",
                "md5:" + "b" * 32,
            )
        ),
    ],
)
def test_what_is_no_reference_ends_the_build(runner: Runner, text: str, message: str) -> None:
    """With the number of the item, and without its text."""
    done = runner.build(base_images=text)

    assert (done.status, done.arguments) == (2, [])
    assert message in done.errors
    assert len(done.errors.splitlines()) == 1
    assert "$(id)" not in done.errors


@PER_SHELL
@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_text_of_a_dockerfile_is_read_back(runner: Runner, texts: list[str]) -> None:
    """Whatever the items' names and texts are, each image is pinned."""
    targets = [_target(text, "ghcr.io", f"acme/a{number}", "1") for number, text in enumerate(texts)]
    done = runner.build(base_images=_json(*targets))

    assert done.status == 0
    assert {f"ghcr.io/acme/a{number}:1" for number in range(len(texts))} <= done.contexts.keys()


def test_the_longest_list_is_read_in_seconds(runner: Runner) -> None:
    """GitHub accepts 65,535 characters."""
    targets = [_target(f"ghcr.io/acme/base-{n}:1", "ghcr.io", f"acme/base-{n}", "1") for n in range(320)]
    text = _json(*targets)
    assert 60_000 < len(text) < 65_535

    assert len(runner.build(base_images=text).contexts) == 320
