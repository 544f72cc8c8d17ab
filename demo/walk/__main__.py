"""`make walk`: makes the pictures from what the demo prints, which comes from standard input."""

import sys
from pathlib import Path

from demo.walk.story import scenes_of
from demo.walk.svg import moving_svg, still_svg
from demo.walk.timing import plan_of

# In this scene node:22 changes, and the images are rebuilt; its end is the still picture.
_STILL_SCENE = "Upstream publishes"


def pictures_of(output: str) -> dict[str, str]:
    """The moving and the still picture of an output of the demo, by the name of the file.

    Raises:
        ValueError: the output is not that of a whole demo.
    """
    plan = plan_of(scenes_of(output))
    end = next((span.end for title, span in plan.titles if title.startswith(_STILL_SCENE)), None)
    if end is None:
        raise ValueError(f"no part of the output begins with {_STILL_SCENE!r}; did the demo fail?")
    still = end - 0.1
    return {"walk.svg": moving_svg(plan, still), "walk-still.svg": still_svg(plan, still)}


def main() -> int:
    """Write the pictures into the folder that the only argument names."""
    (folder,) = sys.argv[1:]
    try:
        pictures = pictures_of(sys.stdin.read())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for name, text in pictures.items():
        (Path(folder) / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
