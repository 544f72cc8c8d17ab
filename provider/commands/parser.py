"""The parser of the command line. It imports no command, so that `--help` and usage errors are fast."""

import argparse
from collections.abc import Callable, Mapping

from provider import PACKAGE
from provider.commands import asking_options
from provider.commands.backups import options as backups
from provider.commands.doctor.options import add_doctor
from provider.commands.help_texts import DESCRIPTION, EPILOG, USAGES
from provider.commands.questions import options as questions
from provider.commands.simulation.options import add_simulate


def parser() -> argparse.ArgumentParser:
    """The parser of `image-factory`; `command` in its result is the name of the command, or None."""
    top = argparse.ArgumentParser(
        PACKAGE, description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    for name, usage in USAGES.items():
        command = commands.add_parser(
            name,
            help=usage.summary,
            description=usage.description,
            epilog=usage.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _ARGUMENTS[name](command)
    return top


def _discover(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths", nargs="+", metavar="FILE-OR-FOLDER", help="a Dockerfile, a folder to search, or - for standard input"
    )
    command.add_argument(
        "--build-arg",
        action="append",
        type=_build_arg,
        default=[],
        metavar="K=V",
        help="the value of an ARG; can be repeated",
    )
    command.add_argument("--target", metavar="STAGE", help="the stage that is built (default: the last one)")
    command.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="OS/ARCH",
        help="a platform that the image is built for; can be repeated, or several with commas between",
    )
    command.add_argument("--strict", action="store_true", help="exit with 1 also if an image of a file is not known")
    _add_format(command)


def _validate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="the checkout (default: the current folder)"
    )


def _serve(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="the address to listen on (default: 127.0.0.1)"
    )
    command.add_argument("--port", type=_port, default=8080, help="the port to listen on (default: 8080)")
    command.add_argument(
        "--no-worker", action="store_true", help="run only the web service; the worker runs in another process"
    )


def _worker(_command: argparse.ArgumentParser) -> None:
    """`worker` has no arguments."""


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("names", nargs="*", metavar="NAME", help="an image to check (default: all images)")
    command.add_argument("--dry-run", action="store_true", help="show the result; write nothing, start nothing")


def _enroll(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-f",
        "--file",
        required=True,
        metavar="FILE",
        help="one entry or a list, as in images.yaml; - is stdin",
    )
    command.add_argument("--dry-run", action="store_true", help="show the diff and the findings, and commit nothing")


def _status(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", metavar="NAME", help="the image to show (default: all images)")
    _add_format(command)


def _impact(command: argparse.ArgumentParser) -> None:
    asking_options.add_impact(command)
    _add_format(command)


def _catalog(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", metavar="FILE", help="the file to write (default: standard output)")


def _openapi(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", metavar="FILE", help="the file to write (default: standard output)")


_ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "discover": _discover,
    "validate": _validate,
    "serve": _serve,
    "worker": _worker,
    "check": _check,
    "enroll": _enroll,
    "rebuild": asking_options.add_rebuild,
    "impact": _impact,
    "hold": asking_options.add_hold,
    "release": asking_options.add_release,
    "skip": asking_options.add_skip,
    "unskip": asking_options.add_unskip,
    "simulate": add_simulate,
    "status": _status,
    "images": questions.add_images,
    "rebuilds": questions.add_rebuilds,
    "changes": questions.add_changes,
    "audit": questions.add_audit,
    "timeline": questions.add_timeline,
    "problems": questions.add_problems,
    "doctor": add_doctor,
    "backup": backups.add_backup,
    "restore": backups.add_restore,
    "catalog": _catalog,
    "openapi": _openapi,
}


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=("text", "json"), default="text", help="the output format (default: text)")


def _build_arg(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not K=V; write for example NODE=22")
    return name, value


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004 - the valid ports
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; write a number from 1 to 65535")
    return int(text)
