"""Which addresses git may use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.git.addresses import GitAddress, InvalidGitAddress


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("https://github.com/acme/config.git", "https"),
        ("https://git.example.com:8443/acme/config", "https"),
        ("ssh://git@github.com/acme/config.git", "ssh"),
        ("git@github.com:acme/config.git", "ssh"),
        ("github.com:acme/config.git", "ssh"),
        ("http://git.local:3000/acme/config.git", "http"),
        ("http://listed.local:3000/acme/config.git", "http"),
        ("/srv/git/config.git", "file"),
        ("file:///srv/git/config.git", "file"),
    ],
)
def test_an_address_has_one_protocol(text: str, protocol: str) -> None:
    """Git may use only the protocol of its address."""
    assert GitAddress.parse(text, ["git.local:3000", "listed.local"]) == GitAddress(text, protocol)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ext::sh -c id",
        "ext::id",
        "fd::17",
        "-oProxyCommand=id",
        "--upload-pack=id",
        "git://github.com/acme/config.git",
        "http://git.local:3001/acme/config.git",
        "http://example.com/acme/config.git",
        "ssh://-oProxyCommand=id/x",
        "ssh://git:secret@example.com/x",
        "-x@host:path",
        "file://host/srv/config.git",
        "relative/config.git",
        "https:///acme",
        "https://[x/acme",
        "https://host/a b",
        "https://host/a\nb",
    ],
)
def test_any_other_address_is_refused(text: str) -> None:
    """Programs, options, plain http to unlisted hosts and similar texts never reach git."""
    with pytest.raises(InvalidGitAddress):
        GitAddress.parse(text, ["git.local:3000"])


@pytest.mark.parametrize("text", ["https://anna:s3cret@github.com/acme/c.git", "https://s3cret@github.com/acme/c.git"])
def test_credentials_in_an_address_are_refused_and_not_repeated(text: str) -> None:
    """Git would write them to .git/config; the message says to use a setting, and does not repeat them."""
    with pytest.raises(InvalidGitAddress, match="configure the token as a setting") as refusal:
        GitAddress.parse(text)
    assert "s3cret" not in str(refusal.value)


def test_plain_http_names_the_setting_that_allows_it() -> None:
    """The message names the host and the setting."""
    with pytest.raises(InvalidGitAddress, match=r"add example\.com to that setting") as refusal:
        GitAddress.parse("http://example.com/acme/config.git")
    assert "allowed only for hosts in IMAGE_FACTORY_INSECURE_REGISTRIES" in str(refusal.value)


@given(st.text())
def test_what_is_accepted_is_no_option_and_no_transport_program(text: str) -> None:
    """No accepted address makes git start another program."""
    try:
        address = GitAddress.parse(text)
    except InvalidGitAddress:
        return
    assert not address.text.startswith("-")
    assert address.protocol in {"https", "ssh", "file"}
    assert "::" not in address.text.partition("/")[0]
