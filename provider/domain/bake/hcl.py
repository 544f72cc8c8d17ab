"""Read a bake file in HCL, with python-hcl2's grammar."""

import re
from collections.abc import Callable, Iterator, Mapping

from hcl2.api import parses_to_tree
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from provider.domain.bake.blocks import Attribute, BakeBlock
from provider.domain.bake.errors import BakeError
from provider.domain.bake.expressions import UNKNOWN, Expression, ListOf, Literal, MapOf, Template, Variable, template

_DEEPEST = 32
# The grammar's pattern of a heredoc takes time by the square of the longest run of white space.
_LONGEST_BLANK = re.compile(r"\s{1000}")
_ESCAPE = re.compile(r"\\(?:u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<letter>.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
_BARE = {"identifier", "keyword", "literal_value"}
_Node = Tree[Token] | Token


def read_hcl(text: str) -> tuple[BakeBlock, ...]:
    """The blocks of the file, in order.

    Raises:
        BakeError: the text is not HCL.
    """
    if found := _LONGEST_BLANK.search(text):
        raise BakeError(text[: found.start()].count("\n") + 1, "here are 1000 blanks in a row; remove them")
    try:
        (body,) = _trees(parses_to_tree(text))
    except UnexpectedInput as error:
        raise BakeError(max(error.line, 1), "this is not HCL") from error
    return tuple(_block(tree) for tree in _trees(body) if tree.data == "block")


def _block(tree: Tree[Token]) -> BakeBlock:
    kind, *labels, body = (part for part in _trees(tree) if part.data != "new_line_or_comment")
    attributes: dict[str, Attribute] = {}
    for part in _trees(body):
        if part.data == "attribute":
            name, value = _trees(part)
            attributes[_word(name)] = Attribute(_expression(value, 0), part.meta.line)
    return BakeBlock(_word(kind), _word(labels[0]) if labels else "", tree.meta.line, attributes)


def _word(tree: Tree[Token]) -> str:
    """An identifier, or a text without variables."""
    if tree.data == "string":
        value = _string(tree, _DEEPEST)
        return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""
    return str(tree.children[0])


def _expression(tree: Tree[Token], depth: int) -> Expression:
    understood = _UNDERSTOOD.get(str(tree.data))
    return understood(tree, depth + 1) if understood and depth < _DEEPEST else Literal(UNKNOWN)


def _term(tree: Tree[Token], depth: int) -> Expression:
    (inner,) = (part for part in _trees(tree) if part.data != "new_line_or_comment")
    return _expression(inner, depth)


def _string(tree: Tree[Token], depth: int) -> Expression:
    parts = tuple(_string_part(part, depth) for tree_part in _trees(tree) for part in tree_part.children)
    return parts[0] if len(parts) == 1 else Template(parts)


def _string_part(part: _Node, depth: int) -> Expression:
    if isinstance(part, Tree):
        return _expression(part, depth)
    if part.type.startswith("ESCAPED_"):
        return Literal(str(part)[1:])
    return Literal(_ESCAPE.sub(_unescaped, str(part)))


def _unescaped(found: re.Match[str]) -> str:
    """The character of an escape; U+FFFD where there is none of that number, as in HCL."""
    if digits := found["short"] or found["long"]:
        return bytes.fromhex(digits.zfill(8)).decode("utf-32-be", "replace")
    return _LETTERS.get(found["letter"], found["letter"])


def _tuple(tree: Tree[Token], depth: int) -> Expression:
    return ListOf(tuple(_expression(item, depth) for item in _trees(tree) if item.data != "new_line_or_comment"))


def _object(tree: Tree[Token], depth: int) -> Expression:
    elements = [list(_trees(element)) for element in _trees(tree) if element.data == "object_elem"]
    return MapOf(tuple((_key(key, depth), _expression(value, depth)) for key, value in elements))


def _key(tree: Tree[Token], depth: int) -> Expression:
    """The key of a mapping: HCL takes a name that stands alone as a text."""
    (inner,) = _trees(tree)
    if inner.data == "expr_term" and len(inner.children) == 1:
        (inner,) = _trees(inner)
    return Literal(_word(inner)) if inner.data in _BARE else _expression(inner, depth)


def _heredoc(tree: Tree[Token], _: int) -> Expression:
    first, *lines = str(tree.children[0]).splitlines()
    body = lines[:-1]
    if first.startswith("<<-"):
        margin = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
        body = [line[margin:] for line in body]
    return template("".join(f"{line}\n" for line in body))


def _literal(tree: Tree[Token], _: int) -> Expression:
    written = _word(tree)
    return Literal(None if written == "null" else written)


_UNDERSTOOD: Mapping[str, Callable[[Tree[Token], int], Expression]] = {
    "expr_term": _term,
    "interpolation": _term,
    "string": _string,
    "tuple": _tuple,
    "object": _object,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "literal_value": _literal,
    "int_lit": _literal,
    "float_lit": _literal,
    "identifier": lambda tree, _: Variable(_word(tree)),
}
"""How each rule of the grammar is read; conditions, operators, functions and loops are not understood."""


def _trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))
