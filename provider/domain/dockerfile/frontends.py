"""The frontend: the image that reads the file, as `# syntax=` or the build argument BUILDKIT_SYNTAX names it.

Source of the rules: BuildKit, frontend/dockerfile/builder/build.go (Build) and parser/directives.go (DetectSyntax).
"""

import re
from collections.abc import Mapping, Sequence

from catalog.image import DependencyRole
from catalog.reference import ImageReference
from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError
from provider.domain.dockerfile.findings import Discovery, DockerfileWarning, FoundReference, ReferenceKind
from provider.domain.dockerfile.foreign import dev_container, other_kind, preprocessed
from provider.domain.dockerfile.lines import syntax_directive
from provider.domain.dockerfile.meaning.contexts import NamedContexts
from provider.domain.dockerfile.meaning.images import meant_image

_ARGUMENT = "BUILDKIT_SYNTAX"
# Docker's own, and copies of it under any path, such as mirror.example.com/docker-dockerfile.
_DOCKERFILE = re.compile(r"(?:.*[/_-])?dockerfile(?:-upstream)?")
_NO_CONTEXTS = NamedContexts({})


def frontend_of(lines: list[str], build_arguments: Mapping[str, str]) -> FoundReference | None:
    """The frontend image; None where the file and the build name none.

    Raises:
        DockerfileError: what they name is no image.
    """
    directive = syntax_directive(lines)
    line = directive.line if directive else 1
    # BuildKit passes what follows the first blank on as the frontend's arguments.
    text = build_arguments.get(_ARGUMENT, "").strip().split(" ")[0] or (directive.value if directive else "")
    if not text:
        return None
    try:
        meant = meant_image(text, _NO_CONTEXTS)
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(line, problem) from problem
    if meant.image is None:
        raise DockerfileError(line, "the frontend is not an image reference")
    role, kind = DependencyRole.SYNTAX, ReferenceKind.SYNTAX
    return FoundReference(kind, text, meant.reference, meant.image, None, None, line, role)


def without_stages(lines: list[str], frontend: FoundReference | None, problem: DockerfileError) -> Discovery:
    """What is known of a file that is not read as a Dockerfile: the frontend that reads another language.

    Raises:
        DockerfileError: no such frontend reads it. It says what the file looks like.
    """
    if frontend and not _reads_dockerfiles(frontend.image):
        told = "this frontend is not Docker's, and the file is not read"
        advice = "if it is no Dockerfile, list its images under source.baseImages"
        warning = DockerfileWarning(
            frontend.line, f"{told}: {problem.without_text}; {advice}", quoted=f"{told}: {problem}; {advice}"
        )
        return Discovery((frontend,), (), (warning,), complete=False)
    raise _recognised(lines, problem) from problem


def check_template(lines: Sequence[str]) -> None:
    """Check that the file is no template of a Dev Container.

    Raises:
        DockerfileError: it is one.
    """
    if line := dev_container(lines):
        raise DockerfileError(line, "this looks like a template (Dev Container); name the generated file")


def preprocessor_warnings(lines: Sequence[str]) -> tuple[DockerfileWarning, ...]:
    """A warning where the file includes others: a comment to BuildKit, and not to the C preprocessor."""
    if line := preprocessed(lines):
        advice = "if the C preprocessor reads this line, name the generated file"
        return (DockerfileWarning(line, f"this line is a comment to BuildKit; {advice}"),)
    return ()


def _reads_dockerfiles(frontend: ImageReference) -> bool:
    return bool(_DOCKERFILE.fullmatch(frontend.repository))


def _recognised(lines: Sequence[str], problem: DockerfileError) -> DockerfileError:
    if kind := other_kind(lines):
        return DockerfileError(problem.line, kind)
    if line := preprocessed(lines):
        return DockerfileError(line, "this looks like a template (C preprocessor); name the generated file")
    return problem
