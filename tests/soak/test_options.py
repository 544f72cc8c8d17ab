"""The options of a soak."""

import pytest

from soak.options import Options


def test_without_variables_a_soak_is_the_one_that_is_promised() -> None:
    """20 minutes, 2,000 images, 300 base images."""
    options = Options.read({})

    assert (options.seconds, options.images, options.bases) == (1200, 2000, 300)


def test_a_small_soak_has_fewer_base_images_too() -> None:
    """SECONDS, SEED and IMAGES are enough; an empty variable counts as not set."""
    options = Options.read({"SECONDS": "60", "SEED": "7", "IMAGES": "60", "BASES": ""})

    assert str(options) == "SECONDS=60 SEED=7 IMAGES=60 BASES=9 READERS=30"


@pytest.mark.parametrize(("name", "value"), [("SECONDS", "5"), ("IMAGES", "many"), ("READERS", "0"), ("SEED", "-1")])
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    """The message has the variable and what to write."""
    with pytest.raises(ValueError, match=f"{name}='{value}': write a whole number from "):
        Options.read({name: value})
