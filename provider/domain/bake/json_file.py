"""Read a bake file in JSON: every text is a template, as in HCL. JSON's grammar is a part of that of YAML 1.2."""

from collections.abc import Iterator, Mapping

from provider.domain.bake.blocks import Attribute, BakeBlock
from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import Expression, ListOf, Literal, MapOf, template
from provider.yaml_lines import UnreadableYaml, YamlDocument, YamlValue, read_yaml


def read_json(text: str) -> tuple[BakeBlock, ...]:
    """The blocks of the file, in order.

    Raises:
        BakeError: the text is not JSON.
    """
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        raise BakeError(error.line, "this is not JSON") from error
    if document.faults:
        raise BakeError(document.faults[0].line, "a key is written twice, or a value cannot be read")
    if not isinstance(document.value, dict):
        raise BakeError(1, "this is not a mapping of targets, groups and variables")
    return tuple(_blocks(document, document.value))


def _blocks(document: YamlDocument, kinds: Mapping[str, YamlValue]) -> Iterator[BakeBlock]:
    for kind, names in kinds.items():
        for name, body in names.items() if isinstance(names, dict) else ():
            attributes = {
                key: Attribute(_expression(value), document.line_of((kind, name, key)))
                for key, value in (body.items() if isinstance(body, dict) else ())
            }
            yield BakeBlock(kind, name, document.line_of((kind, name)), attributes)


def _expression(value: YamlValue) -> Expression:
    match value:
        case None:
            return Literal(None)
        case bool():
            return Literal(str(value).lower())
        case str():
            return template(value)
        case list():
            return ListOf(tuple(_expression(item) for item in value))
        case dict():
            return MapOf(tuple((Literal(key), _expression(item)) for key, item in value.items()))
        case _:
            return Literal(str(value))
