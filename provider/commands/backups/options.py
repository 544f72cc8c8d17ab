"""The arguments of `backup` and `restore`."""

import argparse


def add_backup(command: argparse.ArgumentParser) -> None:
    """The arguments of `backup`."""
    command.add_argument("file", metavar="FILE", help="the file to write; an earlier backup of this name is replaced")


def add_restore(command: argparse.ArgumentParser) -> None:
    """The arguments of `restore`."""
    command.add_argument("file", metavar="FILE", help="the file that 'image-factory backup' wrote")
    command.add_argument("--yes", action="store_true", help="replace what the database and the config repository have")
