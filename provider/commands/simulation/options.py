"""The arguments of `simulate`. The question is read when the command runs, so that `--help` stays fast."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provider.domain.simulation.policies import WhatIf

_NAMES = {
    "since": "since",
    "rebuild_delay": "rebuildDelay",
    "window": "window",
    "max_concurrent_builds": "maxConcurrentBuilds",
    "owner": "owner",
}


def add_simulate(command: argparse.ArgumentParser) -> None:
    """The arguments."""
    command.add_argument("--since", metavar="TIME", help="the length of the period up to now (default: 90d)")
    command.add_argument(
        "--rebuild-delay",
        metavar="TIME[,TIME...]",
        help="the delays to compare, 0 for none; at most 8 (default: those of the entries)",
    )
    command.add_argument("--window", metavar="TIME", help="the coordination window (default: as it is set now)")
    command.add_argument(
        "--max-concurrent-builds", metavar="NUMBER", help="the most builds at a time (default: as it is set now)"
    )
    command.add_argument("--owner", metavar="OWNER", help="only images of this owner, such as group:default/platform")
    command.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="the output format (default: text)"
    )
    command.set_defaults(refuse_question=command.error)


def question(options: argparse.Namespace) -> "WhatIf":
    """The question of the arguments; ends the program with a message of its usage where one is not valid."""
    from provider.domain.simulation.question import InvalidQuestion, question_of  # noqa: PLC0415

    given = vars(options)
    try:
        return question_of({key: given[name] for name, key in _NAMES.items() if given[name] is not None})
    except InvalidQuestion as error:
        flags = {key: f"--{name.replace('_', '-')}" for name, key in _NAMES.items()}
        message = "; ".join(f"argument {flags[name]}: {problem}" for name, problem in error.problems.items())
        options.refuse_question(message)
        raise
