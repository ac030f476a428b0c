"""Lists from spreadsheets, whatever they are of: hand in, look at each row, say what counts, let it happen, correct.

The room that offers a list `hang`s it: five views at one address, the upload and `_template`, `_preview`, `_errors`
and `_drop` of its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file, url_for
from werkzeug.wrappers import Response

from forms.imports import Run, Upload
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.policy import Permission
from workflow.domain.words import Words
from workflow.services import imports
from workflow.services.imports import Line, ListKind, Mode, Preview
from workflow.web import acting, page
from workflow.web.routes import Visitor
from workflow.web.routes import page as route

PER_PAGE = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS: Mapping[str, tuple[str, Words]] = {
    "new": ("done", Words("新增")),
    "changed": ("now", Words("更新")),
    "same": ("todo", Words("没有变化")),
    "conflict": ("human", Words("有冲突")),
    "wrong": ("no", Words("有错")),
}


@dataclass(frozen=True)
class Way:
    """One list as its room offers it. `room` is the endpoint of the upload; `back` leads to where it came from."""

    kind: ListKind
    title: Words
    words: Words
    back: tuple[str, Words]
    room: str
    values: Mapping[str, str] = field(default_factory=dict)

    def url(self, part: str = "", **more: Any) -> str:
        return url_for(f"{self.room}{part}", **{**self.values, **more})


def hang(
    blueprint: Blueprint,
    at: str,
    name: str,
    way: Callable[..., Way],
    *,
    visitor: Visitor,
    permission: Permission | None = None,
) -> None:
    """The five views of one list. `way` is called with whatever stands between `<>` in `at`."""
    views: Mapping[str, tuple[str, Callable[..., Response], tuple[str, ...]]] = {
        "": ("", _upload, ("GET", "POST")),
        "_template": ("/template.xlsx", _template, ("GET",)),
        "_preview": ("/<staged>", _preview, ("GET", "POST")),
        "_errors": ("/<staged>/errors.xlsx", _errors, ("GET",)),
        "_drop": ("/<staged>/drop", _drop, ("POST",)),
    }
    for part, (below, view, methods) in views.items():
        hung = route(
            blueprint, f"{at}{below}", visitor=visitor, permission=permission, methods=methods, endpoint=f"{name}{part}"
        )
        hung(_of(view, way))


def _of(view: Callable[..., Response], way: Callable[..., Way]) -> Callable[..., Response]:
    def shown(**values: str) -> Response:
        staged = {"staged": values.pop("staged")} if "staged" in values else {}
        return view(way(**values), **staged)

    return shown


def _upload(way: Way) -> Response:
    form = page.bind(Upload)
    if page.sent(form):
        with acting.in_words(form):
            return _staged(way, form.file.data.read())
    return page.render("pages/admin/import_upload.html", form=form, way=way, columns=way.kind.columns)


def _staged(way: Way, data: bytes) -> Response:
    imports.headings(way.kind, data)  # a file that cannot be read at all is refused before it is kept
    return page.go(f"{way.room}_preview", **way.values, staged=imports.stage(page.actor(), data, page.now()))


def _template(way: Way) -> Response:
    return _file(imports.template(way.kind), f"{way.kind.name}.xlsx")


def _file(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=_XLSX, as_attachment=True, download_name=name)


# -- between looking and letting it happen -----------------------------------------------------------------------------
def chosen() -> dict[int, str] | None:
    """What the reader said of the columns, `c0=name`; None: nothing, the headings speak."""
    said = request.form if request.method == "POST" else request.args
    found = {
        int(key[1:]): value for key, value in said.items() if key[:1] == "c" and key[1:].isdecimal() and len(key) < 5
    }
    return found or None


def _preview(way: Way, staged: str) -> Response:
    data = imports.staged(page.actor(), staged)
    form, mapping = page.bind(Run), chosen()
    if page.sent(form):
        with acting.in_words(form):
            return acting.once(lambda: _run(way, staged, data, form.mode.data, mapping))
    return _show(way, staged, data, form, mapping)


def _run(way: Way, staged: str, data: bytes, mode: str, mapping: dict[int, str] | None) -> Response:
    chosen_mode: Mode = "good_rows_only" if mode == "good_rows_only" else "all_or_nothing"
    report = imports.run(way.kind, data, chosen_mode, page.actor(), page.now(), mapping)
    written = report.counts.get("new", 0) + report.counts.get("changed", 0)
    if not report.written:
        words = Words("有 %(n)s 行不能导入，一行也没有写。改好再传，或者选“只写没有问题的行”", n=len(report.bad))
        raise InvalidInput([Reason(words, "mode")])
    if report.bad:
        page.tell(
            "已写入 %(n)s 行，还有 %(bad)s 行没有写。下载错误表改好，再传一次", "warn", n=written, bad=len(report.bad)
        )
        return page.go(f"{way.room}_preview", **way.values, staged=staged, **_said(mapping))
    imports.unstage(page.actor(), staged)
    page.tell("已写入 %(n)s 行，其余 %(same)s 行原来就是这样", n=written, same=report.counts.get("same", 0))
    return page.go_to(way.back[0])


def _said(mapping: dict[int, str] | None) -> dict[str, str]:
    return {f"c{place}": key for place, key in (mapping or {}).items()}


def _show(way: Way, staged: str, data: bytes, form: Run, mapping: dict[int, str] | None) -> Response:
    headings, understood = imports.headings(way.kind, data)
    found: Preview | None = None
    try:
        found = imports.preview(way.kind, data, page.actor(), page.now(), mapping)
    except InvalidInput as refusal:
        form.take(Reason(each.words) for each in refusal.reasons)
    return page.render(
        "pages/admin/import_preview.html",
        form=form,
        way=way,
        staged=staged,
        headings=list(enumerate(headings)),
        mapping=mapping if mapping is not None else {place: column.key for place, column in understood.items()},
        said=_said(mapping),
        found=found,
        verdicts=VERDICTS,
        titles={column.key: column.title for column in way.kind.columns},
        **_rows(found),
    )


def _rows(found: Preview | None) -> dict[str, Any]:
    """The rows of this page: the bad ones first of all, since they are what one has to look at."""
    if found is None:
        return {"rows": (), "show": "all", "number": 1, "pages": 1, "total": 0}
    show = request.args.get("show") or ("bad" if found.bad else "all")
    wanted: tuple[Line, ...] = found.bad if show == "bad" else found.lines
    number = page.page_number()
    pages = max(1, -(-len(wanted) // PER_PAGE))
    rows = wanted[(number - 1) * PER_PAGE : number * PER_PAGE]
    return {"rows": rows, "show": show, "number": number, "pages": pages, "total": len(wanted)}


def _errors(way: Way, staged: str) -> Response:
    """Only the bad rows as they were typed, with the reasons in one more column."""
    data = imports.staged(page.actor(), staged)
    made = imports.error_file(way.kind, data, page.actor(), page.now(), page.say, chosen())
    return _file(made, f"{way.kind.name}-{page.say(Words('有问题的行'))}.xlsx")


def _drop(way: Way, staged: str) -> Response:
    imports.staged(page.actor(), staged)
    imports.unstage(page.actor(), staged)
    page.tell("这份名单已经丢掉，没有写入")
    return page.go_to(way.back[0])
