"""The shell words: variables, quotes, escapes and the splitting of a line."""

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile.allowance import Allowance
from provider.domain.dockerfile.errors import DockerfileError, ExpansionTooLargeError, InvalidSyntaxError
from provider.domain.dockerfile.words import (
    DEEPEST_NESTING,
    MOST_NAMES,
    Expansion,
    expand,
    split_raw,
    split_unquoted,
)

VARIABLES = {
    "set": Expansion("value"),
    "empty": Expansion(""),
    "v": Expansion("1.22.3-alpine-x"),
    "path": Expansion("a/b/a"),
    "star": Expansion("a*b?c\\d"),
    "holed": Expansion("x", ("root",)),
    "_u1": Expansion("under"),
    "1": Expansion("one"),
}
PLAIN = st.text(st.sampled_from(string.ascii_letters + string.digits + ":/@.-_ "), max_size=40)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("", ""),
        ("node:22", "node:22"),
        ("$set", "value"),
        ("${set}", "value"),
        ("a$set.b", "avalue.b"),
        ("a${set}b", "avalueb"),
        ("$_u1", "under"),
        ("$1x", "onex"),
        ("$", "$"),
        ("a$.b", "a$.b"),
        ("a$(b)", "a$(b)"),
        ("$empty", ""),
        ("${set:-w}", "value"),
        ("${empty:-w}", "w"),
        ("${unset:-w}", "w"),
        ("${set-w}", "value"),
        ("${empty-w}", ""),
        ("${unset-w}", "w"),
        ("${unset:-}", ""),
        ("${set:+w}", "w"),
        ("${empty:+w}", ""),
        ("${unset:+w}", ""),
        ("${set+w}", "w"),
        ("${empty+w}", "w"),
        ("${unset+w}", ""),
        ("${set:?no}", "value"),
        ("${set?no}", "value"),
        ("${empty?no}", ""),
        ("${v#1.}", "22.3-alpine-x"),
        ("${v#*.}", "22.3-alpine-x"),
        ("${v##*.}", "3-alpine-x"),
        ("${v%-*}", "1.22.3-alpine"),
        ("${v%%-*}", "1.22.3"),
        ("${v%%.*}", "1"),
        ("${v%.*}", "1.22"),
        ("${v#?}", ".22.3-alpine-x"),
        ("${v%?}", "1.22.3-alpine-"),
        ("${v#2}", "1.22.3-alpine-x"),
        ("${v%2}", "1.22.3-alpine-x"),
        ("${v##*}", ""),
        ("${v#}", "1.22.3-alpine-x"),
        ("${v#1*3}", "-alpine-x"),
        ("${v##*2*-}", "x"),
        ("${v#[1]}", "1.22.3-alpine-x"),
        ("${star#a\\*}", "b?c\\d"),
        ("${star%\\\\d}", "a*b?c"),
        ("${star##*\\?}", "c\\d"),
        ("${path/a/x}", "x/b/a"),
        ("${path//a/x}", "x/b/x"),
        ("${path/a}", None),
        ("${path//\\//-}", "a-b-a"),
        ("${path/\\/*/}", "a"),
        ("${path//?/x}", "xxxxx"),
        ("${path//q/x}", "a/b/a"),
        ("${path///-}", "-a-/-b-/-a-"),
        ("${path//*/x}", "x"),
        ("${path/a/$set}", "value/b/a"),
        ("${path/$empty/x}", "xa/b/a"),
        ("${unset:-${set}}", "value"),
        ("${unset:-${empty:-deep}}", "deep"),
        ("${unset:-$set-x}", "value-x"),
        ("${set:+${set}-y}", "value-y"),
        ("${unset:-a b}", "a b"),
        ("${unset:-'}'}", "}"),
        ('${unset:-"${set}"}', "value"),
        ("${unset:-\\}}", "}"),
        ("'$set'", "$set"),
        ('"$set"', "value"),
        ("'a\\b'", "a\\b"),
        ('"a\\b"', "a\\b"),
        ('"a\\"b"', 'a"b'),
        ('"\\$set"', "$set"),
        ('"a\\\\b"', "a\\b"),
        ('"it\'s"', "it's"),
        ("a'b'\"c\"d", "abcd"),
        ("''", ""),
        ("\\$set", "$set"),
        ("\\a\\ b", "a b"),
        ("a\\", "a"),
        ("a\\\\b", "a\\b"),
        ("a`b", "a`b"),
        ("a<<b", "a<<b"),
    ],
)
def test_words_expand_as_in_buildkit(word: str, expected: str | None) -> None:
    """Every form of variable, quote and escape gives BuildKit's text; None stands for one that it refuses."""
    if expected is None:
        with pytest.raises(InvalidSyntaxError):
            expand(word, VARIABLES)
    else:
        assert expand(word, VARIABLES).text == expected
        assert expand(word, VARIABLES).missing == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("`$set", "$set"), ("\\$set", "\\value"), ('"`"\\a"', '"\\a'), ("a`", "a"), ("${unset:-`}}", "}")],
)
def test_the_escape_can_be_a_backtick(word: str, expected: str) -> None:
    """Then the backslash means itself."""
    assert expand(word, VARIABLES, "`").text == expected


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("${", "missing"),
        ("${set", r"^'}' is missing at the end of \${\.\.\.}$"),
        ("${set:-", "missing"),
        ("${set:", "missing"),
        ("${set:-${a}", "missing"),
        ("${set/a", "missing"),
        ("${set/a/b", "missing"),
        ("${}", "bad substitution"),
        ("${{a}", "bad substitution"),
        ("${:-a}", "bad substitution"),
        ("${set^^}", "no modifier"),
        ("${set[0]}", "no modifier"),
        ("${set:0:1}", "no modifier"),
        ("${set:#a}", "no modifier"),
        ("${set:%a}", "no modifier"),
        ("${#set}", "no modifier"),
        ("${set.x}", "no modifier"),
        ("${unset?}", "unset: a value is required"),
        ("${unset:?set it}", "unset: set it"),
        ("${empty:?set it}", "empty: set it"),
        ("${set:-${unset:?eager}}", "unset: eager"),
        ("${set#\\a}", "no escape"),
        ("${set/\\a/b}", "no escape"),
        ("'open", "^a single quote is not closed$"),
        ('"open', "^a double quote is not closed$"),
        ('"open\\', "double quote"),
        ("${unset:-'}", "single quote"),
    ],
)
def test_refused_words_say_why(word: str, problem: str) -> None:
    """What BuildKit's lexer refuses is refused, in words."""
    with pytest.raises(InvalidSyntaxError, match=problem):
        expand(word, VARIABLES)


