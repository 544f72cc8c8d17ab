"""Named contexts: names that the build takes from elsewhere than a registry, as `--build-context NAME=VALUE` has them.

Source of the rules: BuildKit, frontend/dockerui/config.go (NamedContext) and namedcontext.go.
"""

from collections.abc import Mapping

from catalog.reference import ImageReference, InvalidReference

_IMAGE = "docker-image:"
_NO_STAGES = frozenset({"context", "scratch"})


class NamedContexts:
    """The named contexts of a build; names are compared as BuildKit does, in their familiar form without `:latest`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take the values by name: `docker-image://REFERENCE`; anything else is no image of a registry."""
        self._values = {_key(name): value for name, value in values.items()}

    def of_stage(self, name: str | None) -> str | None:
        """The value that replaces the stage of this name; None without one."""
        return self._values.get(_key(name)) if name and name not in _NO_STAGES else None

    def of_image(self, reference: str) -> str | None:
        """The value that replaces the image of this reference; None without one."""
        return self._values.get(_key(reference)) if self._values else None


def image_of(value: str) -> str | None:
    """The reference of the image that a context is; None for files and other things that are no image."""
    return value.removeprefix(_IMAGE).removeprefix("//") if value.startswith(_IMAGE) else None


def _key(name: str) -> str:
    try:
        return ImageReference.parse(name).familiar.removesuffix(":latest")
    except InvalidReference:
        return name
