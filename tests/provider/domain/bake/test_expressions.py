"""Tests of the variables of a bake file: what they expand to, and how far."""

import pytest

from provider.domain.bake.builds import bake_builds
from provider.domain.enrollment import Bake


def arguments(text: str) -> dict[str, str]:
    """The build arguments of the target app."""
    (build,) = bake_builds(text, Bake("docker-bake.hcl", "app"), {}).builds
    return dict(build.build_args)


def test_a_variable_whose_default_is_null_is_empty() -> None:
    """As one without a default."""
    assert arguments('variable "A" { default = null }\ntarget "app" { args = { A = A, B = "b${A}" } }') == {
        "A": "", "B": "b",
    }  # fmt: skip


def test_variables_expand_over_sixteen_levels() -> None:
    """One more is not understood, whatever was expanded before."""
    lines = ['variable "V0" { default = "x" }', *(f'variable "V{n}" {{ default = V{n - 1} }}' for n in range(1, 17))]
    lines += ['variable "W" { default = "w" }', 'variable "X" { default = "x" }']
    for name, value in (("V15", "x"), ("V16", "")):
        target = f'target "app" {{ args = {{ B = "${{W}}${{X}}", A = {name} }} }}'
        assert arguments("\n".join([*lines, target])) == {"B": "wx", "A": value}


@pytest.mark.parametrize(("more", "length"), [("", 1024 * 1024), ("x", 0)])
def test_a_text_expands_to_a_mebibyte_at_most(more: str, length: int) -> None:
    """A longer one is not understood, so it is empty."""
    text = f'variable "V" {{ default = "{"x" * 1024}" }}\ntarget "app" {{ args = {{ A = "{"${V}" * 1024}{more}" }} }}'
    assert len(arguments(text)["A"]) == length


def test_a_bomb_of_variables_is_not_understood() -> None:
    """Each variable doubles the one before: the text would have 2 ** 60 characters."""
    lines = ['variable "V0" { default = "xxxxxxxx" }']
    lines += [f'variable "V{n}" {{ default = "${{V{n - 1}}}${{V{n - 1}}}" }}' for n in range(1, 60)]
    found = arguments("\n".join([*lines, 'target "app" { args = { A = V59, B = V3 } }']))

    assert found == {"A": "", "B": "x" * 64}
