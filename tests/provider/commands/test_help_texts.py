"""The help of the command line, as it is printed."""

import re
import shlex

import pytest

from provider.__main__ import main
from provider.commands.help_texts import USAGES
from provider.commands.parser import parser

COMMANDS = tuple(USAGES)


@pytest.fixture
def shown(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The output of `image-factory COMMAND --help` in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*request.param, "--help"])
    return capsys.readouterr().out


every_help = pytest.mark.parametrize("shown", [[], *([name] for name in COMMANDS)], ids=" ".join, indirect=True)


@every_help
def test_every_help_has_a_description_examples_and_exit_codes(shown: str) -> None:
    """The description is before the arguments, and examples and exit codes are after them."""
    usage, description, *_ = shown.split("\n\n")

    assert usage.startswith("usage: image-factory")
    assert description.rstrip().endswith(".")
    assert _examples(shown)
    wrapped = r"\S.*\n(?:       \S.*\n)*"
    assert re.search(rf"^exit codes:\n  0    {wrapped}  1    {wrapped}  2    \S", shown, re.MULTILINE)


@every_help
def test_every_example_is_a_valid_command_line(shown: str) -> None:
    """The parser accepts it, as a command line of the command that has the help."""
    own = re.match(r"usage: image-factory ([a-z]*)", shown)
    assert own is not None
    for example in _examples(shown):
        program, *arguments = shlex.split(example)
        assert program == "image-factory"
        if arguments[-1] == "--help":
            assert arguments[0] in COMMANDS
            continue
        assert parser().parse_args(arguments).command in ({own[1]} if own[1] else set(COMMANDS))


@every_help
def test_a_help_fits_a_terminal(shown: str) -> None:
    """No line is longer than 80 columns."""
    assert [line for line in shown.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("discover", "Changes nothing."),
        ("validate", "Changes nothing."),
        ("serve", "Runs until it is stopped."),
        ("worker", "Runs until it is stopped."),
        ("check", "Starts the rebuilds that are due"),
        ("rebuild", "Starts a rebuild"),
        ("impact", "Changes nothing."),
        ("simulate", "Changes nothing"),
        ("status", "Changes nothing"),
        ("catalog", "Writes the entities"),
    ],
)
def test_a_description_begins_with_what_the_command_changes(command: str, change: str) -> None:
    """People must not start rebuilds by accident when they try a command."""
    assert USAGES[command].description.startswith(change)


def _examples(shown: str) -> list[str]:
    """The command lines in the section of examples, without the comments."""
    section = shown.partition("\nexamples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in section.splitlines() if not line.startswith("  #")]
