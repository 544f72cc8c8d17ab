"""Variables that hide an image, and what a person can do about each."""

import pytest

from provider.domain.dockerfile import Unresolved, discover
from provider.domain.dockerfile.allowance import LONGEST_VALUE

DECLARE = "declare ARG V before the first FROM."
PART = "x" * (LONGEST_VALUE // 32)
TOO_LARGE = "The image is not known, because its variables expand to more text than is read."


@pytest.mark.parametrize(
    ("text", "build_args", "hint"),
    [
        ("FROM $V", {}, f"BuildKit reads a name that no ARG declares as empty; {DECLARE}"),
        ("FROM $V", {"V": "a"}, f"A build argument counts only where an ARG declares it; {DECLARE}"),
        ("FROM $V\nARG V=a", {}, f"An ARG inside a stage does not count for FROM; {DECLARE}"),
        ("FROM $V\nARG V", {}, f"An ARG inside a stage does not count for FROM; {DECLARE}"),
        ("FROM $V\nARG V=a=b", {}, f"An ARG inside a stage does not count for FROM; {DECLARE}"),
        ("FROM $V\nARG A B=1 V=", {}, f"An ARG inside a stage does not count for FROM; {DECLARE}"),
        ("ARG V\nFROM a$V", {}, "Set its value under buildArgs; if it is empty: a"),
        ("ARG V\nFROM $V", {}, ""),
        ("ARG V=\nFROM $V", {}, "Its value is empty, and the rest is no image reference; give it a value."),
        ("ARG V=a:b:c\nFROM $V", {}, "With its value this is no image reference."),
        ("ARG V\nFROM a:${V:?say}", {}, ""),
        (f"ARG A={PART}\nARG V={'$A' * 33}\nFROM $V", {}, TOO_LARGE),
    ],
)
def test_the_hint_says_what_to_do(text: str, build_args: dict[str, str], hint: str) -> None:
    """With the line of the FROM that needs the variable."""
    line = text.count("\n", 0, text.index("FROM")) + 1

    assert discover(text, build_args=build_args).unresolved == (Unresolved("V", line, hint),)


@pytest.mark.parametrize(
    ("text", "build_args", "warned"),
    [
        ("FROM a$V", {}, False),
        ("FROM a$V", {"V": "x"}, True),
        ("FROM a$V\nARG V=x", {}, True),
        ("FROM a$V\nARG V=x", {"V": "x"}, True),
        ("ARG V=\nFROM a$V\nARG V=x", {}, False),
    ],
)
def test_an_empty_name_that_looks_as_if_it_had_a_value_is_a_warning(
    text: str, build_args: dict[str, str], warned: bool
) -> None:
    """The image is known, because BuildKit reads the name as empty."""
    found = discover(text, build_args=build_args)

    assert [each.reference for each in found.references] == ["a"]
    assert [(each.line, each.message) for each in found.warnings] == [
        (1, f"V is empty here, because no ARG before the first FROM declares it; {DECLARE[:-1]}")
    ] * warned


def test_a_value_at_the_limit_is_read() -> None:
    """One character more hides the image."""
    text = f"ARG A={PART}\nARG V={'$A' * 32}{{}}\nFROM ${{{{V:+a}}}}"

    assert [each.reference for each in discover(text.format("")).references] == ["a"]
    assert discover(text.format("-")).unresolved == (Unresolved("V", 3, TOO_LARGE),)


def test_the_values_of_all_arguments_share_one_limit() -> None:
    """Each one alone is within it."""
    names = [f"C{number}" for number in range(16)]
    copies = "".join(f"ARG {name}=$B\n" for name in names)
    used = "".join(f"${{{name}:+b}}" for name in names)
    text = f"ARG A={PART}\nARG B={'$A' * 32}\n{copies}FROM a"

    assert [each.reference for each in discover(f"{text}${{C0:+b}}").references] == ["ab"]
    assert {hole.hint for hole in discover(text + used).unresolved} == {TOO_LARGE}


def test_the_lines_of_all_stages_share_one_limit() -> None:
    """Each FROM alone is within it; the ones after the limit are not known."""
    found = discover(f"ARG A={PART}\nARG B={'$A' * 32}\n" + "FROM a${B##*}\n" * 6)

    assert [each.line for each in found.references] == [3, 4, 5, 6]
    assert found.unresolved == (Unresolved("B", 7, TOO_LARGE), Unresolved("B", 8, TOO_LARGE))


def test_the_platforms_of_all_stages_share_the_limit_too() -> None:
    """The images after it are for any platform, with a warning."""
    found = discover(f"ARG A={PART}\nARG B={'$A' * 32}\n" + "FROM --platform=${B##*}arm64 a\n" * 6)

    assert [each.platforms for each in found.references] == [("linux/arm64",)] * 4 + [()] * 2
    assert [each.line for each in found.warnings] == [7, 8]
    assert all("its variables expand to more text than is read" in each.message for each in found.warnings)


def test_a_pattern_without_a_star_costs_little() -> None:
    """A long value does not hide the image."""
    assert [each.reference for each in discover(f"ARG A={'x' * 5000}\nFROM a${{A//x/}}").references] == ["a"]


@pytest.mark.parametrize(
    ("arguments", "operand"),
    [("ARG V", "$V"), ("ARG V=a:b:c", "$V"), ("ARG V", "${V:?say}"), (f"ARG A={PART}\nARG V={'$A' * 33}", "$V")],
    ids=range(4),
)
def test_a_hole_hides_no_warning_of_its_line(arguments: str, operand: str) -> None:
    """What is wrong with the platform is shown beside the variable."""
    found = discover(f"{arguments}\nFROM --platform=nonsense {operand}")

    assert [hole.name for hole in found.unresolved] == ["V"]
    assert [warning.line for warning in found.warnings] == [arguments.count("\n") + 2]
