"""Packed texts are the texts that they were, and small."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.packing import PackedTexts, Packing


@given(st.lists(st.text(), min_size=1))
def test_every_text_comes_back(texts: list[str]) -> None:
    """Whatever the first one is, also an empty one."""
    packing = Packing()
    packed = [packing.packed(text) for text in texts]

    assert [packing.unpacked(each) for each in packed] == texts


def test_texts_that_are_alike_need_little() -> None:
    """An entity differs from another in its names, its digests and its times."""
    packing = Packing()
    texts = [
        "".join(f"  image-factory.io/key-{key}: value {key * number}\\n" for key in range(40)) for number in range(9)
    ]
    packed = [packing.packed(text) for text in texts]

    assert len(packed[-1]) < len(texts[-1]) / 5
    assert [packing.unpacked(each) for each in packed] == texts


def test_packed_texts_are_read_like_any_others_by_name() -> None:
    """What is not there is not there."""
    packing = Packing()
    texts = PackedTexts({name: packing.packed(f"the text of {name}") for name in ("app", "base")}, packing)

    assert dict(texts) == {"app": "the text of app", "base": "the text of base"}
    assert (len(texts), texts.get("other"), "app" in texts) == (2, None, True)
