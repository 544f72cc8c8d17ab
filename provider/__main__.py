"""The command line."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version

from sqlalchemy.exc import SQLAlchemyError

from provider.commands import check, discover, readers, serve, validate
from provider.commands.opening import cause_of
from provider.composition.app import PACKAGE
from provider.errors import ProviderError
from provider.logs import set_up_logging
from provider.settings import Settings, SettingsError, read_settings
from proxy.errors import InvalidSetting


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        status = _run(asked)
        # Here, not at the interpreter's end, which would tell of a reader that is gone by a traceback.
        sys.stdout.flush()
    except (SettingsError, InvalidSetting, ProviderError) as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"the database did not answer: {cause_of(error)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        _discard_output()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "discover":
        return discover.run(asked.files, dict(asked.build_arg), asked.format)
    if asked.command == "validate":
        return validate.run(asked.folder)
    settings = read_settings(os.environ)
    set_up_logging(settings.log_format, secrets=settings.secrets)
    return _with_settings(settings, asked)


def _discard_output() -> None:
    """What is still buffered goes nowhere (docs.python.org, library/signal, "Note on SIGPIPE")."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _with_settings(settings: Settings, asked: argparse.Namespace) -> int:
    match asked.command:
        case "serve":
            return serve.serve(settings, asked.host, asked.port, with_worker=not asked.no_worker)
        case "worker":
            return serve.work(settings)
        case "check":
            return check.run(settings, asked.names)
        case "status":
            return readers.status(settings, asked.name, asked.format)
        case _:
            return readers.catalog(settings, asked.output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PACKAGE,
        description="Keeps container images fresh: sees bases move, rebuilds what stands on them, tells Backstage.",
    )
    parser.add_argument("--version", action="version", version=version(PACKAGE))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_processes(commands)
    _add_offline(commands)
    looking = commands.add_parser("check", help="look now: Dockerfiles, digests, due rebuilds")
    looking.add_argument("names", nargs="*", metavar="NAME", help="images to look at; all when none is named")
    status = commands.add_parser("status", help="every image, its status and why")
    status.add_argument("name", nargs="?", metavar="NAME", help="one image; all when none is named")
    status.add_argument("--format", choices=("text", "json"), default="text")
    entities = commands.add_parser("catalog", help="the Backstage entities as YAML")
    entities.add_argument("--output", metavar="FILE", help="default: standard output")
    return parser


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


if __name__ == "__main__":
    sys.exit(main())
