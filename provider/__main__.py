"""The command line. A command's imports happen when it runs."""

import os
import signal
import sys
from collections.abc import Sequence

from provider.commands.dispatch import dispatch, print_version
from provider.commands.parser import parser
from provider.errors import ProviderError
from proxy.errors import InvalidSetting, OutsideFailure


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    command_line = parser()
    options = command_line.parse_args(arguments)
    if options.version:
        print_version()
        return 0
    if options.command is None:
        command_line.print_help(sys.stderr)
        return 2
    try:
        status = dispatch(options)
        # Here, because at its end the interpreter reports a closed pipe with a traceback.
        sys.stdout.flush()
    except (InvalidSetting, ProviderError, OutsideFailure) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        _discard_output()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _discard_output() -> None:
    """Discard the output that is still buffered (docs.python.org, library/signal, "Note on SIGPIPE")."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
