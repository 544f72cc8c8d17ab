"""The one list of the forms in which a secret can be written."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proxy.secrets.forms import SHORTEST, SHORTEST_LINE, shows, written_forms
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.proxy.secrets.written import WRITERS

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="*")
SECRETS = st.text(CHARACTERS, min_size=SHORTEST).map(str.strip).filter(lambda text: len(text) >= SHORTEST)
TOKENS = st.from_regex(r"[A-Za-z0-9+/=._~!$&'\"<>\\ -]{8,60}", fullmatch=True).filter(lambda text: text == text.strip())
SURROUNDINGS = st.text(st.characters(exclude_categories=["Cs"]))
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBg+/hkiG\nkqhkiG9w0BAQEF/AAS\n-----END KEY-----\n"


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_each_form_is_found_and_hidden(write: Callable[[str], str]) -> None:
    """Answers are refused by what is found, and logs show `***` in its place."""
    for secret in ("ghp_0123-a.b~c", "hush+hush/hush=<1>", 'a\\"quoted" \\\\ secret', "pässwörter & ключ 🔑"):
        _is_found_and_hidden(secret, "told: '", write(secret), "'.")


@given(secret=SECRETS | TOKENS, name=st.sampled_from(sorted(WRITERS)), before=SURROUNDINGS, after=SURROUNDINGS)
def test_each_form_of_any_secret_is_found_and_hidden_anywhere(secret: str, name: str, before: str, after: str) -> None:
    """Whatever the secret is and whatever is beside it."""
    _is_found_and_hidden(secret, before, WRITERS[name](secret), after)


def _is_found_and_hidden(secret: str, before: str, written: str, after: str) -> None:
    text, redactor = f"{before}{written}{after}", Redactor([Secret(secret)])
    assert shows(Secret(secret), text)
    assert redactor.holds(text.encode())
    hidden = redactor(text)
    assert "***" in hidden
    assert not redactor.holds(hidden)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_line_of_a_key_is_found_alone(write: Callable[[str], str]) -> None:
    """Libraries quote the line that they cannot read; the marks around a key are no secret."""
    redactor = Redactor([Secret(KEY)])
    assert redactor.holds(write("MIIEvQIBADANBg+/hkiG"))
    assert redactor.holds(write("kqhkiG9w0BAQEF/AAS"))
    assert redactor.holds(write(KEY))
    assert not redactor.holds(write("-----BEGIN KEY-----"))


def test_a_key_whose_lines_a_setting_escapes_is_found_by_line_too() -> None:
    r"""A variable may hold `\n` in two characters for each line break."""
    assert shows(Secret(KEY.replace("\n", "\\n")), "kqhkiG9w0BAQEF/AAS")


def test_basic_authentication_in_latin_1_is_found() -> None:
    """Requests encodes user and password so."""
    assert shows(Secret("pässwörter"), base64.b64encode("ci:pässwörter".encode("latin-1")))


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_secret_has_no_forms(secret: str) -> None:
    """A word of a few letters is in many texts: hiding it would shred them, and tell it."""
    assert written_forms(Secret(secret)) == ()


def test_a_short_line_of_a_long_secret_is_no_secret() -> None:
    """A document with a password in it has lines such as `login ci`."""
    secret = Secret("machine github.com\nlogin ci-robot\npassword hush-hush-hush")
    assert len("login ci-robot") >= SHORTEST_LINE > len("login ci")
    assert not shows(Secret("login ci\npassword hush-hush-hush"), "login ci")
    assert shows(secret, "password hush-hush-hush")


@given(secret=SECRETS, text=st.text())
def test_other_texts_do_not_hold_it(secret: str, text: str) -> None:
    """A text that has not even the secret's letters and digits in their order stays as it is."""
    assume(not any(form.anchor in text for form in written_forms(Secret(secret))))
    assert not shows(Secret(secret), text)
    assert Redactor([Secret(secret)])(text) == Redactor([])(text)


def test_forms_do_not_print_the_secret() -> None:
    """They are as secret as it is."""
    assert "hush-hush" not in repr(written_forms(Secret("hush-hush-1")))


def test_many_line_breaks_after_a_line_take_no_longer_than_they_are_long() -> None:
    """A pattern that tried each break in two ways would not end."""
    assert not shows(Secret("first\nlast"), "first" + "\n" * 5000 + "other")
