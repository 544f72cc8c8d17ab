"""An organisation as the files of a config repository."""

from collections.abc import Mapping

import yaml

from provider.config_repo.state.documents import base_text, image_text
from provider.domain.snapshot import Snapshot


def files_of(snapshot: Snapshot) -> Mapping[str, str]:
    """images.yaml and the state files."""
    dependents: dict[str, set[str]] = {}
    for image in snapshot.images.values():
        for dependency in image.dependencies:
            dependents.setdefault(dependency.name, set()).add(image.name)
    entries = [enrollment.to_document() for enrollment in snapshot.enrollments.values()]
    return {
        "images.yaml": yaml.safe_dump(entries, sort_keys=False),
        **{f"state/images/{name}.yaml": image_text(image) for name, image in snapshot.images.items()},
        **{
            f"state/base-images/{name}.yaml": base_text(base, tuple(sorted(dependents.get(name, ()))))
            for name, base in snapshot.bases.items()
        },
    }
