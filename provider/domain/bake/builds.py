"""The Dockerfiles that a target of a bake file builds, and what it passes to each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath

from provider.domain.bake.blocks import Attribute
from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import Value
from provider.domain.bake.file import BakeFile
from provider.domain.dockerfile import DockerfileWarning, Unresolved
from provider.domain.enrollment import LOCAL_CONTEXT, Bake
from provider.domain.enrollment_grammar import build_argument_problem
from provider.domain.source_grammar import IMAGE_CONTEXT, context_name_problem, context_problem

MOST_TARGETS = 50
_TARGET_CONTEXT = "target:"
_REMOTE = ("git@", "github.com/")


@dataclass(frozen=True, slots=True)
class BakeBuild:
    """One Dockerfile that is built.

    Attributes:
        target: the name of the bake target.
        path: of the Dockerfile inside the source repository; None where `text` has it.
        text: the Dockerfile, where it is written in the bake file itself.
        build_args: name to value.
        stage: the stage that is built; None: the last one.
        contexts: as `contexts` of an enrollment.
        platforms: empty: the target names none.
        apart: another target copies from it or builds on it.
    """

    target: str
    path: str | None
    text: str | None
    build_args: Mapping[str, str]
    stage: str | None
    contexts: Mapping[str, str]
    platforms: tuple[str, ...]
    apart: bool


@dataclass(slots=True)
class BakeBuilds:
    """What a bake target builds, and what is not understood of it.

    Attributes:
        builds: one for each Dockerfile.
        warnings: what is not understood; the images of the Dockerfiles are found without it.
        unresolved: contexts that hide an image.
        elsewhere: Dockerfiles of other repositories, which are not read.
    """

    builds: list[BakeBuild] = field(default_factory=list)
    warnings: list[DockerfileWarning] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    elsewhere: list[DockerfileWarning] = field(default_factory=list)


def bake_builds(text: str, bake: Bake, build_args: Mapping[str, str]) -> BakeBuilds:
    """What a target or group builds.

    Args:
        text: the bake file.
        bake: its path, which says the syntax, and the name of the target or group.
        build_args: of the enrollment: they set variables of the bake file, and ARGs of its Dockerfiles.

    Raises:
        BakeError: the file cannot be read, has no such target, or does not say which Dockerfile is built.
    """
    reading = _TargetReading(bake, BakeFile.read(text, bake.file, build_args), build_args, BakeBuilds())
    reading.read()
    return reading.found


@dataclass(frozen=True, slots=True)
class _TargetReading:
    """Reads one target with everything that it refers to, each target once."""

    bake: Bake
    file: BakeFile
    build_args: Mapping[str, str]
    found: BakeBuilds

    def read(self) -> None:
        """Read the target or group of the enrollment, then the targets that are contexts of others."""
        own = self.file.members(self.bake.target)
        if not own:
            raise BakeError(1, f"no target or group is named {self.bake.target}")
        todo, seen = [(name, False) for name in own], set(own)
        while todo:
            name, apart = todo.pop(0)
            if len(seen) > MOST_TARGETS:
                raise BakeError(1, f"{self.bake.target} builds more than {MOST_TARGETS} targets")
            others = [other for other in self._read(name, apart=apart) if other not in seen]
            seen.update(others)
            todo += [(other, True) for other in dict.fromkeys(others)]

    def _read(self, name: str, *, apart: bool) -> list[str]:
        """Add the build of one target; returns the names of the targets that are its contexts."""
        attributes, line = self.file.attributes(name), self.file.targets[name].line
        if matrix := attributes.get("matrix"):
            self._warn(matrix.line, "matrix is not understood; what depends on its variables is unknown")
        contexts, others = self._contexts(attributes)
        place = self._place(attributes, line)
        if place is not None:
            stage, args = self._text(attributes, "target"), self._args(attributes)
            platforms = self.file.texts(attributes.get("platforms"))
            self.found.builds.append(BakeBuild(name, *place, args, stage, contexts, platforms, apart))
        return others

    def _place(self, attributes: Mapping[str, Attribute], line: int) -> tuple[str | None, str | None] | None:
        """The path of the Dockerfile or its text; None where another repository has it."""
        if inline := self._text(attributes, "dockerfile-inline"):
            return None, inline
        context = (self._text(attributes, "context") or ".").removeprefix("cwd://")
        if "://" in context or context.startswith(_REMOTE):
            message = (
                "the context is not in this repository, so its Dockerfile is not read; list its images in baseImages"
            )
            self.found.elsewhere.append(DockerfileWarning(attributes["context"].line, message, self.bake.file))
            return None
        path = normpath(join(context, self._text(attributes, "dockerfile") or "Dockerfile"))
        if path.startswith(("/", "..")) or not path.isprintable():
            raise BakeError(line, "the Dockerfile of the target is outside of the source repository")
        return path, None

    def _contexts(self, attributes: Mapping[str, Attribute]) -> tuple[dict[str, str], list[str]]:
        """The named contexts as an enrollment has them, and the names of the targets among them."""
        contexts: dict[str, str] = {}
        others: list[str] = []
        for name, value, line in self._items(attributes, "contexts"):
            if context_name_problem(name):
                continue
            contexts[name] = LOCAL_CONTEXT
            if not isinstance(value, str):
                self._hide(name, line)
            elif value.startswith(_TARGET_CONTEXT) and value.removeprefix(_TARGET_CONTEXT) in self.file.targets:
                others.append(value.removeprefix(_TARGET_CONTEXT))
            elif value.startswith(IMAGE_CONTEXT) and not context_problem(value):
                contexts[name] = value
            elif value.startswith((_TARGET_CONTEXT, IMAGE_CONTEXT)):
                self._hide(name, line)
        return contexts, others

    def _hide(self, name: str, line: int) -> None:
        """Note a context that is an image or a target, which of them is not understood."""
        hint = f"The bake file's context {name} is not understood; list its image in baseImages."
        self.found.unresolved.append(Unresolved(name, line, hint, self.bake.file))

    def _args(self, attributes: Mapping[str, Attribute]) -> dict[str, str]:
        args: dict[str, str] = {}
        for name, value, line in self._items(attributes, "args"):
            if build_argument_problem(name):
                continue
            if isinstance(value, str):
                args[name] = value
            elif value is not None:
                # Empty, so that a reference that needs it is unresolved: the default in the Dockerfile would be wrong.
                args[name] = ""
                self._warn(line, f"the value of {name} is not understood; set it under buildArgs")
        return {**args, **self.build_args}

    def _text(self, attributes: Mapping[str, Attribute], key: str) -> str | None:
        if (attribute := attributes.get(key)) is None:
            return None
        value = self.file.value(attribute)
        if value is None or isinstance(value, str):
            return value
        raise BakeError(attribute.line, f"the value of {key} is not understood")

    def _items(self, attributes: Mapping[str, Attribute], key: str) -> list[tuple[str, Value, int]]:
        """The keys and values of a mapping, with its line; nothing where it is not written."""
        if (attribute := attributes.get(key)) is None or (value := self.file.value(attribute)) is None:
            return []
        if isinstance(value, dict):
            return [(name, item, attribute.line) for name, item in value.items()]
        raise BakeError(attribute.line, f"the value of {key} is not understood")

    def _warn(self, line: int, message: str) -> None:
        warning = DockerfileWarning(line, message, self.bake.file)
        if warning not in self.found.warnings:
            self.found.warnings.append(warning)
