"""The valid values of what a source names: Dockerfiles, bake files, build contexts and base images.

Each `*_problem` returns None when the text is valid; otherwise it returns what is wrong and what to write.
"""

import re

from catalog.reference import ImageReference, InvalidReference
from provider.domain.enrollment import LOCAL_CONTEXT
from provider.domain.enrollment_grammar import shown

IMAGE_CONTEXT = "docker-image://"
"""What a build context that is an image begins with. Source: buildx's documentation, `--build-context`."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|git@")
_PATTERN = re.compile(r"[*?\[\]]")
TEMPLATE_ENDINGS = ("ejs", "erb", "gotmpl", "hbs", "j2", "jinja", "jinja2", "mustache", "template", "tmpl", "tpl")
"""The endings of files from which a Dockerfile is generated."""
_TEMPLATE = re.compile(rf"\.({'|'.join(TEMPLATE_ENDINGS)}|in)$", re.IGNORECASE)
_COMPOSE = re.compile(r"(docker-)?compose([.-][A-Za-z0-9_.-]+)?\.ya?ml", re.IGNORECASE)
_BAKE = re.compile(r".+\.hcl|docker-bake([.-][A-Za-z0-9_.-]+)?\.json", re.IGNORECASE)
_BAKE_FILE = re.compile(r".+\.(hcl|json)", re.IGNORECASE)
_BAKE_TARGET = re.compile(r"[A-Za-z0-9_-]{1,128}")
# A name may be a whole reference, which BuildKit then takes from the context instead of its registry.
_CONTEXT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@-]{0,255}")
_LONGEST_REFERENCE = 1024


def dockerfile_problem(text: str) -> str | None:
    """Check the path of a Dockerfile inside its source repository."""
    return _path_problem(text, "a Dockerfile", "app/Dockerfile") or _unreadable_problem(text)


def bake_file_problem(text: str) -> str | None:
    """Check the path of a bake file inside its source repository."""
    if problem := _path_problem(text, "a bake file", "docker-bake.hcl"):
        return problem
    if _BAKE_FILE.fullmatch(text):
        return None
    return f"{shown(text)} is not a bake file; write a path that ends in .hcl or .json, for example docker-bake.hcl"


def bake_target_problem(text: str) -> str | None:
    """Check the name of a target or group in a bake file."""
    if _BAKE_TARGET.fullmatch(text):
        return None
    return f"{shown(text)} is not a target of a bake file; write its name, for example app"


def context_name_problem(text: str) -> str | None:
    """Check the name of a build context."""
    if _CONTEXT_NAME.fullmatch(text):
        return None
    return f"{shown(text)} is not the name of a build context; write it as after FROM or --from=, for example src"


def context_problem(text: str) -> str | None:
    """Check the value of a build context."""
    right = f"write {LOCAL_CONTEXT}, or {IMAGE_CONTEXT} and a reference"
    if text == LOCAL_CONTEXT:
        return None
    if text.startswith(IMAGE_CONTEXT):
        problem = base_image_problem(text.removeprefix(IMAGE_CONTEXT))
        return f"{problem}; {right}" if problem else None
    if text.startswith("target:"):
        return f"{shown(text)} is a target of a bake file; write bake: {{file: docker-bake.hcl, target: NAME}} instead"
    if text.startswith((".", "/")) or "://" in text or "@" in text:
        return f"{shown(text)} is not an image; {right}: {LOCAL_CONTEXT} stands for every folder and other address"
    if base_image_problem(text) is None and re.search(r"[./:]", text):
        return f"{shown(text)} is neither {LOCAL_CONTEXT} nor an image; did you mean {IMAGE_CONTEXT}{text}?"
    return f"{shown(text)} is not a build context; {right}"


def base_image_problem(text: str) -> str | None:
    """Check a reference that a person wrote."""
    right = "write for example node:22 or cgr.dev/acme/static:1"
    if "://" in text:
        return f"{shown(text)} is not an image reference; leave out what is before and including '://'; {right}"
    if text == "scratch":
        return "scratch is no image; leave it out"
    if len(text) > _LONGEST_REFERENCE:
        return f"{shown(text)} is not an image reference: it is too long; {right}"
    try:
        ImageReference.parse(text)
    except InvalidReference:
        return f"{shown(text)} is not an image reference; {right}"
    return None


def _path_problem(text: str, kind: str, example: str) -> str | None:
    parts = text.split("/")
    if _ADDRESS.match(text):
        return f"this is an address; write a path inside the source repository, for example {example}"
    if text.startswith("-") or not text.isprintable() or "\\" in text or parts[-1] in {"", "."}:
        return f"{shown(text)} is not a path to {kind}; write for example {example}"
    if text.startswith("/") or ".." in parts:
        return f"{shown(text)} leaves the source repository; write a path inside it, for example {example}"
    if _PATTERN.search(text):
        return f"{shown(text)} is a pattern; write each path, for example [api/Dockerfile, web/Dockerfile]"
    return None


def _unreadable_problem(text: str) -> str | None:
    """Why a file with this name is not a Dockerfile; None where it may be one."""
    name = text.rpartition("/")[2]
    by_hand = "or leave dockerfile out and list its images under baseImages"
    if _TEMPLATE.search(name):
        return f"{shown(text)} is a template; name the file that is generated from it, {by_hand}"
    if _COMPOSE.fullmatch(name):
        return f"{shown(text)} is a Compose file; name the Dockerfile of its build, {by_hand}"
    if _BAKE.fullmatch(name):
        return f"{shown(text)} is a bake file; write bake: {{file: {text}, target: NAME}} instead of dockerfile"
    return None
