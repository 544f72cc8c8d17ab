"""The arguments of `doctor`."""

import argparse


def add_doctor(command: argparse.ArgumentParser) -> None:
    """The arguments."""
    command.add_argument("--format", choices=("text", "json"), default="text", help="the output format (default: text)")
