"""Tests of the catalog documents."""

import json

import pytest
import yaml

from provider.api import catalog
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

FRAGMENTS = {"a": "kind: Resource\nmetadata:\n  name: a\n", "b": "kind: Resource\nmetadata:\n  name: b\n"}
ALL = "/catalog/catalog-info.yaml"


def test_all_entities_as_yaml_and_as_json() -> None:
    """Both formats have the same entities."""
    client = web(MemoryIndex((), FRAGMENTS)).test_client()
    answer = client.get(ALL)
    assert answer.mimetype == "application/yaml"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    documents = list(yaml.safe_load_all(answer.text))
    assert [document["metadata"]["name"] for document in documents] == ["a", "b"]
    assert client.get("/catalog/entities").get_json() == {"items": documents}


def test_one_entity() -> None:
    """The document of an image has only this image; for an unknown image the response is 404."""
    client = web(MemoryIndex((), FRAGMENTS)).test_client()
    assert yaml.safe_load(client.get("/catalog/images/b/catalog-info.yaml").text)["metadata"]["name"] == "b"
    assert client.get("/catalog/images/c/catalog-info.yaml").status_code == 404


def test_an_empty_catalog_is_valid() -> None:
    """An empty catalog is an empty stream and an empty list."""
    client = web(MemoryIndex()).test_client()
    assert list(yaml.safe_load_all(client.get(ALL).text)) in ([], [None])
    assert client.get("/catalog/entities").get_json() == {"items": []}


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
@pytest.mark.parametrize("path", [ALL, "/catalog/entities"])
def test_an_unchanged_document_is_304(path: str, form: str) -> None:
    """For a matching If-None-Match, the response is 304 with the tag, and no fragment is read."""
    index = MemoryIndex((), FRAGMENTS)
    client = web(index).test_client()
    tag = client.get(path).headers["ETag"]
    assert tag.startswith('"')
    index.asked.clear()
    answer = client.get(path, headers={"If-None-Match": form.format(tag=tag)})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert index.asked == ["catalog_tag"]


def test_a_change_changes_the_tags_of_its_documents() -> None:
    """The tags of the whole catalog and of the image change; the tag of another image does not."""
    index = MemoryIndex((), FRAGMENTS)
    client = web(index).test_client()
    paths = [ALL, "/catalog/images/a/catalog-info.yaml", "/catalog/images/b/catalog-info.yaml"]
    before = [client.get(path).headers["ETag"] for path in paths]
    index.by_name["a"] += "spec: {}\n"
    codes = [client.get(p, headers={"If-None-Match": tag}).status_code for p, tag in zip(paths, before, strict=True)]
    assert codes == [200, 200, 304]


def test_only_what_changed_is_converted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of a large catalog is made anew at each change; all other entities are kept as they were converted."""
    converted: list[str] = []
    convert = catalog._as_json

    def counted(text: str) -> str:
        converted.append(text)
        return convert(text)

    monkeypatch.setattr(catalog, "_as_json", counted)
    fragments = catalog.ConvertedFragments()
    before = fragments.as_items(["name: a\n", "name: b\n", "name: c\n"])
    converted.clear()

    after = fragments.as_items(["name: a\n", "name: b2\n", "name: d\n"])

    assert json.loads(before) == {"items": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}
    assert json.loads(after) == {"items": [{"name": "a"}, {"name": "b2"}, {"name": "d"}]}
    assert converted == ["name: b2\n", "name: d\n"]
