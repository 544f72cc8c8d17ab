"""The valid values of each field of an enrollment.

Each `*_problem` returns None when the text is valid; otherwise it returns what is wrong and what to write.
"""

import re

from catalog.reference import ImageReference, InvalidReference, usual_reference

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Backstage's rules: an entity name has at most 63 characters, a namespace is a DNS label (docs: "Descriptor format").
_ENTITY_NAME = r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_NAMESPACE = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_OWNER = re.compile(rf"(group|user):{_NAMESPACE}/{_ENTITY_NAME}", re.IGNORECASE)
_SYSTEM = re.compile(rf"(system:)?({_NAMESPACE}/)?{_ENTITY_NAME}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(?P<port>:[0-9]{1,5})?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?")
_WORKFLOW = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,199}\.ya?ml")
_STAGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_BUILD_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# git help check-ref-format: none of these characters, and no part that begins with '.' or ends in '.lock'.
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$|^[-/.]|^@$")
_HIGHEST_PORT = 65535
# github.com/distribution/reference, RepositoryNameTotalLengthMax.
_LONGEST_REPOSITORY = 255
_SHOWN = 60


def shown(text: str) -> str:
    """The text as a message may repeat it: quoted and shortened; a text with '@' may hold a password and is hidden."""
    return "what is written" if "@" in text else repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def name_problem(text: str) -> str | None:
    """Check the name of an image."""
    if NAME.fullmatch(text):
        return None
    return f"{shown(text)} is not a name; use a-z, 0-9 and '-', at most 63 characters, '-' not first or last"


def registry_problem(text: str) -> str | None:
    """Check the host of a registry, with an optional port."""
    example = "write for example ghcr.io or registry.example.org:5000"
    match = _HOST.fullmatch(text)
    if not match:
        return f"{shown(text)} is not a registry's host; {example}, in lower case and without https://"
    port = match["port"]
    if port and not 0 < int(port[1:]) <= _HIGHEST_PORT:
        return f"{shown(text)} has an impossible port; {example}"
    # Without a dot or a port the grammar of references reads it as the first part of a Docker Hub repository.
    if not port and "." not in text and text != "localhost":
        return f"{shown(text)} is not a registry's host: it has no dot and no port; {example}"
    return None


def repository_problem(text: str, registry: str = "registry.example.org") -> str | None:
    """Check the path of a repository in its registry."""
    right = "write for example acme/backstage: the path alone, in lower case, without registry and tag"
    if len(text) > _LONGEST_REPOSITORY:
        return f"{shown(text)} has {len(text)} characters; a repository has at most {_LONGEST_REPOSITORY}; {right}"
    try:
        written = f"{registry}/{text}"
        # Almost all are usual ones, and what is only checked needs no place among the parsed ones.
        reference = usual_reference(written) or ImageReference.parse(written)
    except InvalidReference:
        return f"{shown(text)} is not a repository; {right}"
    return f"{shown(text)} holds a tag or digest; {right}" if reference.tag or reference.digest else None


def tag_problem(text: str) -> str | None:
    """Check the tag whose digest is the current one."""
    if _TAG.fullmatch(text):
        return None
    return f"{shown(text)} is not a tag; use letters, digits, '_', '.' and '-', at most 128, for example latest or 1.2"


def branch_problem(text: str) -> str | None:
    """Check a branch, or another ref that a build system builds."""
    if text and not _NO_BRANCH.search(text) and text.isprintable():
        return None
    return f"{shown(text)} is not a branch or ref; write for example main or release/1.2"


def target_problem(text: str) -> str | None:
    """Check the name of the stage that is built."""
    if _STAGE.fullmatch(text):
        return None
    return f"{shown(text)} is not a stage; write the name after AS, for example runtime"


def build_argument_problem(text: str) -> str | None:
    """Check the name of a build argument."""
    if _BUILD_ARGUMENT.fullmatch(text):
        return None
    return f"{shown(text)} is not a build argument's name; write it as after ARG, for example NODE"


def workflow_problem(text: str) -> str | None:
    """Check the file name of a GitHub Actions workflow."""
    if _WORKFLOW.fullmatch(text):
        return None
    return f"{shown(text)} is not a workflow; write its file's name in .github/workflows, for example build.yml"


def platform_problem(text: str) -> str | None:
    """Check a platform, written as in an image index."""
    if _PLATFORM.fullmatch(text):
        return None
    return f"{shown(text)} is not a platform; write for example linux/amd64 or linux/arm/v7"


def owner_problem(text: str) -> str | None:
    """Check the owner of the image in Backstage."""
    if _OWNER.fullmatch(text):
        return None
    return f"{shown(text)} is not an owner; write for example group:default/platform or user:default/jane"


def system_problem(text: str) -> str | None:
    """Check the Backstage system that the image is part of."""
    if _SYSTEM.fullmatch(text):
        return None
    return f"{shown(text)} is not a system; write its entity's name, for example portal or system:default/portal"


def line_problem(text: str) -> str | None:
    """Check a title or another text of one line."""
    if text.strip() and text.isprintable():
        return None
    return f"{shown(text)} is not one line of text; write a few words or leave the key out"
