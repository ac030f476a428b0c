"""Results of a stage from a table: take the empty one, hand in the filled one, look at each row, take it over."""

from io import BytesIO
from typing import Any

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from forms.imports import Upload
from forms.results import TakeOver
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import imports, results_places
from workflow.services import imports_results as service
from workflow.services.imports import Line, Mode, Preview, Report
from workflow.services.results_places import Place
from workflow.web import acting, importing, page
from workflow.web.reviewer import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = {
    **importing.VERDICTS,
    "new": ("done", Words("可以录入")),
    "changed": ("now", Words("换成新的")),
}


@route(blueprint, "/review/results", visitor=Visitor.REVIEWER, permission=Permission.QUEUE_READ)
def results() -> Response:
    """Every stage to which this reader may bring a table."""
    return page.render("pages/reviewer/results.html", owed=results_places.owed(page.actor()))


@route(blueprint, "/review/results/<ref>/<stage>", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def results_upload(ref: str, stage: str) -> Response:
    place = results_places.place_of(page.actor(), ref, stage)
    form = page.bind(Upload)
    if page.sent(form):
        with acting.in_words(form):
            return _staged(place, form.file.data.read())
    kind = service.ResultList(place)
    return page.render(
        "pages/reviewer/results_upload.html",
        form=form,
        place=place,
        columns=kind.columns,
        waiting=results_places.waiting(page.actor(), place),
    )


def _staged(place: Place, data: bytes) -> Response:
    imports.headings(service.ResultList(place), data)  # a file that cannot be read at all is refused before it is kept
    staged = imports.stage(page.actor(), data, page.now())
    return page.go("reviewer.results_preview", ref=place.round_ref, stage=place.stage.key, staged=staged)


@route(blueprint, "/review/results/<ref>/<stage>/template.xlsx", visitor=Visitor.REVIEWER)
def results_table(ref: str, stage: str) -> Response:
    place = results_places.place_of(page.actor(), ref, stage)
    return _file(service.table_of(page.actor(), place), f"{service.ResultList(place).name}.xlsx")


def _file(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=_XLSX, as_attachment=True, download_name=name)


# -- between looking and taking over -----------------------------------------------------------------------------------
@route(blueprint, "/review/results/<ref>/<stage>/list/<staged>", methods=("GET", "POST"), visitor=Visitor.REVIEWER)
def results_preview(ref: str, stage: str, staged: str) -> Response:
    place = results_places.place_of(page.actor(), ref, stage)
    data = imports.staged(page.actor(), staged)
    form = page.bind(TakeOver)
    if page.sent(form):
        with acting.in_words(form):
            return _taken(place, staged, data, form)
    return _show(place, staged, data, form)


def _taken(place: Place, staged: str, data: bytes, form: TakeOver) -> Response:
    mode: Mode = "good_rows_only" if form.mode.data == "good_rows_only" else "all_or_nothing"
    report = service.take_over(
        place,
        data,
        mode,
        page.actor(),
        page.now(),
        reason=form.reason.data or "",
        request_key=page.request_key(),
        chosen=importing.chosen(),
    )
    if not report.written:
        words = Words("有 %(n)s 行不能录入，一行也没有写。改好再传，或者选“只写没有问题的行”", n=len(report.bad))
        raise InvalidInput([Reason(words, "mode")])
    return _onwards(place, staged, report)


def _onwards(place: Place, staged: str, report: Report) -> Response:
    written = report.counts.get("new", 0) + report.counts.get("changed", 0)
    values: dict[str, Any] = {"ref": place.round_ref, "stage": place.stage.key}
    left = report.counts.get("wrong", 0) + report.counts.get("conflict", 0)
    if left:
        page.tell("已录入 %(n)s 人，还有 %(bad)s 行没有写。下载错误表改好，再传一次", "warn", n=written, bad=left)
        return page.go("reviewer.results_preview", **values, staged=staged)
    imports.unstage(page.actor(), staged)
    page.tell("已录入 %(n)s 人，其余 %(same)s 行原来就是这样", n=written, same=report.counts.get("same", 0))
    return page.go("reviewer.results_upload", **values)


def _show(place: Place, staged: str, data: bytes, form: TakeOver) -> Response:
    kind, mapping = service.ResultList(place), importing.chosen()
    headings, understood = imports.headings(kind, data)
    found: Preview | None = None
    try:
        found = service.preview(place, data, page.actor(), page.now(), mapping)
    except InvalidInput as refusal:
        form.take(Reason(each.words) for each in refusal.reasons)
    return page.render(
        "pages/reviewer/results_preview.html",
        form=form,
        place=place,
        staged=staged,
        headings=list(enumerate(headings)),
        mapping=mapping if mapping is not None else {at: column.key for at, column in understood.items()},
        said={f"c{at}": key for at, key in (mapping or {}).items()},
        found=found,
        verdicts=VERDICTS,
        titles={column.key: column.title for column in kind.columns},
        here=url_for("reviewer.results_preview", ref=place.round_ref, stage=place.stage.key, staged=staged),
        **_rows(found),
    )


def _rows(found: Preview | None) -> dict[str, Any]:
    """The rows of this page: those to look at first, which are the bad ones, and all where something is replaced."""
    if found is None:
        return {"rows": (), "show": "all", "number": 1, "pages": 1, "total": 0}
    show = request.args.get("show") or ("bad" if found.bad and not found.counts.get("changed") else "all")
    wanted: tuple[Line, ...] = found.bad if show == "bad" else found.lines
    number = page.page_number()
    pages = max(1, -(-len(wanted) // importing.PER_PAGE))
    rows = wanted[(number - 1) * importing.PER_PAGE : number * importing.PER_PAGE]
    return {"rows": rows, "show": show, "number": number, "pages": pages, "total": len(wanted)}


@route(blueprint, "/review/results/<ref>/<stage>/list/<staged>/errors.xlsx", visitor=Visitor.REVIEWER)
def results_errors(ref: str, stage: str, staged: str) -> Response:
    """Only the bad rows as they were typed, with the reasons in one more column."""
    place = results_places.place_of(page.actor(), ref, stage)
    data, kind = imports.staged(page.actor(), staged), service.ResultList(place, service.UNSAID)
    made = imports.error_file(kind, data, page.actor(), page.now(), page.say, importing.chosen())
    return _file(made, f"{kind.name}-{page.say(Words('有问题的行'))}.xlsx")


@route(blueprint, "/review/results/<ref>/<stage>/list/<staged>/drop", methods=("POST",), visitor=Visitor.REVIEWER)
def results_drop(ref: str, stage: str, staged: str) -> Response:
    place = results_places.place_of(page.actor(), ref, stage)
    imports.staged(page.actor(), staged)
    imports.unstage(page.actor(), staged)
    page.tell("这份成绩表已经丢掉，没有写入")
    return page.go("reviewer.results_upload", ref=place.round_ref, stage=place.stage.key)
