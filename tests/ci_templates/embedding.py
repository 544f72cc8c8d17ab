"""Puts the script into the templates that cannot read it from a file beside them. Pure."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "ci-templates"
SCRIPT = FOLDER / "image-factory-build.sh"
WHOLE = "tekton/task.yaml"
"""Tekton passes arguments to a script; the others write the script to a file and run that."""

EMBEDDING = {
    ".github/workflows/build.yml": '"$RUNNER_TEMP/image-factory-build.sh"',
    # The job has a container of its own.
    "templates/build.yml": "/tmp/image-factory-build.sh",  # noqa: S108
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
    lines = script if not file else f"cat >{file} <<'{_END}'\n{script}{_END}\nsh {file} build\n"

    def filled(place: re.Match[str]) -> str:
        margin = place["indent"] + "  "
        return place["head"] + "".join(margin + line if line.strip() else line for line in lines.splitlines(True))

    return _PLACE.sub(filled, template)
