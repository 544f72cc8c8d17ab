"""The shell words of a Dockerfile: quotes, escapes and variables, as BuildKit's lexer reads them.

Source of the rules: BuildKit, frontend/dockerfile/shell/lex.go.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.patterns import replaced, without_prefix, without_suffix

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""The characters that Go's unicode.IsSpace accepts; Python's isspace accepts more."""

LONGEST_VALUE = 1024
"""Characters of a value, before and after expansion. A reference is much shorter; without a limit, nested values
grow exponentially."""
DEEPEST_NESTING = 40

_PLAIN = re.compile(r"""[^$'"<}/\\`]+""")
_WORD_END = re.compile(f"[{WHITE_SPACE}]+")
_SPECIAL_PARAMETERS = "@*#?-$!"


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text after expansion, and the names of the variables in it that have no value."""

    text: str
    missing: tuple[str, ...] = ()


_NO_VARIABLES: Mapping[str, Expansion] = MappingProxyType({})


def expand(word: str, variables: Mapping[str, Expansion], escape: str = "\\") -> Expansion:
    """Expand the variables of a word and remove its quotes and escapes.

    The names that are missing in a variable's value count for the word. `${name:-word}` and `${name:+word}` add none.

    Raises:
        InvalidSyntaxError: BuildKit's lexer refuses the word, `${name:?}` fails, or the word is too long or too deep.
    """
    lexer = _Lexer(word, variables, escape)
    text = "".join(piece for piece, _ in lexer.pieces(None))
    return Expansion(_bounded(text), tuple(dict.fromkeys(lexer.missing)))


def split_raw(line: str) -> tuple[str, ...]:
    """The words of a line, with unchanged quotes, escapes and variables; `<<` keeps the blanks after it.

    Raises:
        InvalidSyntaxError: BuildKit's lexer refuses the line.
    """
    return _words(_Lexer(line, _NO_VARIABLES, "\\", raw=True, keep_unset=True))


def split_unquoted(text: str) -> tuple[str, ...]:
    r"""The words of a text, without quotes and escapes and with unchanged variables. The escape is always `\`.

    Raises:
        InvalidSyntaxError: BuildKit's lexer refuses the text.
    """
    return _words(_Lexer(text, _NO_VARIABLES, "\\", keep_unset=True))


def _words(lexer: "_Lexer") -> tuple[str, ...]:
    words = []
    word = ""
    for piece, divisible in lexer.pieces(None):
        if not divisible:
            word += piece
            continue
        head, *tail = _WORD_END.split(piece)
        word += head
        for part in tail:
            words.append(word)
            word = part
    words.append(word)
    return tuple(filter(None, words))


def _bounded(text: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise InvalidSyntaxError(f"a value is longer than {LONGEST_VALUE} characters")
    return text


def _no_modifier(sign: str, shown: str) -> InvalidSyntaxError:
    return InvalidSyntaxError("what follows the name in ${...} is no modifier", f"'{sign}' is no modifier in {shown}")


class _Lexer:
    """Reads one text from left to right, and collects the names without a value in `missing`."""

    def __init__(
        self, text: str, variables: Mapping[str, Expansion], escape: str, *, raw: bool = False, keep_unset: bool = False
    ) -> None:
        self.missing: list[str] = []
        self._text = text
        self._variables = variables
        self._escape = escape
        self._raw_quotes = raw
        self._raw_escapes = raw
        self._keep_unset = keep_unset
        self._at = 0
        self._depth = 0

    def pieces(self, stop: str | None) -> list[tuple[str, bool]]:
        """The text up to `stop`, in pieces; True for a piece in which white space separates words."""
        found: list[tuple[str, bool]] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == stop:
                self._at += 1
                return found
            found.append(self._piece(character))
        if stop:
            raise InvalidSyntaxError(f"'{stop}' is missing at the end of ${{...}}")
        return found

    def _piece(self, character: str) -> tuple[str, bool]:
        if character == self._escape:
            return self._escaped(), False
        match character:
            case "$":
                return self._dollar(), True
            case "'":
                return self._single_quoted(), False
            case '"':
                return self._double_quoted(), False
            case "<":
                return self._possible_heredoc(), False
            case _:
                return self._plain(character), True

    def _plain(self, character: str) -> str:
        """A sequence of characters without a special meaning; at least the next one."""
        run = _PLAIN.match(self._text, self._at)
        text = run[0] if run else character
        self._at += len(text)
        return text

    def _escaped(self) -> str:
        self._at += 1
        return (self._escape if self._raw_escapes else "") + self._next()

    def _possible_heredoc(self) -> str:
        start = self._at
        self._at += 1
        if self._peek() == "<":
            self._at += 1
            while self._peek() in {" ", "\t"}:
                self._at += 1
        return self._text[start : self._at]

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise InvalidSyntaxError("a single quote is not closed")
        start, self._at = self._at, end + 1
        return self._text[start : end + 1] if self._raw_quotes else self._text[start + 1 : end]

    def _double_quoted(self) -> str:
        quote = '"' if self._raw_quotes else ""
        self._at += 1
        found = [quote]
        while character := self._peek():
            if character == '"':
                self._at += 1
                return "".join([*found, quote])
            found.append(self._dollar() if character == "$" else self._inside_double_quotes(character))
        raise InvalidSyntaxError("a double quote is not closed")

    def _inside_double_quotes(self, character: str) -> str:
        self._at += 1
        if character != self._escape:
            return character
        kept = character if self._raw_escapes else ""
        if self._peek() in {'"', "$", self._escape}:
            return kept + self._next()
        return kept + character if self._peek() else kept

    def _dollar(self) -> str:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else "$"
        self._at += 1
        if self._peek() in {"{", "}", ":"}:
            raise InvalidSyntaxError(f"'${{{self._peek()}' is a bad substitution: a name has to follow '${{'")
        name = self._name()
        sign = self._next()
        match sign:
            case "}":
                return self._value(name, f"${{{name}}}")
            case "/":
                return self._with_replacement(name)
            case ":":
                return self._modified(name, self._next(), colon=":")
            case "+" | "-" | "?" | "#" | "%":
                return self._modified(name, sign)
            case "":
                raise InvalidSyntaxError("'}' is missing at the end of ${...}")
            case _:
                raise _no_modifier(sign, f"${{{name}{sign}...}}")

    def _value(self, name: str, written: str) -> str:
        variable = self._variables.get(name)
        if variable is None:
            if self._keep_unset:
                return written
            self.missing.append(name)
            return ""
        self.missing.extend(variable.missing)
        return variable.text

    def _modified(self, name: str, sign: str, colon: str = "") -> str:
        if colon and sign in {"#", "%"}:
            raise _no_modifier(f":{sign}", f"${{{name}:{sign}...}}")
        mark = len(self.missing)
        word = self._nested("}", raw_escapes=sign in {"#", "%"})
        variable = self._variables.get(name)
        if variable is None and self._keep_unset:
            return f"${{{name}{colon}{sign}{word}}}"
        absent = variable is None or bool(colon and not variable.text)
        match sign:
            case "-" | "+" if absent == (sign == "-"):
                return word
            case "-" | "+" | "?":
                if absent and sign == "?":
                    raise InvalidSyntaxError(
                        "a variable with '?' needs a value", f"{name}: {word or 'a value is required'}"
                    )
                del self.missing[mark:]
                return "" if sign == "+" else self._value(name, "")
            case "#" | "%":
                return self._trimmed(name, sign, word)
            case _:
                raise _no_modifier(f"{colon}{sign}", f"${{{name}{colon}{sign}...}}")

    def _trimmed(self, name: str, sign: str, pattern: str) -> str:
        trim = without_prefix if sign == "#" else without_suffix
        longest = pattern.startswith(sign)
        return trim(self._value(name, ""), pattern[longest:], longest=longest)

    def _with_replacement(self, name: str) -> str:
        everywhere = self._peek() == "/"
        self._at += everywhere
        pattern = self._nested("/", raw_escapes=True)
        replacement = self._nested("}", raw_escapes=True)
        if self._keep_unset and name not in self._variables:
            return f"${{{name}/{pattern}/{replacement}}}"
        return _bounded(replaced(self._value(name, ""), pattern, replacement, everywhere=everywhere))

    def _nested(self, stop: str, *, raw_escapes: bool) -> str:
        if self._depth == DEEPEST_NESTING:
            raise InvalidSyntaxError(f"variables are nested deeper than {DEEPEST_NESTING} levels")
        self._depth += 1
        outside, self._raw_escapes = self._raw_escapes, raw_escapes
        text = "".join(piece for piece, _ in self.pieces(stop))
        self._raw_escapes = outside
        self._depth -= 1
        return text if self._keep_unset else _bounded(text)

    def _name(self) -> str:
        start = self._at
        first = self._peek()
        if first and first in _SPECIAL_PARAMETERS:
            self._at += 1
        elif first.isdecimal():
            while self._peek().isdecimal():
                self._at += 1
        else:
            while self._peek() == "_" or self._peek().isalpha() or self._peek().isdecimal():
                self._at += 1
        return self._text[start : self._at]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._peek()
        self._at += len(character)
        return character
