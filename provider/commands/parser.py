"""The parser of the command line. It imports no command, so that `--help` and usage errors cost little."""

import argparse

from provider import PACKAGE


def parser() -> argparse.ArgumentParser:
    """The parser of `image-factory`; `command` in its result is the command's name, None where there is none."""
    top = argparse.ArgumentParser(
        PACKAGE,
        description="Keeps container images fresh: sees bases move, rebuilds what stands on them, tells Backstage.",
    )
    top.add_argument("--version", action="store_true", help="print the version")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_processes(commands)
    _add_offline(commands)
    looking = commands.add_parser("check", help="look now: Dockerfiles, digests, due rebuilds")
    looking.add_argument("names", nargs="*", metavar="NAME", help="images to look at; all when none is named")
    status = commands.add_parser("status", help="every image, its status and why")
    status.add_argument("name", nargs="?", metavar="NAME", help="one image; all when none is named")
    status.add_argument("--format", choices=("text", "json"), default="text")
    entities = commands.add_parser("catalog", help="the Backstage entities as YAML")
    entities.add_argument("--output", metavar="FILE", help="default: standard output")
    return top


def _add_processes(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serving = commands.add_parser("serve", help="the web service with the worker inside")
    serving.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    serving.add_argument("--port", type=_port, default=8080, help="default: 8080")
    serving.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere")
    commands.add_parser("worker", help="the worker alone")


def _add_offline(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    dockerfiles = commands.add_parser("discover", help="what Dockerfiles depend on, offline")
    dockerfiles.add_argument("files", nargs="+", metavar="FILE", help="Dockerfiles; - is standard input")
    dockerfiles.add_argument(
        "--build-arg",
        action="append",
        type=_build_arg,
        default=[],
        metavar="K=V",
        help="may be given several times",
    )
    dockerfiles.add_argument("--format", choices=("text", "json"), default="text")
    validating = commands.add_parser("validate", help="check a config repository's checkout")
    validating.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: here")


def _build_arg(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not K=V; write for example NODE=22")
    return name, value


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004 - the ports there are
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)