@pytest.mark.parametrize(
    ("word", "text", "missing"),
    [
        ("a:$unset", "a:", ("unset",)),
        ("${unset}$other$unset", "", ("unset", "other")),
        ("${unset#a}${other/a/b}", "", ("unset", "other")),
        ("${unset:-$other}", "", ("other",)),
        ("${set:-$other}", "value", ()),
        ("${set:+$other}", "", ("other",)),
        ("${unset:+$other}", "", ()),
        ("${set#$other}", "value", ("other",)),
        ("$holed", "x", ("root",)),
        ("${holed:+y}", "y", ()),
        ("$2", "", ("2",)),
        ("$@", "", ("@",)),
    ],
)
def test_variables_without_value_are_named(word: str, text: str, missing: tuple[str, ...]) -> None:
    """Only those that leave a hole: a default that is used fills it, a word that is not used has none."""
    assert expand(word, VARIABLES) == Expansion(text, missing)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("'a''b'", "ab"),
        ("'a'$set'$b'", "avalue$b"),
        ("${path/a/\\x}", "\\x/b/a"),
        ("${path//a/\\x}", "\\x/b/\\x"),
        ("${path/a/'\\}'}", "\\}/b/a"),
        ("$@b", "b"),
        ("a$*$!b", "ab"),
    ],
)
def test_what_ends_a_part_of_a_word_is_the_nearest_end(word: str, expected: str) -> None:
    """A quote ends at the next quote, a special parameter after one character; a replacement keeps its escapes."""
    assert expand(word, VARIABLES).text == expected


