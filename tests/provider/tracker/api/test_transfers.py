"""Tests of import and export over HTTP."""

from tests.provider.tracker.api.tracker_web import READER, REPOSITORIES, TrackerWeb

CSV = "url,notes\nacme/portal,ours\nghcr.io/acme/image,\n"
IMPORT = f"{REPOSITORIES}/import"


def test_tracker_repositories_are_imported_and_exported() -> None:
    """An export can be imported again, as CSV and as YAML."""
    web = TrackerWeb()
    answer = web.ask("POST", IMPORT, {"format": "csv", "text": CSV})
    assert answer.status_code == 200
    assert [(each["id"], each["name"], each["type"]) for each in answer.get_json()["added"]] == [
        (1, "portal", "github"),
        (2, "image", "container"),
    ]
    for form, media_type in (("csv", "text/csv"), ("yaml", "application/yaml")):
        out = web.client.get(f"{REPOSITORIES}/export?format={form}", headers={"Authorization": f"Bearer {READER}"})
        assert (out.status_code, out.mimetype) == (200, media_type)
        assert f"repositories.{form}" in out.headers["Content-Disposition"]
        again = web.ask("POST", IMPORT, {"format": form, "text": out.text}).get_json()
        assert (again["added"], [each["id"] for each in again["duplicates"]]) == ([], [1, 2])


def test_tracker_a_list_of_addresses_is_imported() -> None:
    """The response has the repositories that are new, and a message for each wrong line."""
    web = TrackerWeb()
    answer = web.ask("POST", IMPORT, {"format": "list", "text": "# ours\nacme/portal\nghcr.io/acme/image\n"})
    assert [each["name"] for each in answer.get_json()["added"]] == ["portal", "image"]
    refused = web.ask("POST", IMPORT, {"format": "list", "text": "acme/other\nx y\n"})
    assert refused.get_json()["errors"]["json"]["text"][0].startswith("line 2: url: ")


def test_a_dry_run_writes_nothing() -> None:
    """It returns the same result, without ids."""
    web = TrackerWeb()
    answer = web.ask("POST", f"{IMPORT}?dryRun=true", {"format": "csv", "text": CSV})
    assert [each["id"] for each in answer.get_json()["added"]] == [None, None]
    assert web.get(REPOSITORIES)["total"] == 0


def test_every_problem_is_reported_with_its_line() -> None:
    """The number of messages is limited, and nothing is written if there is a problem."""
    web = TrackerWeb()
    answer = web.ask("POST", IMPORT, {"format": "csv", "text": CSV + "nothing at all\n" * 300})
    assert answer.status_code == 422
    problems = answer.get_json()["errors"]["json"]["text"]
    assert problems[0].startswith("line 4: ")
    assert (len(problems), problems[-1]) == (201, "and 100 more problems")
    assert web.get(REPOSITORIES)["total"] == 0


def test_an_unknown_format_is_refused() -> None:
    """This holds for an import and for an export."""
    web = TrackerWeb()
    assert web.ask("POST", IMPORT, {"format": "xml", "text": "x"}).status_code == 422
    headers = {"Authorization": f"Bearer {READER}"}
    assert web.client.get(f"{REPOSITORIES}/export?format=xml", headers=headers).status_code == 422
