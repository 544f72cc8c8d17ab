"""The page to import and export tracked repositories. The API serves the exported files."""

from http import HTTPStatus
from pathlib import PurePath

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.pages.rendering import rendered
from provider.tracker.decisions.transfer import FIELDS, TransferProblem
from provider.tracker.pages.forms import ImportForm, ListForm
from provider.tracker.services.transferring import ImportFormat, ImportReport, Transferring

_FORMATS = {
    ".csv": ImportFormat.CSV,
    ".yaml": ImportFormat.YAML,
    ".yml": ImportFormat.YAML,
    ".txt": ImportFormat.LIST,
}
_LARGEST_FILE = 10 * 1024 * 1024
_MOST_PROBLEMS = 200


def add_transfer(blueprint: Blueprint, transferring: Transferring) -> None:
    """Serve /repositories/transfer."""

    @blueprint.before_request
    def allow_files() -> None:
        if request.endpoint in {"tracker.take_file", "tracker.take_list"}:
            request.max_content_length = _LARGEST_FILE

    @blueprint.get("/repositories/transfer")
    def transfer() -> Response:
        return _page(ImportForm(), ListForm())

    @blueprint.post("/repositories/transfer")
    def take_file() -> Response:
        require(Action.CHANGE, None)
        form, addresses = ImportForm(), ListForm(formdata=None)
        file: FileStorage | None = request.files.get("file")
        if file is None or not file.filename or not form.validate():
            return _page(form, addresses)
        kind = _FORMATS.get(PurePath(file.filename).suffix.lower())
        if kind is None:
            form.refuse("file", "the file name must end in .csv, .yaml, .yml or .txt")
            return _page(form, addresses)
        try:
            text = file.stream.read().decode("utf-8")
        except UnicodeDecodeError:
            form.refuse("file", "the file is not UTF-8 text")
            return _page(form, addresses)
        return _imported(form, addresses, transferring.import_text(text, kind))

    @blueprint.post("/repositories/transfer/list")
    def take_list() -> Response:
        require(Action.CHANGE, None)
        file, form = ImportForm(formdata=None), ListForm()
        if not form.validate():
            return _page(file, form)
        return _imported(file, form, transferring.import_text(form.text(), ImportFormat.LIST))


def _imported(file: ImportForm, addresses: ListForm, report: ImportReport) -> Response:
    if report.problems:
        return _page(file, addresses, report.problems)
    flash(added_words(report))
    return redirect(url_for("tracker.repositories"), HTTPStatus.SEE_OTHER)


def added_words(report: ImportReport) -> str:
    """What an import did, in a sentence."""
    added, there = len(report.added), len(report.duplicates)
    already = f" {there} {'was' if there == 1 else 'were'} already tracked." if there else ""
    return f"{added} repositor{'y was' if added == 1 else 'ies were'} added.{already}"


def _page(file: ImportForm, addresses: ListForm, problems: tuple[TransferProblem, ...] = ()) -> Response:
    page = rendered(
        "transfer.html",
        form=file,
        addresses=addresses,
        fields=FIELDS,
        problems=problems[:_MOST_PROBLEMS],
        number=len(problems),
    )
    refused = bool(problems or file.errors or addresses.errors)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)
