"""Tests of a bake file as a whole: its size, its groups, and what its targets inherit."""

import time
from contextlib import nullcontext

import pytest

from provider.domain.bake.blocks import LARGEST
from provider.domain.bake.builds import BakeBuild, bake_builds
from provider.domain.bake.errors import BakeError
from provider.domain.enrollment import Bake


def built(text: str, target: str = "app", file: str = "docker-bake.hcl") -> list[BakeBuild]:
    """The builds of the target."""
    return bake_builds(text, Bake(file, target), {}).builds


@pytest.mark.parametrize("targets", ['"a"', "null", 'upper("a")', "[upper(1)]", "{a = 1}"])
def test_a_group_whose_targets_are_not_understood_has_none(targets: str) -> None:
    """A text is no list of targets."""
    with pytest.raises(BakeError, match="line 1: no target or group is named all"):
        built(f'group "all" {{ targets = {targets} }}\ntarget "a" {{}}\n', "all")


def test_a_group_may_hold_a_target_of_its_own_name() -> None:
    """As in `docker buildx bake`: the name inside the group is the target."""
    assert [build.path for build in built('group "app" { targets = ["app"] }\ntarget "app" { context = "a" }\n')] == [
        "a/Dockerfile"
    ]


def test_a_file_of_64_kib_is_read() -> None:
    """A larger one is an error."""
    text = 'target "app" {}\n'
    assert built(text + "#" * (LARGEST - len(text) - 1) + "\n") == built(text)
    assert built('{"target": {"app": {}}}'.ljust(LARGEST), file="a.json") == built(text)


@pytest.mark.parametrize(
    ("last", "error"), [(15, None), (16, "line 17: more than 16 targets inherit one from another")]
)
def test_targets_inherit_over_sixteen_levels(last: int, error: str | None) -> None:
    """One more is an error at the target that is too far away."""
    lines = [f'target "t{n}" {{ inherits = ["t{n + 1}"] }}' for n in range(last)]
    text = "\n".join([*lines, f'target "t{last}" {{ context = "a" }}'])
    with pytest.raises(BakeError, match=error) if error else nullcontext():
        assert built(text, "t0")[0].path == "a/Dockerfile"


@pytest.mark.parametrize("key", ["targets", "inherits"])
def test_targets_that_are_reached_on_many_ways_are_read_once(key: str) -> None:
    """Each level names all eight of the next one, so there are 8 ** 15 ways; the last name comes over the others."""
    kind = "group" if key == "targets" else "target"
    lines = [f'target "t15-{n}" {{}}' for n in range(8)]
    for level in range(15):
        named = ", ".join(f'"t{level + 1}-{n}"' for n in range(8))
        lines += [f'{kind} "t{level}-{n}" {{\n {key} = [{named}]\n args = {{ A{n} = "{level}" }}\n}}' for n in range(8)]
    started = time.process_time()
    found = built("\n".join(lines), "t0-0")

    assert time.process_time() - started < 10
    if key == "targets":
        assert [build.target for build in found] == [f"t15-{n}" for n in range(8)]
    else:
        assert found[0].build_args == {"A0": "0", "A7": "1", **{f"A{n}": "14" for n in range(1, 7)}}