@pytest.mark.parametrize("word", ["$holed${set:-w}", "$holed${set:-$holed}", "${holed}${set:+w}", "${holed}${set?w}"])
def test_an_unused_default_hides_no_other_missing_name(word: str) -> None:
    """Only the names in the unused word are dropped."""
    assert expand(word, VARIABLES).missing == ("root",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("RUN a  b", ("RUN", "a", "b")),
        ("RUN 'a b' \"c d\"", ("RUN", "'a b'", '"c d"')),
        ("RUN a\\ b", ("RUN", "a\\ b")),
        ("RUN << EOF x", ("RUN", "<< EOF", "x")),
        ("RUN <<- EOF", ("RUN", "<<-", "EOF")),
        ("RUN a < b", ("RUN", "a", "<", "b")),
        ("RUN $a ${b} ${c:-d e}", ("RUN", "$a", "${b}", "${c:-d", "e}")),
        ("RUN ${a/b/c} ${a%b}", ("RUN", "${a/b/c}", "${a%b}")),
        ("RUN x\u00a0y", ("RUN", "x", "y")),
        ("RUN x\x1cy", ("RUN", "x\x1cy")),
    ],
)
def test_a_line_splits_with_everything_left_in_it(line: str, words: tuple[str, ...]) -> None:
    """Quotes and escapes keep words together and stay; unset variables stay."""
    assert split_raw(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("RUN ${a:-b}\\ c", ("RUN", "${a:-b}\\ c")),
        ("RUN ${a:-b}${c#d}\\ e", ("RUN", "${a:-b}${c#d}\\ e")),
        ('RUN "a\\" b" c', ("RUN", '"a\\" b"', "c")),
        ("RUN << 'E F' x", ("RUN", "<< 'E F'", "x")),
        ("RUN ${a:-" + "b" * 2000 + "} c", ("RUN", "${a:-" + "b" * 2000 + "}", "c")),
    ],
)
def test_a_line_splits_the_same_after_any_variable_or_quote(line: str, words: tuple[str, ...]) -> None:
    """Escapes stay also behind a variable, and a line that is only split may be longer than a value."""
    assert split_raw(line) == words


@pytest.mark.parametrize(
    ("text", "words"), [("EOF", ("EOF",)), ("'a b'c", ("a bc",)), ("a b", ("a", "b")), ("''", ()), (r"a\'b", ("a'b",))]
)
def test_a_text_splits_without_its_quotes(text: str, words: tuple[str, ...]) -> None:
    """The name of a heredoc is such a text."""
    assert split_unquoted(text) == words


def test_nesting_has_a_bound() -> None:
    """Deep nesting is refused before it costs the stack."""
    assert expand("${a:-" * DEEPEST_NESTING + "x" + "}" * DEEPEST_NESTING, {}).text == "x"
    with pytest.raises(InvalidSyntaxError, match="nested deeper"):
        expand("${a:-" * 100_000, {})


def test_nesting_counts_the_open_variables_only() -> None:
    """Variables side by side are not nested, and they do not allow deeper nesting after them."""
    deepest = "${a:-" * DEEPEST_NESTING + "x" + "}" * DEEPEST_NESTING

    assert expand("${a:-}" * 2 * DEEPEST_NESTING + deepest, {}).text == "x"
    with pytest.raises(InvalidSyntaxError, match="nested deeper"):
        expand("${a:-}" * 2 + "${a:-" + deepest + "}", {})


@pytest.mark.parametrize("word", ["${b#$a$a}", "${b:+$a$a}", "${b/$a$a/x}", "${b/x/$a$a}"])
def test_a_word_inside_a_variable_takes_from_the_allowance(word: str) -> None:
    """Also where the result does not contain it."""
    variables = {"a": Expansion("a" * 1000), "b": Expansion("")}

    with pytest.raises(ExpansionTooLargeError):
        expand(word, variables, "\\", Allowance(2000))
    expand(word, variables, "\\", Allowance(4010))


@pytest.mark.parametrize("word", ["$a$a$a", "${b:-$a$a$a}", "${a//x/$a}", "${a%$a}", "${a/*y/}", "${a//x*/b}"])
def test_expansions_cost_what_they_copy_and_look_at(word: str) -> None:
    """Values of values cannot grow without end, and patterns over long values are as dear as they are slow."""
    with pytest.raises(ExpansionTooLargeError, match="more text than is read"):
        expand(word, {"a": Expansion("x" * 1000)}, "\\", Allowance(2500))


@pytest.mark.parametrize(
    ("word", "cost"),
    [
        ("${a//xx/b}", 101 + 2 * 100 + 50),
        ("${a/xx/b}", 101 + 2 * 100 + 99),
        ("${a//x*/b}", 101 + 100 * 100 + 1),
        ("${a/*y/b}", 101 + 100 * 100 + 100),
        ("${a#x*}", 101 + 2 * 100),
        ("${a%?}", 101 + 100),
    ],
)
def test_a_replacement_with_a_star_costs_the_square_of_the_value(word: str, cost: int) -> None:
    """Each other pattern costs its length for each character, and each result its own length."""
    value = {"a": Expansion("x" * 100)}

    expand(word, value, "\\", Allowance(cost))
    with pytest.raises(ExpansionTooLargeError):
        expand(word, value, "\\", Allowance(cost - 1))


