"""Read policy.yaml: what the organisation builds itself, what teams' files may do, and which removals are allowed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from marshmallow import ValidationError, post_load, validate

from provider.config_repo.enrollments.entry import EntryProblem, entry_problems
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.config_repo.enrollments.strict_schema import StrictSchema, texts, unknown_key_message
from provider.config_repo.layout import POLICY
from provider.domain.enrollment_grammar import name_problem
from provider.domain.policy import grammar
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule
from provider.yaml_lines import Path, UnreadableYaml, YamlDocument, YamlValue, read_yaml

_OWN, _RULES, _REMOVALS = "own", "rules", "removals"
_KEYS = (_OWN, _RULES, _REMOVALS)
_SHAPE = f'write {_OWN}: ["ghcr.io/acme/*"] and {_RULES}: [{{files: images.d/team-a.yaml, sources: ["github:acme/*"]}}]'
_MOST_PATTERNS = 100
_NOT_TOO_MANY = validate.Length(max=_MOST_PATTERNS, error=f"has more than {_MOST_PATTERNS} patterns; use wildcards")


class RuleSchema(StrictSchema):
    """One rule; it loads a PolicyRule."""

    files = texts(
        grammar.files_problem,
        "images.d/team-a.yaml",
        required=True,
        validate=[validate.Length(min=1, error="is empty; name a team's file"), _NOT_TOO_MANY],
        pre_load=[lambda value: [value] if isinstance(value, str) else value],
    )
    sources = texts(grammar.sources_problem, '"github:acme/*"', load_default=list, validate=_NOT_TOO_MANY)
    images = texts(grammar.images_problem, "ghcr.io/acme/*", load_default=list, validate=_NOT_TOO_MANY)
    workflows = texts(grammar.workflows_problem, "build*.yml", load_default=list, validate=_NOT_TOO_MANY)
    refs = texts(grammar.refs_problem, "main", load_default=list, validate=_NOT_TOO_MANY)
    owners = texts(grammar.owners_problem, "group:default/team-a", load_default=list, validate=_NOT_TOO_MANY)

    @post_load
    def _rule(self, rule: dict[str, Any], **_: object) -> PolicyRule:
        images = {"images": grammar.canonical_images(rule["images"])}
        return PolicyRule(**{key: tuple(patterns) for key, patterns in rule.items()} | images)


class OwnSchema(StrictSchema):
    """The repositories that the organisation builds itself."""

    own = texts(grammar.images_problem, "ghcr.io/acme/*", load_default=list, validate=_NOT_TOO_MANY)


class RemovalsSchema(StrictSchema):
    """The images that may be removed together with however many others."""

    removals = texts(name_problem, "backstage", load_default=list)


def read_policy(text: str) -> tuple[Policy, tuple[EnrollmentProblem, ...]]:
    """The valid parts of the policy, and the problems of the others, in file order.

    An invalid rule allows nothing, and where one pattern of `own` is invalid, no repository is the organisation's.
    """
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        return NO_POLICY, (EnrollmentProblem(POLICY, error.line, None, None, str(error)),)
    problems = list(_faults(document))
    match document.value:
        case None:
            return NO_POLICY, tuple(problems)
        case dict(parts):
            policy, wrong = _policy(document, parts)
        case list():
            old = "rules are no longer a list at the top of this file"
            policy, wrong = NO_POLICY, [EnrollmentProblem(POLICY, document.line_of(()), None, None, f"{old}; {_SHAPE}")]
        case _:
            wrong_form = f"this is not a mapping of {_OWN} and {_RULES}; {_SHAPE}"
            policy, wrong = NO_POLICY, [EnrollmentProblem(POLICY, document.line_of(()), None, None, wrong_form)]
    return policy, tuple(sorted((*problems, *wrong), key=lambda problem: (problem.line, str(problem))))


def _policy(document: YamlDocument, parts: Mapping[str, YamlValue]) -> tuple[Policy, list[EnrollmentProblem]]:
    wrong = [
        EnrollmentProblem(POLICY, document.line_of((key,)), None, None, unknown_key_message(key, [*_KEYS]))
        for key in parts
        if key not in _KEYS
    ]
    own = _top(document, parts, _OWN, OwnSchema, wrong)
    removals = _top(document, parts, _REMOVALS, RemovalsSchema, wrong)
    rules: list[PolicyRule] = []
    for index, value in enumerate(_listed(document, parts, wrong)):
        found = _loaded(document, (_RULES, index), RuleSchema, value)
        if isinstance(found, PolicyRule):
            rules.append(found)
        else:
            wrong.extend(found)
    return Policy(grammar.canonical_images(own), tuple(rules), frozenset(removals)), wrong


def _top(
    document: YamlDocument,
    parts: Mapping[str, YamlValue],
    key: str,
    schema: type[StrictSchema],
    wrong: list[EnrollmentProblem],
) -> Sequence[str]:
    """The list at a key of the file; an empty one where an item of it is not valid."""
    found = _loaded(document, (), schema, {key: parts[key]} if key in parts else {}, at=(key,))
    if isinstance(found, list):
        wrong.extend(found)
        return ()
    return cast("Sequence[str]", found[key])


def _listed(document: YamlDocument, parts: Mapping[str, YamlValue], wrong: list[EnrollmentProblem]) -> list[YamlValue]:
    found = parts.get(_RULES, [])
    if isinstance(found, list):
        return found
    line = document.line_of((_RULES,))
    wrong.append(EnrollmentProblem(POLICY, line, None, _RULES, f"must be a list of rules; {_SHAPE}"))
    return []


def _loaded(document: YamlDocument, path: Path, schema: type[StrictSchema], value: object, at: Path = ()) -> Any:
    """The loaded value; a list of problems where it is not valid, which is empty where the file already has a fault."""
    place = (*path, *at)
    if any(fault.path[: len(place)] == place for fault in document.faults):
        return []
    try:
        return schema().load(cast("dict[str, Any]", value))
    except ValidationError as error:
        return [_problem(document, path, problem) for problem in entry_problems(error)]


def _problem(document: YamlDocument, path: Path, problem: EntryProblem) -> EnrollmentProblem:
    line = document.line_of((*path, *problem.where))
    return EnrollmentProblem(POLICY, line, None, dotted((*path, *problem.path)), problem.message)


def _faults(document: YamlDocument) -> Iterator[EnrollmentProblem]:
    for fault in document.faults:
        yield EnrollmentProblem(POLICY, fault.line, None, dotted(fault.path), fault.message)
