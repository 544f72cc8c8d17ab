"""Files that are no Dockerfile, although somebody names them as one: templates, compose and bake files, and others.

A file is judged only after a line of it made no sense, so that no Dockerfile is mistaken for another kind of file.
"""

import re
from collections.abc import Sequence

_LOOKED_AT = 1000
"""Characters of a line: the expressions would take too long for a line of a megabyte."""
_GENERATED = "name the generated file"
_TEMPLATES = (
    (re.compile(r"\{[%#]"), "Jinja"),
    (re.compile(r"\{\{"), "Jinja or Go"),
    (re.compile(r"<%|%>"), "ERB or EJS"),
    (re.compile(r"@\w[\w.-]*@"), "CMake or autoconf"),
    (
        re.compile(r"%%\w+%%|#\{\w+\}#|__[A-Z]\w*__|\[\[.*\]\]|%[A-Z_]+%|(?<!\$)\{\w+\}|<[A-Za-z][\w -]*>"),
        "placeholders",
    ),
)
_OPTION = "${templateOption:"
_PREPROCESSOR = re.compile(r'#[ \t]*(?:include[ \t]+["<]|ifdef[ \t]+\w|ifndef[ \t]+\w)')
_CONFLICT = re.compile(r"<{7} |={7}$|>{7} ")
_YAML_KEY = re.compile(r"""["']?[\w./-]+["']?[ \t]*:(?:[ \t]|$)|---[ \t]*$|-[ \t]+[\w"']""")
_YAML_KINDS = (
    (re.compile(r"services[ \t]*:"), "a docker-compose file; name the Dockerfile that it builds"),
    (re.compile(r"apiVersion[ \t]*:"), "a Kubernetes manifest; name the Dockerfile"),
    (re.compile(r"jobs[ \t]*:"), "a CI workflow; name the Dockerfile that it builds"),
)
_HCL = re.compile(r'(?:target|group|variable|function)[ \t]+"[^"]*"[ \t]*\{')
_BAKE_JSON = re.compile(r'"(?:target|group)"[ \t]*:')
_COMPOSE_JSON = re.compile(r'"services"[ \t]*:')
_BAKE = "a bake file; set source.bake"


def template(text: str) -> str | None:
    """What a line that makes no sense looks like, and what to do; None where it looks like no template."""
    start = text[:_LOOKED_AT]
    if _CONFLICT.match(start):
        return "this looks like a merge conflict; resolve it"
    for sign, language in _TEMPLATES:
        if sign.search(start):
            return f"this looks like a template ({language}); {_GENERATED}"
    return None


def preprocessed(lines: Sequence[str]) -> int | None:
    """The number of the first line for the C preprocessor, which is a comment to BuildKit; None without one."""
    return next((number for number, line in enumerate(lines, start=1) if _PREPROCESSOR.match(line)), None)


def dev_container(lines: Sequence[str]) -> int | None:
    """The number of the first line that only the generator of a Dev Container can read; None without one."""
    told = ((number, line) for number, line in enumerate(lines, start=1) if _OPTION in line)
    return next((number for number, line in told if not line.lstrip().startswith("#")), None)


def other_kind(lines: Sequence[str]) -> str | None:
    """What a file without a stage is, and what to do; None where it is not known."""
    told = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "//"))]
    first = told[0].strip() if told else ""
    if "\0" in first:
        return "this is no text in UTF-8; save it as UTF-8"
    if _HCL.match(first):
        return f"this is {_BAKE}"
    if re.match(r"\{(?![%{#])|\[(?!\[)", first):
        return f"this is {_json_kind(told)}"
    if first.startswith(("<?xml", "<!", "<html")):
        return "this is an XML or HTML file; name the Dockerfile"
    if re.match(r"VERSION[ \t]+(?:--\S+[ \t]+)*\d", first):
        return "this is an Earthfile; name a Dockerfile, or list its images under source.baseImages"
    if re.match(r"(?i:bootstrap)[ \t]*:", first):
        return "this is an Apptainer definition; list its images under source.baseImages"
    if _YAML_KEY.match(first):
        return f"this is {_yaml_kind(told)}"
    return None


def _json_kind(told: Sequence[str]) -> str:
    text = "\n".join(told)
    if _BAKE_JSON.search(text):
        return _BAKE
    if _COMPOSE_JSON.search(text):
        return "a docker-compose file; name the Dockerfile that it builds"
    return "a JSON file; name the Dockerfile"


def _yaml_kind(told: Sequence[str]) -> str:
    for sign, kind in _YAML_KINDS:
        if any(map(sign.match, told)):
            return kind
    return "a YAML file; name the Dockerfile"
