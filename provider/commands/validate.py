"""`image-factory validate`: checks the files of a config repository, in a pre-commit hook or a CI job."""

import sys
from pathlib import Path

from provider.config_repo.enrollments.validate import validate_folder


def run(folder: str) -> int:
    """Print one line for each problem; returns 1 if there is a problem."""
    path = Path(folder)
    if not path.is_dir():
        print(f"{folder} is not a folder; pass the folder of a checkout of the config repository", file=sys.stderr)
        return 1
    found = validate_folder(path)
    for problem in found.problems:
        print(problem)
    return int(bool(found.problems))
