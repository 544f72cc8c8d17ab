"""Templates of pages are compiled once for each process that runs tests; each application has a cache of its own."""

from collections.abc import Callable

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class CompiledTemplates(BytecodeCache):
    """The compiled templates in memory; Jinja asks for them by their text, so that a change is compiled anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put in what was compiled before."""
        if found := self._compiled.get(f"{bucket.key} {bucket.checksum}"):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._compiled[f"{bucket.key} {bucket.checksum}"] = bucket.bytecode_to_string()


def keep_compiled() -> Callable[[], None]:
    """Let all applications of this process share their compiled templates; returns what ends it."""
    before = Flask.jinja_options
    Flask.jinja_options = {**before, "bytecode_cache": CompiledTemplates()}

    def end() -> None:
        Flask.jinja_options = before

    return end
