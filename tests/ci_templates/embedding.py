"""Puts the script into the templates that cannot read it from a file beside them. Pure."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "ci-templates"
SCRIPT = FOLDER / "image-factory-build.sh"
WHOLE = "tekton/task.yaml"
"""Tekton passes arguments to a script; the others write the script to a file and run that."""

NEW_FILE = '"$script"'
"""A file that the job makes first, under a name that nobody else has."""

EMBEDDING = {
    ".github/workflows/build.yml": '"$RUNNER_TEMP/image-factory-build.sh"',
    # GitLab has no folder for such files. A fixed name would be anybody's where jobs share a machine.
    "templates/build.yml": NEW_FILE,
    WHOLE: "",
}
"""The templates with a copy, and the file that each writes in its job."""

_END = "END_OF_IMAGE_FACTORY_BUILD"
_PLACE = re.compile(
    r"(?P<head>^(?P<indent> *)# image-factory-build\.sh, put here by `make ci-templates`\n(?P=indent)(?:- |\w+: )\|\n)"
    r"(?:(?P=indent)  .*\n|\n)*",
    re.MULTILINE,
)


def embedded(template: str, script: str, file: str) -> str:
    """The template with the script in each of its places.

    Args:
        template: the text of the template.
        script: the text of the script.
        file: the file that the job writes the script to; empty where the block is the script itself.
    """
    made = "script=$(mktemp)\n" if file == NEW_FILE else ""
    lines = script if not file else f"{made}cat >{file} <<'{_END}'\n{script}{_END}\nsh {file} build\n"

    def filled(place: re.Match[str]) -> str:
        margin = place["indent"] + "  "
        return place["head"] + "".join(margin + line if line.strip() else line for line in lines.splitlines(True))

    return _PLACE.sub(filled, template)
