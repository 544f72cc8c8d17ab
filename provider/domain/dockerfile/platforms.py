"""Platforms as BuildKit names them: `linux/amd64`, `linux/arm/v7`.

Source of the rules: containerd's package platforms (Parse, Normalize, FormatAll) and BuildKit,
frontend/dockerfile/dockerfile2llb/platform.go.
"""

import re
from dataclasses import dataclass

from provider.domain.dockerfile.errors import InvalidSyntaxError, quoted

_PART = re.compile(r"[A-Za-z0-9_.-]+")
_FIRST_PART = re.compile(r"[A-Za-z0-9_.-]+(\([A-Za-z0-9_.-]*\))?")
_SYSTEMS = frozenset(
    {"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "macos", "nacl"}
    | {"netbsd", "openbsd", "plan9", "solaris", "windows", "zos"}
)
_ARCHITECTURES = frozenset(
    {"386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le"}
    | {"mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64"}
    | {"wasm"}
)
_OTHER_NAMES = {
    "i386": ("386", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_IMPLIED_VARIANTS = {("arm64", "8"), ("arm64", "v8"), ("amd64", "v1")}


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform of an image. `str` gives BuildKit's form, which leaves out the default variant."""

    system: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.system, self.architecture, self.variant)))


BUILD_PLATFORM = Platform("linux", "amd64")
"""The platform that builds run on. A Dockerfile does not say it; hosted build machines have this one."""


def parse_platform(text: str) -> Platform:
    """Parse `system/architecture[/variant]`; a system or an architecture alone is completed.

    Raises:
        InvalidSyntaxError: containerd refuses the text.
    """
    first, *more = text.split("/")
    if more[2:] or not _FIRST_PART.fullmatch(first) or not all(map(_PART.fullmatch, more)):
        advice = "is not a platform; write for example linux/amd64"
        raise InvalidSyntaxError(f"the value {advice}", f"{quoted(text)} {advice}")
    system = first.partition("(")[0].lower()
    if more:
        return _normal(system, *more)
    if system in _SYSTEMS:
        return _normal(system, BUILD_PLATFORM.architecture)
    platform = _normal(BUILD_PLATFORM.system, system)
    if platform.architecture not in _ARCHITECTURES:
        wrong = "is neither an operating system nor an architecture"
        raise InvalidSyntaxError(f"the platform {wrong}", f"{quoted(text)} {wrong}")
    return platform


def _normal(system: str, architecture: str, variant: str = "") -> Platform:
    architecture, variant = architecture.lower(), variant.lower()
    architecture, own_variant = _OTHER_NAMES.get(architecture, (architecture, ""))
    variant = own_variant or variant
    if architecture == "arm":
        variant = f"v{variant.removeprefix('v') or '7'}"
    if (architecture, variant) in _IMPLIED_VARIANTS:
        variant = ""
    return Platform("darwin" if system == "macos" else system, architecture, variant)
