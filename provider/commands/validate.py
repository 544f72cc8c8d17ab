"""`image-factory validate`: a config repository's checkout, for a pre-commit hook or its CI."""

import sys
from pathlib import Path

from provider.config_repo.enrollments.validate import validate_folder


def run(folder: str) -> int:
    """Print one line a problem; 1 when there is any."""
    path = Path(folder)
    if not path.is_dir():
        print(f"{folder} is no folder; name the checkout of a config repository", file=sys.stderr)
        return 1
    problems = validate_folder(path)
    for problem in problems:
        print(problem)
    return int(bool(problems))
