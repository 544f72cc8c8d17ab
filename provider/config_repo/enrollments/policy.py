"""Read policy.yaml: the rules about who may enroll which sources."""

from collections.abc import Iterator
from typing import Any, cast

from marshmallow import ValidationError, post_load, validate

from provider.config_repo.enrollments.entry import EntryProblem, entry_problems
from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.config_repo.enrollments.strict_schema import StrictSchema, text, texts
from provider.config_repo.enrollments.yaml_lines import UnreadableYaml, YamlDocument, read_yaml
from provider.config_repo.layout import POLICY
from provider.domain.enrollment_grammar import owner_problem
from provider.domain.source_policy import SourceRule, pattern_problem


class RuleSchema(StrictSchema):
    """One rule; it loads a SourceRule."""

    sources = text(pattern_problem, required=True)
    owners = texts(
        owner_problem,
        "group:default/team-a",
        required=True,
        validate=validate.Length(min=1, error="is empty; name an owner"),
    )

    @post_load
    def _rule(self, rule: dict[str, Any], **_: object) -> SourceRule:
        return SourceRule(rule["sources"], tuple(rule["owners"]))


def read_policy(text: str) -> tuple[tuple[SourceRule, ...], tuple[EnrollmentProblem, ...]]:
    """The valid rules, and the problems of the others, in file order.

    An invalid rule allows nothing.
    """
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        return (), (EnrollmentProblem(POLICY, error.line, None, None, str(error)),)
    faults = tuple(_faults(document))
    match document.value:
        case list(values):
            read = [_rule(document, index, value) for index, value in enumerate(values)]
        case None:
            read = []
        case _:
            message = (
                'this is not a list; write rules like - {sources: "github:acme/*", owners: [group:default/team-a]}'
            )
            return (), (EnrollmentProblem(POLICY, document.line_of(()), None, None, message),)
    rules = tuple(found for found in read if isinstance(found, SourceRule))
    wrong = [problem for found in read if not isinstance(found, SourceRule) for problem in found]
    return rules, tuple(sorted((*faults, *wrong), key=lambda problem: (problem.line, str(problem))))


def _rule(document: YamlDocument, index: int, value: object) -> SourceRule | tuple[EnrollmentProblem, ...]:
    if any(fault.path[:1] == (index,) for fault in document.faults):
        return ()
    try:
        return cast("SourceRule", RuleSchema().load(cast("dict[str, Any]", value)))
    except ValidationError as error:
        return tuple(_problem(document, index, problem) for problem in entry_problems(error))


def _problem(document: YamlDocument, index: int, problem: EntryProblem) -> EnrollmentProblem:
    line = document.line_of((index, *problem.where))
    return EnrollmentProblem(POLICY, line, None, dotted(problem.path), problem.message)


def _faults(document: YamlDocument) -> Iterator[EnrollmentProblem]:
    for fault in document.faults:
        yield EnrollmentProblem(POLICY, fault.line, None, dotted(fault.path[1:]), fault.message)
