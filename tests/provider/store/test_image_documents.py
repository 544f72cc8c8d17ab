"""Tests of images as JSON."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Image
from catalog.reference import Digest
from provider.store.image_documents import document_of, image_of
from tests.provider.store.samples import full

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
st.register_type_strategy(Digest, st.sampled_from(["a", "b"]).map(lambda one: Digest(f"sha256:{one * 64}")))
IMAGES = st.builds(
    Image,
    last_updated=st.none() | st.datetimes(timezones=st.just(UTC)),
    enrollment=st.none() | st.dictionaries(st.text(), JSON_VALUES, max_size=3),
)


@given(IMAGES)
def test_nothing_is_lost(image: Image) -> None:
    """An image that is written and read is equal to the original."""
    texts = document_of(image)

    assert image_of(texts.document, texts.histories) == image


def test_histories_are_stored_separately() -> None:
    """The histories are a text of their own, so an image can be read without them."""
    texts = document_of(full())

    assert '"updates"' not in texts.document
    assert image_of(texts.document).updates == ()
    assert image_of(texts.document, texts.histories) == full()


def test_a_document_of_another_release_can_be_read() -> None:
    """Unknown keys are ignored, and missing fields have their default."""
    document = document_of(full()).document.replace('"title":', '"heading":')

    assert image_of(document).title is None


def test_a_wrong_value_is_named_by_its_path() -> None:
    """The error of a row that cannot be read says where the value is."""
    texts = document_of(full())
    document = texts.document.replace('"status":"up-to-date"', '"status":"green"')
    histories = texts.histories.replace('"first_seen"', '"seen"')

    with pytest.raises(ValueError, match=r"@ Image\.status") as caught:
        image_of(document, histories)
    assert "@ Image.updates[0].first_seen" in str(caught.value)
