"""A secret is not printed, compared or serialized by accident."""

import copy
import json
import pickle

import pytest

from proxy.secrets.secret import Secret

TEXT = "hunter2-do-not-print"


def test_a_secret_prints_as_stars() -> None:
    """No way of printing shows the text."""
    secret = Secret(TEXT)

    assert {str(secret), repr(secret), f"{secret}", f"{secret:>3}", f"{secret!r}", "%s" % secret} == {"***"}  # noqa: UP031 - one of the ways
    assert TEXT not in repr({"key": [secret]})
    assert secret.reveal() == TEXT


def test_secrets_compare_by_their_text() -> None:
    """Secrets with equal texts are equal, and a secret never equals a plain text."""
    assert Secret("ä") == Secret("ä")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a")
    assert not Secret("")


@pytest.mark.parametrize("spread", [pickle.dumps, json.dumps, copy.deepcopy])
def test_a_secret_is_not_serialized(spread: object) -> None:
    """Pickle, JSON and copy raise an error."""
    assert callable(spread)
    with pytest.raises(TypeError):
        spread(Secret(TEXT))
