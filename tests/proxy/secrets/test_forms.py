"""The list of the forms in which a secret can be written."""

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
    """An answer with any form is refused, and logs show `***` instead."""
    for secret in ("ghp_0123-a.b~c", "hush+hush/hush=<1>", 'a\\"quoted" \\\\ secret', "pässwörter & ключ 🔑"):
        _is_found_and_hidden(secret, "told: '", write(secret), "'.")


@given(secret=SECRETS | TOKENS, name=st.sampled_from(sorted(WRITERS)), before=SURROUNDINGS, after=SURROUNDINGS)
def test_each_form_of_any_secret_is_found_and_hidden_anywhere(secret: str, name: str, before: str, after: str) -> None:
    """This holds for any secret and any text around it."""
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
    """A single line of a private key is found; the marks around the key are not secret."""
    redactor = Redactor([Secret(KEY)])
    assert redactor.holds(write("MIIEvQIBADANBg+/hkiG"))
    assert redactor.holds(write("kqhkiG9w0BAQEF/AAS"))
    assert redactor.holds(write(KEY))
    assert not redactor.holds(write("-----BEGIN KEY-----"))


def test_a_key_whose_lines_a_setting_escapes_is_found_by_line_too() -> None:
    r"""A variable may contain `\n` as two characters for each line break."""
    assert shows(Secret(KEY.replace("\n", "\\n")), "kqhkiG9w0BAQEF/AAS")


def test_basic_authentication_in_latin_1_is_found() -> None:
    """The library requests encodes user and password in Latin-1."""
    assert shows(Secret("pässwörter"), base64.b64encode("ci:pässwörter".encode("latin-1")))


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_secret_has_no_forms(secret: str) -> None:
    """A short text occurs in many texts, and hiding it there would reveal it."""
    assert written_forms(Secret(secret)) == ()


def test_a_short_line_of_a_long_secret_has_no_form() -> None:
    """Short lines such as `login ci` are not hidden."""
    secret = Secret("machine github.com\nlogin ci-robot\npassword hush-hush-hush")
    assert len("login ci-robot") >= SHORTEST_LINE > len("login ci")
    assert not shows(Secret("login ci\npassword hush-hush-hush"), "login ci")
    assert shows(secret, "password hush-hush-hush")


@given(secret=SECRETS, text=st.text())
def test_other_texts_do_not_contain_it(secret: str, text: str) -> None:
    """A text without the letters and digits of the secret stays unchanged."""
    assume(not any(form.anchor in text for form in written_forms(Secret(secret))))
    assert not shows(Secret(secret), text)
    assert Redactor([Secret(secret)])(text) == Redactor([])(text)


def test_forms_do_not_print_the_secret() -> None:
    """The repr of a form does not show the secret."""
    assert "hush-hush" not in repr(written_forms(Secret("hush-hush-1")))


def test_many_line_breaks_take_linear_time() -> None:
    """A pattern that matched each break in two ways would take exponential time."""
    assert not shows(Secret("first\nlast"), "first" + "\n" * 5000 + "other")
