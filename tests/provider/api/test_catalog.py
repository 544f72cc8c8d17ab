"""Tests of the catalog documents."""

import gzip

import pytest
import yaml

from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

FRAGMENTS = {"a": "kind: Resource\nmetadata:\n  name: a\n", "b": "kind: Resource\nmetadata:\n  name: b\n"}
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
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


@pytest.mark.parametrize("path", [ALL, "/catalog/entities"])
def test_the_documents_of_all_entities_are_compressed(path: str) -> None:
    """In gzip they have the same text, and an entity tag of their own; HEAD has the same headers."""
    client = web(MemoryIndex((), FRAGMENTS)).test_client()
    plain = client.get(path)
    compressed = client.get(path, headers=GZIP)

    assert gzip.decompress(compressed.data) == plain.data
    assert (compressed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert compressed.headers["ETag"] != plain.headers["ETag"]
    for headers, answer in (({}, plain), (GZIP, compressed)):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.content_length == len(answer.data)
        head = client.head(path, headers=headers)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
        assert (head.content_length, head.content_encoding) == (answer.content_length, answer.content_encoding)


def test_both_documents_have_tags_of_their_own() -> None:
    """The entity tag of the YAML document is no tag of the JSON document."""
    client = web(MemoryIndex((), FRAGMENTS)).test_client()
    tag = client.get(ALL).headers["ETag"]
    assert client.get("/catalog/entities", headers={"If-None-Match": tag}).status_code == 200
