"""`image-factory discover`: prints the images that Dockerfiles depend on, offline."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from provider.domain.dockerfile import Discovery, DockerfileError, FoundReference, discover


def run(files: Sequence[str], build_args: Mapping[str, str], form: str) -> int:
    """Print the images that each file depends on; returns 1 if a file has an error, after printing all files."""
    failed = False
    for file in files:
        found, error = _read(file, build_args)
        failed = failed or error is not None
        print(json.dumps(_document(file, found, error)) if form == "json" else _text(file, found, error))
    return int(failed)


def _read(file: str, build_args: Mapping[str, str]) -> tuple[Discovery, str | None]:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return discover(content, build_args=build_args), None
    except DockerfileError as error:
        return Discovery((), ()), str(error)
    except OSError as error:
        return Discovery((), ()), f"cannot be read: {error.strerror}"


def _document(file: str, found: Discovery, error: str | None) -> dict[str, Any]:
    return {
        "file": file,
        "references": [_reference(reference) for reference in found.references],
        "unresolved": [{"name": missing.name, "line": missing.line} for missing in found.unresolved],
        "error": error,
    }


def _reference(found: FoundReference) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "image": found.image.image,
        "reference": found.reference,
        "tag": found.image.tag,
        "digest": found.image.digest,
        "stage": found.stage,
        "stageIndex": found.stage_index,
        "line": found.line,
        "role": found.role.value,
    }


def _text(file: str, found: Discovery, error: str | None) -> str:
    # The name of a file may not be valid UTF-8.
    lines = [f"{file.encode('utf-8', 'backslashreplace').decode('utf-8')}:"]
    for reference in found.references:
        stage = f" in stage {reference.stage or reference.stage_index}" if reference.stage_index is not None else ""
        lines.append(f"  line {reference.line}: {reference.reference} ({reference.kind}, {reference.role}){stage}")
    lines += [
        f"  line {missing.line}: the image is not known, because ARG {missing.name} has no value; "
        f"pass --build-arg {missing.name}=VALUE"
        for missing in found.unresolved
    ]
    if error:
        lines.append(f"  error: {error}")
    if len(lines) == 1:
        lines.append("  depends on no images")
    return "\n".join(lines)