@pytest.mark.parametrize(
    ("value", "cost"),
    [
        (Expansion(""), 1),
        (Expansion("abc"), 4),
        (Expansion("", missing=("b", "c")), 3),
        (Expansion("a", empty=("b", "c", "d")), 5),
    ],
)
def test_a_value_costs_its_characters_its_names_and_one(value: Expansion, cost: int) -> None:
    """So neither empty values nor names without a value are free."""
    expand("$a", {"a": value}, "\\", Allowance(cost))
    with pytest.raises(ExpansionTooLargeError):
        expand("$a", {"a": value}, "\\", Allowance(cost - 1))


def test_words_can_share_an_allowance() -> None:
    """What one uses, the next has no more."""
    allowance = Allowance(2500)
    values = {"a": Expansion("x" * 1000)}

    expand("$a", values, "\\", allowance)
    expand("$a", values, "\\", allowance)
    with pytest.raises(ExpansionTooLargeError):
        expand("$a", values, "\\", allowance)
    assert expand("text", values, "\\", allowance).text == "text"


def test_a_text_without_variables_may_be_long() -> None:
    """It is as long as it is written."""
    assert expand("x" * 2_000_000, {}).text == "x" * 2_000_000


@pytest.mark.parametrize(
    ("word", "empty"),
    [
        ("$empty", ("empty",)),
        ("a$empty$set", ("empty",)),
        ("${empty#a}", ("empty",)),
        ("${empty-a}", ("empty",)),
        ("$nested", ("inner",)),
        ("${empty:-w}", ()),
        ("${empty:+w}", ()),
        ("$unset$holed", ()),
    ],
)
def test_variables_with_an_empty_value_are_named(word: str, empty: tuple[str, ...]) -> None:
    """Where nothing stands for them; also those that are part of another value."""
    variables = VARIABLES | {"nested": Expansion("x", empty=("inner",)), "holed": Expansion("", ("root",))}

    assert expand(word, variables).empty == empty


def test_of_very_many_names_a_few_are_kept() -> None:
    """So that values of values do not collect them without end."""
    text = "".join(f"${{u{number}}}${{e{number}}}" for number in range(100))

    found = expand(text, {f"e{number}": Expansion("") for number in range(100)})

    assert found.missing == tuple(f"u{number}" for number in range(MOST_NAMES))
    assert found.empty == tuple(f"e{number}" for number in range(MOST_NAMES))


@pytest.mark.parametrize(
    ("word", "known"),
    [("$arch", False), ("$arch-$set", False), ("x-${arch%64}", False), ("$set", True), ("${arch:+x}", True)],
)
def test_a_platform_that_is_not_known_is_remembered(word: str, *, known: bool) -> None:
    """In every text that has it as a part."""
    variables = VARIABLES | {"arch": Expansion("amd64", unknown_platform=True)}

    assert expand(word, variables).unknown_platform is not known


@pytest.mark.parametrize("word", ["$bad", "${bad}", "${bad:-x}", "${bad:+x}", "${bad#x}", "${bad/x/y}", "${set:-$bad}"])
def test_a_failed_value_fails_where_it_is_needed(word: str) -> None:
    """With its own error, and nowhere else."""
    failed = {"bad": Expansion("", failure=DockerfileError(7, "wrong")), "set": Expansion("value")}

    with pytest.raises(DockerfileError, match="line 7: wrong"):
        expand(word, failed)
    assert expand("$set", failed).text == "value"


@given(PLAIN)
def test_text_without_specials_is_unchanged(text: str) -> None:
    """Letters, digits, blanks and the signs of a reference mean themselves."""
    assert expand(text, VARIABLES) == Expansion(text)


@given(st.text().filter(lambda text: "'" not in text))
def test_single_quoted_text_is_literal(text: str) -> None:
    """Nothing inside single quotes is special."""
    assert expand(f"'{text}'", VARIABLES) == Expansion(text)


@given(PLAIN, st.sampled_from([":-", "-"]))
def test_a_default_stands_for_an_unset_variable(default: str, sign: str) -> None:
    """Any default becomes the result and leaves no gap."""
    assert expand(f"${{unset{sign}{default}}}", VARIABLES) == Expansion(default)


@given(st.text(max_size=60), st.sampled_from(["\\", "`"]))
def test_escaping_every_character_gives_the_text(text: str, escape: str) -> None:
    """An escape outside quotes makes any character mean itself."""
    assert expand("".join(escape + character for character in text), VARIABLES, escape) == Expansion(text)


@given(st.one_of(st.text(), st.text(st.sampled_from("${}:-+?#%/'\"\\`<* abset"), max_size=60)))
def test_any_text_is_expanded_or_refused(text: str) -> None:
    """Nothing but the named error comes out."""
    for read in (split_raw, split_unquoted, lambda word: expand(word, VARIABLES), lambda word: expand(word, {}, "`")):
        with suppress(InvalidSyntaxError):
            read(text)
