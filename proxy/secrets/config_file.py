"""The registry auth file: a docker `config.json`, a `.dockercfg`, or Kubernetes Secrets with them, in JSON or YAML."""

import json
from pathlib import Path

import yaml

from proxy.errors import InvalidSetting
from proxy.secrets.docker_config import DockerConfig, docker_config
from proxy.secrets.kubernetes_secrets import docker_documents, is_kubernetes_object

# The keys of Secrets, which are file names where a Secret is mounted as a folder.
_IN_FOLDER = (".dockerconfigjson", "config.json", ".dockercfg")


def file_of(path: Path) -> Path:
    """The path; of a folder, the docker configuration in it, as a mounted Secret of Kubernetes has it."""
    inside = (path / name for name in _IN_FOLDER if path.is_dir())
    return next((each for each in inside if each.is_file()), path)


def read_docker_config(path: Path | None) -> DockerConfig:
    """Read the file; None, or a file that does not exist, is an empty configuration.

    Raises:
        InvalidSetting: the file cannot be read or is not a docker configuration.
    """
    if path is None:
        return DockerConfig()
    try:
        content = file_of(path).read_bytes()
    except FileNotFoundError:
        return DockerConfig()
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror}; it must be a docker config.json") from error
    documents = _documents(content, path)
    if not any(map(is_kubernetes_object, documents)):
        return docker_config(documents[0], str(path), str(path))
    found = DockerConfig(place=str(path))
    for document, where in docker_documents(documents, str(path)):
        found = found.merged(docker_config(document, where, str(path)))
    return found


def _documents(content: bytes, path: Path) -> list[object]:
    """One JSON document, or the YAML documents of Kubernetes objects."""
    # `from None`: the decoders' errors contain the document, and with it the secrets.
    try:
        return [json.loads(content)]
    except (ValueError, RecursionError):
        pass
    try:
        documents = [document for document in yaml.safe_load_all(content) if document is not None]
    except (yaml.YAMLError, ValueError, RecursionError):
        documents = []
    if not any(map(is_kubernetes_object, documents)):
        raise InvalidSetting(
            f"{path} is not JSON; it must be a docker config.json, or a Secret of Kubernetes in JSON or YAML"
        )
    return documents
