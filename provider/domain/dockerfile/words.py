"""The shell words of a Dockerfile: quotes, escapes and variables, as BuildKit's lexer reads them.

Source of the rules: BuildKit, frontend/dockerfile/shell/lex.go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provider.domain.dockerfile.allowance import Allowance
from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, ValueNeededError
from provider.domain.dockerfile.patterns import replaced, without_prefix, without_suffix

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""The characters that Go's unicode.IsSpace accepts; Python's isspace accepts more."""

DEEPEST_NESTING = 40
MOST_NAMES = 20
"""The most names of one kind that are kept for one text."""

_PLAIN = re.compile(r"""[^$'"<}/\\`]+""")
_WORD_END = re.compile(f"[{WHITE_SPACE}]+")
_SPECIAL_PARAMETERS = "@*#?-$!"


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text after expansion, and what is known of the variables that it needed.

    Attributes:
        text: the text; a variable without a value is empty in it.
        missing: the names of variables without a value, at most `MOST_NAMES`.
        empty: the names of variables with an empty value, at most `MOST_NAMES`.
        unknown_platform: a variable of a platform is part of it, and that platform is not known.
        failure: why the text cannot be expanded; raised where a word needs it.
    """

    text: str
    missing: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unknown_platform: bool = False
    failure: InvalidSyntaxError | DockerfileError | None = None


_NO_VARIABLES: Mapping[str, Expansion] = MappingProxyType({})


def expand(
    word: str, variables: Mapping[str, Expansion], escape: str = "\\", allowance: Allowance | None = None
) -> Expansion:
    """Expand the variables of a word and remove its quotes and escapes.

    What is known of a variable's value counts for the word. `${name:-word}` and `${name:+word}` add no missing name.

    Args:
        word: the text.
        variables: the values by name.
        escape: the escape character of the file.
        allowance: what all words of a file may use together; None: the word has its own.

    Raises:
        InvalidSyntaxError: BuildKit's lexer refuses the word, or it is nested too deep.
        ValueNeededError: `${name:?}` fails.
        ExpansionTooLargeError: the allowance is used up.
        DockerfileError: the word needs a variable whose own value BuildKit refuses.
    """
    lexer = _Lexer(word, variables, escape, allowance=allowance)
    text = "".join(piece for piece, _ in lexer.pieces(None))
    return Expansion(text, _few(lexer.missing), _few(lexer.empty), lexer.unknown_platform)


def _few(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:MOST_NAMES]


def check_word(word: str, escape: str) -> None:
    """Check the form of a word without expanding it.

    Raises:
        InvalidSyntaxError: BuildKit's lexer refuses the word, whatever its variables are.
    """
    _Lexer(word, _NO_VARIABLES, escape, keep_unset=True).pieces(None)


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


def _no_modifier(sign: str, shown: str) -> InvalidSyntaxError:
    return InvalidSyntaxError("what follows the name in ${...} is no modifier", f"'{sign}' is no modifier in {shown}")


class _Lexer:
    """Reads one text from left to right, and collects what is known of its variables."""

    def __init__(
        self,
        text: str,
        variables: Mapping[str, Expansion],
        escape: str,
        *,
        raw: bool = False,
        keep_unset: bool = False,
        allowance: Allowance | None = None,
    ) -> None:
        self.missing: list[str] = []
        self.empty: list[str] = []
        self.unknown_platform = False
        self._allowance = allowance or Allowance()
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

    def _variable(self, name: str) -> Expansion | None:
        variable = self._variables.get(name)
        if variable and variable.failure:
            raise variable.failure
        return variable

    def _value(self, name: str, written: str) -> str:
        variable = self._variable(name)
        if variable is None:
            if self._keep_unset:
                return written
            self.missing.append(name)
            return ""
        self._allowance.take(len(variable.text) + len(variable.missing) + len(variable.empty) + 1)
        self.missing.extend(variable.missing)
        self.empty.extend(variable.empty)
        if not variable.text and not variable.missing:
            self.empty.append(name)
        self.unknown_platform |= variable.unknown_platform
        return variable.text

    def _modified(self, name: str, sign: str, colon: str = "") -> str:
        if colon and sign in {"#", "%"}:
            raise _no_modifier(f":{sign}", f"${{{name}:{sign}...}}")
        mark = len(self.missing)
        word = self._nested("}", raw_escapes=sign in {"#", "%"})
        variable = self._variable(name)
        if variable is None and self._keep_unset:
            return f"${{{name}{colon}{sign}{word}}}"
        absent = variable is None or bool(colon and not variable.text)
        match sign:
            case "-" | "+" if absent == (sign == "-"):
                return word
            case "-" | "+" | "?":
                if absent and sign == "?":
                    raise ValueNeededError(name, word)
                del self.missing[mark:]
                return "" if sign == "+" else self._value(name, "")
            case "#" | "%":
                return self._trimmed(name, sign, word)
            case _:
                raise _no_modifier(f"{colon}{sign}", f"${{{name}{colon}{sign}...}}")

    def _trimmed(self, name: str, sign: str, pattern: str) -> str:
        trim = without_prefix if sign == "#" else without_suffix
        longest = pattern.startswith(sign)
        value = self._value(name, "")
        self._allowance.take(len(value) * len(pattern))
        return trim(value, pattern[longest:], longest=longest)

    def _with_replacement(self, name: str) -> str:
        everywhere = self._peek() == "/"
        self._at += everywhere
        pattern = self._nested("/", raw_escapes=True)
        replacement = self._nested("}", raw_escapes=True)
        if self._keep_unset and name not in self._variables:
            return f"${{{name}/{pattern}/{replacement}}}"
        value = self._value(name, "")
        # A star can look at the whole rest of the value from each of its characters.
        self._allowance.take(len(value) * (len(value) if "*" in pattern else len(pattern)))
        pieces = replaced(value, pattern, replacement, everywhere=everywhere)
        self._allowance.take(sum(map(len, pieces)))
        return "".join(pieces)

    def _nested(self, stop: str, *, raw_escapes: bool) -> str:
        if self._depth == DEEPEST_NESTING:
            raise InvalidSyntaxError(f"variables are nested deeper than {DEEPEST_NESTING} levels")
        self._depth += 1
        outside, self._raw_escapes = self._raw_escapes, raw_escapes
        text = "".join(piece for piece, _ in self.pieces(stop))
        self._raw_escapes = outside
        self._depth -= 1
        return text

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
