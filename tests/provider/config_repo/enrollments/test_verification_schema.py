"""The `verify` of an entry: what is valid, and what is reported with its line and field."""

from pathlib import Path
from typing import Any

import pytest

from provider.config_repo.enrollments.entry import InvalidEntry, load_entry
from provider.config_repo.enrollments.problems import dotted
from provider.config_repo.enrollments.validate import validate_folder
from provider.domain.verification.rule import CosignIdentity, CosignRule, Verify
from tests.peers.cosign.signatures import Key
from tests.peers.cosign.sigstore_world import GITHUB, SigstoreWorld

KEY = Key.new()
ENTRY = {"name": "app", "registry": "ghcr.io", "repository": "acme/app"}
IDENTITY = {"issuer": GITHUB, "subject": "https://github.com/acme/*"}


def load(verify: Any) -> Verify | None:
    """The rule of an entry with this value."""
    return load_entry({**ENTRY, "verify": verify}).verify


def problems(verify: Any) -> dict[str | None, str]:
    """What is wrong, by field."""
    with pytest.raises(InvalidEntry) as caught:
        load(verify)
    return {dotted(problem.where): problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    "verify",
    [
        {"cosign": {"keys": ["keys/team.pem"]}},
        {"cosign": {"keys": [KEY.pem.strip(), "keys/a b/c.pub"]}, "bases": ["cgr.dev/**", "node:22", "*"]},
        {"cosign": {"identity": IDENTITY}},
        {"cosign": {"identity": {**IDENTITY, "trustedRoot": "keys/root.json"}}, "bases": ["ghcr.io/acme/*"]},
        {"cosign": {"keys": ["a.pem"], "identity": {"issuer": "https://accounts.google.com", "subject": "*@acme.com"}}},
    ],
)
def test_a_rule_is_written_as_it_was_read(verify: dict[str, Any]) -> None:
    """Into the state, and into the file by a change through the API."""
    entry = load_entry({**ENTRY, "verify": verify})

    assert entry.to_document()["verify"] == verify
    assert load_entry(entry.to_document()) == entry


def test_keys_may_be_files_or_texts() -> None:
    """A text keeps its lines; the line break at its end does not matter."""
    assert load({"cosign": {"keys": [KEY.pem]}}) == Verify(CosignRule((KEY.pem.strip(),)))
    assert load({"cosign": {"identity": IDENTITY}}) == Verify(
        CosignRule(identity=CosignIdentity(GITHUB, "https://github.com/acme/*"))
    )


