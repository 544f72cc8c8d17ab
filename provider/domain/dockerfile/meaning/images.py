"""The image that a text means after expansion: in a registry, or replaced by a named context, or none at all."""

import re
from dataclasses import dataclass

from catalog.reference import ImageReference, InvalidReference
from provider.domain.dockerfile.errors import InvalidSyntaxError, quoted
from provider.domain.dockerfile.foreign import template
from provider.domain.dockerfile.meaning.contexts import NamedContexts, image_of

NO_IMAGE = "scratch"
LONGEST_REFERENCE = 1024
"""Characters; the grammar of references allows about half as many."""

# podman, buildah and skopeo: containers-transports(5); buildx: --build-context.
_TRANSPORT = re.compile(
    r"(docker|docker-image|oci-layout|docker-daemon|docker-archive|containers-storage|target)://(.*)"
)
_REGISTRY = "docker"


@dataclass(frozen=True, slots=True)
class MeantImage:
    """What a text means.

    Attributes:
        reference: the text of the reference, or of the one that replaces it.
        image: the parsed `reference`; None when the text means no image of a registry.
        note: what is unusual about the text; None where nothing is.
    """

    reference: str
    image: ImageReference | None
    note: str | None = None


def meant_image(text: str, contexts: NamedContexts) -> MeantImage:
    """The image of a text that names no stage.

    Raises:
        InvalidSyntaxError: it is no reference.
    """
    if text == NO_IMAGE:
        return MeantImage(text, None)
    value = contexts.of_image(text)
    if value is not None:
        return context_image(value)
    transport = _TRANSPORT.fullmatch(text)
    if not transport:
        return MeantImage(text, _parsed(text))
    scheme, rest = transport.groups()
    if scheme == _REGISTRY:
        note = "docker:// is a form that podman and buildah read and BuildKit refuses; the image after it is watched"
        return MeantImage(rest, _parsed(rest), note)
    return MeantImage(text, None, f"{scheme}:// names no image of a registry; what it names is not watched")


def context_image(value: str) -> MeantImage:
    """The image that a named context is.

    Raises:
        InvalidSyntaxError: it is `docker-image://` and no reference.
    """
    reference = image_of(value)
    if reference is None or reference == NO_IMAGE:
        return MeantImage(value, None)
    return MeantImage(reference, _parsed(reference))


def _parsed(text: str) -> ImageReference:
    if len(text) > LONGEST_REFERENCE:
        wrong = f"is longer than {LONGEST_REFERENCE} characters"
        raise InvalidSyntaxError(f"a reference {wrong}", f"{quoted(text)} {wrong}")
    try:
        return ImageReference.parse(text)
    except InvalidReference as error:
        if known := template(text):
            raise InvalidSyntaxError(known) from error
        raise InvalidSyntaxError("this is not an image reference", str(error)) from error
