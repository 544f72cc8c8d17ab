"""The page to import and export tracked repositories. The API serves the exported files."""

from http import HTTPStatus
from pathlib import PurePath

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.pages.rendering import rendered
from provider.tracker.decisions.transfer import TransferProblem
from provider.tracker.pages.forms import ImportForm
from provider.tracker.services.transferring import ImportReport, TransferFormat, Transferring

_FORMATS = {".csv": TransferFormat.CSV, ".yaml": TransferFormat.YAML, ".yml": TransferFormat.YAML}
_LARGEST_FILE = 10 * 1024 * 1024
_MOST_PROBLEMS = 200


def add_transfer(blueprint: Blueprint, transferring: Transferring) -> None:
    """Serve /repositories/transfer."""

    @blueprint.before_request
    def allow_files() -> None:
        if request.endpoint == "tracker.take_file":
            request.max_content_length = _LARGEST_FILE

    @blueprint.get("/repositories/transfer")
    def transfer() -> Response:
        return _page(ImportForm())

    @blueprint.post("/repositories/transfer")
    def take_file() -> Response:
        require(Action.CHANGE, None)
        form = ImportForm()
        file: FileStorage | None = request.files.get("file")
        if file is None or not file.filename or not form.validate():
            return _page(form)
        kind = _FORMATS.get(PurePath(file.filename).suffix.lower())
        if kind is None:
            form.refuse("file", "the file name must end in .csv, .yaml or .yml")
            return _page(form)
        try:
            text = file.stream.read().decode("utf-8")
        except UnicodeDecodeError:
            form.refuse("file", "the file is not UTF-8 text")
            return _page(form)
        return _imported(form, transferring.import_text(text, kind))


def _imported(form: ImportForm, report: ImportReport) -> Response:
    if report.problems:
        return _page(form, report.problems)
    added, there = len(report.added), len(report.duplicates)
    already = f" {there} {'was' if there == 1 else 'were'} already tracked." if there else ""
    flash(f"{added} repositor{'y was' if added == 1 else 'ies were'} added.{already}")
    return redirect(url_for("tracker.repositories"), HTTPStatus.SEE_OTHER)


def _page(form: ImportForm, problems: tuple[TransferProblem, ...] = ()) -> Response:
    page = rendered("transfer.html", form=form, problems=problems[:_MOST_PROBLEMS], number=len(problems))
    refused = bool(problems or form.file.errors)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)
