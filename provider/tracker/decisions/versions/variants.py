"""The variants of a version: tags that differ only in an architecture, a distribution or a flavour. Pure.

`8.0.10-jammy`, `8.0.10-alpine3.20` and `8.0.10-amd64` are builds of 8.0.10. A pre-release (`-rc1`) is a version of its
own, and so is a rebuild that its publisher counts (`-debian-12-r9`, `-ls10`, `-ee.1`).
"""

import re

from provider.tracker.decisions.versions.natural import natural_version
from provider.tracker.decisions.versions.words import is_prerelease

# Longer names are no tags of a registry, and rare in git.
_LONGEST = 128

# What docker, Go, Debian and Linux call architectures, where no other word is spelled so.
_MACHINES = (
    "amd64(?:v[1-4])?|x86[-_]64(?:[-_]?v[1-4])?|i[3-6]86|arm64(?:[-_]?v[89])?|arm32(?:[-_]?v[5-7])?|armv[5-8][hl]?"
    "|arm[-_]v[5-8]|armhf|armel|aarch64|ppc64(?:le|el)?|s390x|riscv64|mips(?:64)?(?:le|el)|loong(?:arch)?64"
)
_ARCHITECTURES = rf"{_MACHINES}|386|x86|x64|arm(?:[-_]?v?[5-8])?|ppc|s390|mips(?:64)?|riscv|multi-?arch"
_SYSTEMS = "linux|windows|win|win32|win64|darwin|macos|osx|freebsd"
# Red Hat's and those built from it: with one digit after a dash, too.
_MAJOR_ONLY = "rhel|el|ubi|centos|rocky(?:linux)?|alma(?:linux)?|ol|oraclelinux|photon|mariner|azurelinux"
_DISTRIBUTIONS = (
    f"{_MAJOR_ONLY}|debian|ubuntu|fedora|amazonlinux|amzn|al|opensuse|leap|sles|bci|distroless|wolfi|busybox|scratch"
    "|windows|nanoserver|windowsservercore|servercore|windowsltsc|ltsc"
)
# Debian's and Ubuntu's.
_CODE_NAMES = (
    "wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|trusty|xenial|bionic|focal|jammy|noble|hirsute|impish"
    "|kinetic|lunar|mantic|oracular|plucky|questing"
)
_RUNTIMES = "jre|jdk|openjdk|temurin|corretto|semeru|graalvm|hotspot|openj9|cuda|cudnn|rocm"
# Without its number such a word names a component as well as a variant.
_NUMBERED_RUNTIMES = "php|python|py|node|java|scala|ruby|pg|postgres|pgsql|dotnet|mysql|mariadb"
_FLAVOURS = (
    "eclipse|ibmjava|slim|fat|full|minimal|lite|debug|rootless|non-?root|unprivileged|fpm|apache|cli|zts|dind|musl"
    "|glibc|gnu|static|runtime|cpu(?:v[0-9])?|gpu|management|enterprise|community|ce|ee|oss|fips|perl|otel|chiseled|extra|composite|cbl"
)

_VERSION = "(?:[-_]?v?[0-9]+(?:[._][0-9]+)+|-?[0-9]{2,4}|_?[0-9]{1,4})"
# Atomic, so that no tag makes the search try the readings of each piece in all combinations.
_PIECE = (
    rf"(?>(?:{_ARCHITECTURES}|{_SYSTEMS}|{_CODE_NAMES}|{_FLAVOURS}|alpine(?:-?3(?:\.[0-9]+)+|3[0-9]*)?"
    rf"|(?:{_MAJOR_ONLY})-[0-9]|(?:{_DISTRIBUTIONS}|{_RUNTIMES}){_VERSION}?|(?:{_NUMBERED_RUNTIMES}){_VERSION})"
    "(?![0-9A-Za-z]))"
)
_PIECE_AT = re.compile(_PIECE, re.IGNORECASE).match
_DIGIT = re.compile("[0-9]").search
_SEPARATORS = frozenset("-_.")
# Bounded, because a search through all combinations takes the square of the number of pieces.
_PREFIXED = re.compile(
    rf"(?:{_PIECE}[-_]){{0,4}}?(?:{_MACHINES})[-_](?:{_PIECE}[-_]){{0,4}}(?P<version>[vV]?[0-9].*)", re.IGNORECASE
).fullmatch
_ARCHITECTURE = re.compile(rf"(?<![0-9A-Za-z])(?:{_ARCHITECTURES})(?![0-9A-Za-z])", re.IGNORECASE).search
_LETTERS = re.compile("[-_.]?([A-Za-z]+)")
# The beginnings of the words above, as a suffix has them before its first digit.
_FIRST_LETTERS = re.compile(
    rf"{_SYSTEMS}|{_DISTRIBUTIONS}|{_CODE_NAMES}|{_FLAVOURS}|{_RUNTIMES}|{_NUMBERED_RUNTIMES}|alpine"
    "|amd|arm|armv|armhf|armel|i|x|ppc|s|riscv|mips|aarch|loong|ls",
    re.IGNORECASE,
).fullmatch


def is_variant(suffix: str) -> bool:
    """Whether a text after the numbers names a variant or a counted build of one: `-alpine3.20`, `-debian-12-r9`."""
    found = _LETTERS.match(suffix)
    return found is not None and _FIRST_LETTERS(found[1]) is not None and not is_prerelease(suffix)


def version_of_variant(tag: str) -> str | None:
    """The version that a tag is a variant of, as the tag writes it; None for a tag that is no variant."""
    if len(tag) > _LONGEST or tag.lstrip("vV").replace(".", "").isdecimal():
        return None
    shorter, found = tag, _PREFIXED(tag)
    if found:
        shorter = found["version"]
    shorter = _without_pieces(shorter)
    if shorter == tag:
        return None
    whole, rest = natural_version(tag), natural_version(shorter)
    return shorter if whole and rest and whole.core == rest.core else None


def _without_pieces(tag: str) -> str:
    """What is left without the pieces at the end, behind the first digit; each place is tried once, from the end."""
    digit = _DIGIT(tag)
    start, only_pieces = len(tag), {len(tag)}
    for place in range(len(tag) - 1, digit.start() if digit else len(tag), -1):
        if tag[place] in _SEPARATORS and (piece := _PIECE_AT(tag, place + 1)) and piece.end() in only_pieces:
            only_pieces.add(place)
            start = place
    return tag[:start]


def names_architecture(tag: str) -> bool:
    """Whether a variant is made for one architecture, so that nobody would call it a release."""
    version = version_of_variant(tag)
    return version is not None and _ARCHITECTURE(tag.replace(version, "", 1)) is not None
