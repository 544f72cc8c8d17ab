"""`image-factory discover`: prints the images that Dockerfiles depend on, offline."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from provider.commands.dockerfile_search import searched
from provider.domain.dockerfile import Discovery, DockerfileError, FoundReference, discover, parse_platform
from provider.domain.dockerfile.lines import LARGEST_FILE

_NOTHING = Discovery((), ())


@dataclass(frozen=True, slots=True)
class DiscoverOptions:
    """How Dockerfiles are read and shown.

    Attributes:
        build_args: values for ARG by name.
        target: the stage that is built; None: the last one.
        platforms: that the image is built for, each perhaps several with commas between.
        strict: what is unresolved is an error.
        form: `text` or `json`.
    """

    build_args: Mapping[str, str]
    target: str | None
    platforms: Sequence[str]
    strict: bool
    form: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What one file depends on, or why that is not known; `line` is None where the file cannot be read."""

    file: str
    found: Discovery = _NOTHING
    error: str | None = None
    line: int | None = None


def run(paths: Sequence[str], options: DiscoverOptions) -> int:
    """Print the images that each file depends on.

    Returns:
        1 if a file has an error, after printing all files; 2 if a platform is none that can be.
    """
    platforms = [platform for each in options.platforms for platform in each.split(",")]
    try:
        for platform in platforms:
            parse_platform(platform)
    except ValueError as error:
        print(f"--platform: {error}", file=sys.stderr)
        return 2
    failed = False
    for file, problem in searched(paths):
        read = _Read(file, error=problem) if problem else _read(file, options, platforms)
        failed = failed or read.error is not None or (options.strict and _has_gaps(read.found))
        print(json.dumps(_document(read)) if options.form == "json" else "\n".join(_lines(read)))
    return int(failed)


def _has_gaps(found: Discovery) -> bool:
    return bool(found.unresolved) or not found.complete


def _read(file: str, options: DiscoverOptions, platforms: Sequence[str]) -> _Read:
    try:
        content = _content(file)
        found = discover(content, build_args=options.build_args, target=options.target, platforms=platforms)
    except DockerfileError as error:
        return _Read(file, error=str(error), line=error.line)
    except OSError as error:
        return _Read(file, error=f"cannot be read: {error.strerror}")
    return _Read(file, found)


def _content(file: str) -> bytes:
    if file == "-":
        return _bounded(sys.stdin.buffer)
    with Path(file).open("rb") as opened:
        return _bounded(opened)


def _bounded(stream: BinaryIO) -> bytes:
    """What a file, device or pipe gives, which may never end."""
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise DockerfileError(1, f"the file has more than {LARGEST_FILE} bytes; a Dockerfile has at most that many")
    return content


def _document(read: _Read) -> dict[str, Any]:
    found = read.found
    return {
        "file": read.file,
        "references": [_reference(reference) for reference in found.references],
        "unresolved": [{"name": missing.name, "line": missing.line} for missing in found.unresolved],
        "warnings": [{"line": warning.line, "message": str(warning)} for warning in found.warnings],
        "error": read.error,
    }


def _reference(found: FoundReference) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "image": found.image.image,
        "reference": found.reference,
        "written": found.written,
        "tag": found.image.tag,
        "digest": found.image.digest,
        "stage": found.stage,
        "stageIndex": found.stage_index,
        "line": found.line,
        "role": found.role.value,
        "platforms": list(found.platforms),
    }


def _lines(read: _Read) -> Iterator[str]:
    # The name of a file may not be valid UTF-8.
    name = read.file.encode("utf-8", "backslashreplace").decode("utf-8")
    found = read.found
    yield f"{name}:"
    for reference in found.references:
        yield f"  line {reference.line}: {_described(reference)}"
    for missing in found.unresolved:
        advice = missing.hint or f"Pass --build-arg {missing.name}=VALUE."
        yield f"{name}:{missing.line}: the image is not known without a value for {missing.name}. {advice}"
    for warning in found.warnings:
        yield f"{name}:{warning.line}: warning: {warning}"
    if read.error is not None:
        yield f"{name}: {read.error}" if read.line is None else f"{name}:{read.error.removeprefix('line ')}"
    elif not (found.references or found.unresolved or found.warnings):
        yield "  depends on no images"


def _described(found: FoundReference) -> str:
    image = str(found.image)
    normal = f" = {image}" if image != found.reference else ""
    stage = f" in stage {found.stage or found.stage_index}" if found.stage_index is not None else ""
    told = ", ".join([found.kind, found.role, *found.platforms])
    return f"{found.reference}{normal} ({told}){stage}"