@pytest.mark.parametrize(
    ("verify", "field", "words"),
    [
        (None, "verify", "is empty"),
        ([], "verify", "must be a mapping"),
        ({}, "verify.cosign", "is missing"),
        ({"notation": {}, "cosign": {"keys": ["a"]}}, "verify.notation", "notation is not known"),
        ({"cosign": {}}, "verify.cosign", "names nobody who signs"),
        ({"cosign": {"keys": []}}, "verify.cosign", "names nobody who signs"),
        ({"cosign": {"key": ["a"]}}, "verify.cosign.key", "did you mean keys?"),
        ({"cosign": {"keys": "keys/team.pem"}}, "verify.cosign.keys", "must be a list"),
        ({"cosign": {"keys": ["../team.pem"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": ["/etc/passwd"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": ["keys//a"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": ["keys/../a"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": [".git/config"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": ["https://a/b.pem"]}}, "verify.cosign.keys[0]", "not a path in the config repository"),
        ({"cosign": {"keys": ["a", "-----BEGIN PUBLIC KEY-----"]}}, "verify.cosign.keys[1]", "is not a public key"),
        ({"cosign": {"keys": [f"-----BEGIN {'a' * 9000}"]}}, "verify.cosign.keys[0]", "a public key has a few hundred"),
        ({"cosign": {"keys": [f"k{number}" for number in range(11)]}}, "verify.cosign.keys", "at most 10 are read"),
        ({"cosign": {"identity": {}}}, "verify.cosign.identity.issuer", "is missing"),
        ({"cosign": {"identity": {"issuer": GITHUB}}}, "verify.cosign.identity.subject", "is missing"),
        (
            {"cosign": {"identity": {**IDENTITY, "issuer": "github.com"}}},
            "verify.cosign.identity.issuer",
            "not the address of an issuer",
        ),
        (
            {"cosign": {"identity": {**IDENTITY, "trustedRoot": "../root.json"}}},
            "verify.cosign.identity.trustedRoot",
            "not a path in the config repository",
        ),
        ({"cosign": {"keys": ["a"]}, "bases": ["Node"]}, "verify.bases[0]", "not a pattern of base images"),
        ({"cosign": {"keys": ["a"]}, "bases": ["*"] * 51}, "verify.bases", "at most 50 are read"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(verify: Any, field: str, words: str) -> None:
    """With what to write instead."""
    assert words in problems(verify)[field]


def test_a_private_key_is_refused_with_what_to_do() -> None:
    """It is in git now, so it has to be replaced; the message does not repeat it."""
    text = "-----BEGIN EC PRIVATE KEY-----\nsecret\n-----END EC PRIVATE KEY-----"
    message = problems({"cosign": {"keys": [text]}})["verify.cosign.keys[0]"]

    assert message.startswith("is a private key; write the public key, and replace this one")
    assert "secret" not in message


@pytest.mark.parametrize(
    ("subject", "valid"),
    [
        ("https://github.com/acme/app/.github/workflows/build.yml@refs/heads/main", True),
        ("https://github.com/acme/*", True),
        ("https://github.com/acme/app/.github/workflows/*@refs/tags/v*", True),
        ("https://gitlab.com/acme/**", True),
        ("release@acme.example", True),
        ("*@acme.example", True),
        ("keyless@distroless.iam.gserviceaccount.com", True),
        ("*", False),
        ("**", False),
        ("https://github.com/*", False),
        ("https://github.com/**", False),
        ("https://github.com*", False),
        ("https://*/acme/app", False),
        ("https://github.com/*/app", False),
        ("https://github.com/acme*", False),
        ("http*", False),
        ("*@*", False),
        ("*@*.example", False),
        ("a*", False),
        ("", False),
        (" ", False),
        ("a\nb", False),
    ],
)
def test_a_subject_that_everybody_can_get_is_refused(subject: str, valid: bool) -> None:
    """A pattern has to name an owner at the host, or the host of an email."""
    verify = {"cosign": {"identity": {"issuer": GITHUB, "subject": subject}}}
    if valid:
        assert load(verify)
    else:
        assert "verify.cosign.identity.subject" in problems(verify)


YAML = """\
- name: app
  registry: ghcr.io
  repository: acme/app
  verify:
    cosign:
      keys:
        - keys/team.pem
      identity:
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/*
        trustedRoot: keys/root.json
"""


def checkout(folder: Path, key: bytes | None, root: bytes | None) -> list[str]:
    """The problems of a checkout with these files."""
    (folder / "keys").mkdir()
    (folder / "images.yaml").write_text(YAML)
    for name, content in (("team.pem", key), ("root.json", root)):
        if content is not None:
            (folder / "keys" / name).write_bytes(content)
    return [str(problem) for problem in validate_folder(folder).problems]


def test_files_that_are_right_have_no_problem(tmp_path: Path) -> None:
    """A public key and a trusted root."""
    assert checkout(tmp_path, KEY.pem.encode(), SigstoreWorld().trusted_root.encode()) == []


@pytest.mark.parametrize(
    ("key", "root", "expected"),
    [
        (
            None,
            b'{"certificateAuthorities": []}',
            "images.yaml:7: app: verify.cosign.keys[0]: keys/team.pem is not a file",
        ),
        (b"", b'{"certificateAuthorities": []}', "keys/team.pem is not a public key in PEM form"),
        (b"\xff", b'{"certificateAuthorities": []}', "keys/team.pem is not a public key in PEM form"),
        (b"a" * 300_000, b'{"certificateAuthorities": []}', "or has more than 262144 bytes"),
        (
            KEY.pem.encode(),
            None,
            "images.yaml:11: app: verify.cosign.identity.trustedRoot: keys/root.json is not a file",
        ),
        (KEY.pem.encode(), b"[", "keys/root.json is not a trusted root"),
        (KEY.pem.encode(), b"[]", "keys/root.json is not a trusted root"),
        (KEY.pem.encode(), b"[" * 100_000, "keys/root.json is not a trusted root"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_file_line_and_field(
    key: bytes | None, root: bytes | None, expected: str, tmp_path: Path
) -> None:
    """`image-factory validate` prints it before it is pushed."""
    (problem,) = checkout(tmp_path, key, root)

    assert expected in problem


def test_a_link_is_no_file(tmp_path: Path) -> None:
    """It could lead out of the repository; the service reads files of the commit alone."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "team.pem").write_text(KEY.pem)
    folder = tmp_path / "checkout"
    (folder / "keys").mkdir(parents=True)
    (folder / "images.yaml").write_text(YAML)
    (folder / "keys" / "root.json").write_text(SigstoreWorld().trusted_root)
    (folder / "keys" / "team.pem").symlink_to(outside / "team.pem")

    (problem,) = validate_folder(folder).problems

    assert "keys/team.pem is not a file in the config repository" in str(problem)
