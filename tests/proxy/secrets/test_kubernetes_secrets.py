"""Kubernetes Secrets as the registry auth file."""

import base64
import json
from pathlib import Path

import pytest
import yaml

from proxy.errors import InvalidSetting
from proxy.secrets.config_file import read_docker_config
from proxy.secrets.docker_config import Login

TEXT = "hunter2-do-not-print"
LOGIN = {"username": "ci", "password": TEXT}


def encoded(document: object) -> str:
    """A document as the data of a Secret."""
    return base64.b64encode(json.dumps(document).encode()).decode()


def secret(key: str = ".dockerconfigjson", document: object = None, **fields: object) -> dict[str, object]:
    """A Secret with a docker configuration."""
    content = {"auths": {"r.example.com": LOGIN}} if document is None else document
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "regcred", "namespace": "team-a"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {key: encoded(content)},
        **fields,
    }


def written(folder: Path, text: str) -> Path:
    """The file with this text."""
    file = folder / "regcred"
    file.write_text(text, encoding="utf-8")
    return file


SECRETS: dict[str, object] = {
    "dockerconfigjson": secret(),
    "dockercfg": secret(".dockercfg", {"r.example.com": LOGIN}, type="kubernetes.io/dockercfg"),
    "opaque": secret("config.json", type="Opaque"),
    "stringData": secret(data={}, stringData={".dockerconfigjson": json.dumps({"auths": {"r.example.com": LOGIN}})}),
    "stringData wins": secret(
        document={"auths": {"r.example.com": {"username": "old", "password": "old"}}},
        stringData={".dockerconfigjson": json.dumps({"auths": {"r.example.com": LOGIN}})},
    ),
    "list": {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret"}, secret()]},
    "secret list": {"apiVersion": "v1", "kind": "SecretList", "items": [{**secret(), "kind": None}]},
    "unnamed": secret(metadata={}),
}
del SECRETS["secret list"]["items"][0]["kind"]  # type: ignore[index]


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_secret_is_read_in_each_form(kind: str, form: str, tmp_path: Path) -> None:
    """As `kubectl get secret -o json` and `-o yaml` write it."""
    text = json.dumps(SECRETS[kind]) if form == "json" else yaml.safe_dump(SECRETS[kind])

    assert read_docker_config(written(tmp_path, text)).auths == {"r.example.com": Login("ci", TEXT)}


def test_several_secrets_are_read_together(tmp_path: Path) -> None:
    """Of a List, or of YAML documents; of two entries for a key, the first is used."""
    one = secret(document={"auths": {"r.example.com": LOGIN, "s.example.com": LOGIN}, "credsStore": "one"})
    two = secret(
        document={"auths": {"r.example.com": {}, "t.example.com": LOGIN}, "credHelpers": {"u.example.com": "x"}}
    )
    for text in (
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [one, two]}),
        yaml.safe_dump_all([one, two]),
    ):
        found = read_docker_config(written(tmp_path, text))

        assert found.auths == dict.fromkeys(["r.example.com", "s.example.com", "t.example.com"], Login("ci", TEXT))
        assert (found.programs, found.store) == ({"u.example.com": "x"}, "one")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (secret(data={"password": encoded(TEXT)}), "has no Secret of type kubernetes.io/dockerconfigjson"),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "data": {".dockerconfigjson": TEXT}},
            "has no Secret of type kubernetes.io/dockerconfigjson",
        ),
        ({"apiVersion": "v1", "kind": "List", "items": []}, "has no Secret of type"),
        (secret(data={".dockerconfigjson": TEXT}), "Secret team-a/regcred: data: .dockerconfigjson is not base64"),
        (secret(data={".dockerconfigjson": [TEXT]}), "Secret team-a/regcred: data: .dockerconfigjson must be a string"),
        (
            secret(stringData={".dockerconfigjson": TEXT}),
            "Secret team-a/regcred: stringData: .dockerconfigjson is not JSON",
        ),
        (secret(document={"auths": {"r.example.com": TEXT}}), "auths: r.example.com must be a JSON object"),
    ],
)
def test_a_secret_that_cannot_be_read_is_named(document: object, message: str, tmp_path: Path) -> None:
    """With the file, the Secret and the key, and without its content."""
    for text in (json.dumps(document), yaml.safe_dump(document)):
        file = written(tmp_path, text)
        with pytest.raises(InvalidSetting) as caught:
            read_docker_config(file)

        assert str(caught.value).startswith(str(file))
        assert message in str(caught.value)
        assert TEXT not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize("text", ["", "kind: [", "kind: Secret\n---\n- [", "a: b", "&a [*a, *a]", "\x00"])
def test_other_text_is_no_configuration(text: str, tmp_path: Path) -> None:
    """The message has the forms that are read."""
    with pytest.raises(InvalidSetting, match=r"is not JSON; it must be a docker config\.json, or a Secret"):
        read_docker_config(written(tmp_path, text))


@pytest.mark.parametrize(
    "document",
    [
        {"r.example.com": LOGIN},
        {"https://r.example.com/v1/": {**LOGIN, "email": "ci@example.com"}, "s.example.com": {}},
        {"r.example.com": {"auth": base64.b64encode(f"ci:{TEXT}".encode()).decode()}},
    ],
)
def test_a_dockercfg_has_its_entries_at_the_top(document: dict[str, object], tmp_path: Path) -> None:
    """The older form of docker's file."""
    found = read_docker_config(written(tmp_path, json.dumps(document))).auths

    assert found["r.example.com"] == Login("ci", TEXT)
    assert found.keys() <= {"r.example.com", "s.example.com"}


@pytest.mark.parametrize("document", [{}, {"HttpHeaders": {"User-Agent": "x"}}, {"proxies": {"default": {}}}])
def test_a_configuration_without_logins_is_empty(document: dict[str, object], tmp_path: Path) -> None:
    """It is not taken for the older form."""
    assert read_docker_config(written(tmp_path, json.dumps(document))).auths == {}
