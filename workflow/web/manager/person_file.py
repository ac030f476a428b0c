"""One person across programs: found, opened with a reason, read on one page and printed."""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from flask import request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from forms.base import Paper, at_most, stripped
from workflow.documents import archive, charts
from workflow.domain.identifiers import ID_TYPES
from workflow.domain.rules import canonical
from workflow.domain.words import Words
from workflow.services import person_file as service
from workflow.services import person_file_taken
from workflow.services.person_after import Standing
from workflow.services.person_file import Line, PersonFile
from workflow.web import dates, page
from workflow.web.applicant.certificate import verify_url
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route
from workflow.web.standing import STATUS

STANDING: Mapping[str, tuple[str, Words]] = {
    "valid": ("seal", Words("认定有效")),
    "soon": ("soon", Words("快到期，待续认")),
    "expired": ("hold", Words("有效期已满")),
    "revoked": ("no", Words("认定已撤销")),
    "superseded": ("back", Words("证书已换发")),
}
DUTIES: Mapping[str, tuple[str, Words]] = {
    "open": ("now", Words("该办")),
    "late": ("late", Words("逾期")),
    "done": ("done", Words("办完")),
    "waived": ("hold", Words("免去")),
    "not_answered": ("unknown", Words("到期没有答复")),
    "not_owed": ("hold", Words("不用办")),
    "over": ("hold", Words("认定已结束，不再办")),
}
OBJECTIONS: Mapping[str, tuple[str, Words]] = {
    "open": ("human", Words("核查中")),
    "partly": ("human", Words("核查中")),
    "upheld": ("no", Words("成立")),
    "rejected": ("done", Words("不成立")),
    "kept": ("done", Words("成立，维持原结论")),
    "dropped": ("hold", Words("撤销")),
    "moot": ("hold", Words("不再需要核查")),
}
URGENT: Mapping[str, Words] = {
    "expiring": Words("“%(what)s”的认定要到期，通知本人续认"),
    "payment": Words("“%(what)s”该兑现了"),
    "duty": Words("“%(what)s”还没有办"),
}
GENDERS = {"male": Words("男"), "female": Words("女")}


class Opening(Paper):
    reason = TextAreaField(filters=[stripped], validators=[at_most(500)])


@route(blueprint, "/people", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def people() -> Response:
    """A search is sent as a form: a whole ID number must not come to stand in an address. It changes nothing."""
    typed = request.form.get("q", "").strip()[:80]
    hits = service.search(page.actor(), typed) if typed else []
    return page.render("pages/manager/people.html", typed=typed, hits=hits)


@route(blueprint, "/people/<ref>", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def person_file(ref: str) -> Response:
    form = page.bind(Opening)
    name = service.named(ref, page.actor())
    if page.sent(form):
        with page.at_fields(form):
            service.open_file(ref, form.reason.data or "", page.actor(), page.now())
            return page.go("manager.person_file", ref=ref)
    found = service.opened(ref, page.actor(), page.now()) if request.method == "GET" else None
    if found is None:
        return page.render("pages/manager/person_gate.html", ref=ref, name=name, form=form)
    return _show(found, form)


def _show(found: PersonFile, form: Opening, numbers: tuple[tuple[str, str], ...] = ()) -> Response:
    return page.render(
        "pages/manager/person_file.html",
        status=422 if form.reasons else None,
        file=found,
        form=form,
        numbers=numbers,
        whole=any(line.own for line in found.lines),
        ids=ID_TYPES,
        genders=GENDERS,
        states=shown_states(found),
        duties=DUTIES,
        objections=OBJECTIONS,
        plot=_plot,
        signed=signed,
        plain=canonical,
        urgent=[(one, Words(URGENT[one.kind].text, what=one.what)) for one in found.urgent],
    )


def signed(value: Decimal) -> str:
    return f"+{canonical(value)}" if value > 0 else canonical(value).replace("-", "−")


def _plot(ledger: Standing) -> Markup:
    values = [charts.Step(dates.short(line.on), line.balance) for line in ledger.lines]
    says = page.say(Words("积分从 %(a)s 分到 %(b)s 分", a=canonical(values[0].value), b=canonical(values[-1].value)))
    warning = page.say(Words("低于 %(n)s 分提醒", n=canonical(ledger.warns))) if ledger.warns is not None else ""
    return Markup(charts.steps(values, says, warns=ledger.warns, warning=warning))  # noqa: S704 - drawn by us, every word in it escaped


@route(blueprint, "/people/<ref>/numbers", methods=("POST",), visitor=Visitor.MANAGER)
def person_numbers(ref: str) -> Response:
    """The whole number, shown once, after saying why, and on record."""
    form = page.bind(Opening)
    page.if_refused(latest=url_for("manager.person_file", ref=ref))
    found = service.opened(ref, page.actor(), page.now())
    if found is None:
        return page.go("manager.person_file", ref=ref)
    numbers: tuple[tuple[str, str], ...] = ()
    with page.at_fields(form):
        numbers = person_file_taken.numbers(ref, form.reason.data or "", page.actor(), page.now()) or ()
    return _show(found, form, numbers)


@route(blueprint, "/people/<ref>/folder", methods=("POST",), visitor=Visitor.MANAGER)
def person_folder(ref: str) -> Response:
    page.if_refused(latest=url_for("manager.person_file", ref=ref))
    folder = person_file_taken.folder(ref, page.actor(), page.now())
    if folder is None:
        return page.go("manager.person_file", ref=ref)
    index = page.render(
        "pages/manager/person_index.html", folder=folder, ids=ID_TYPES, states=shown_states(folder.file),
        duties=DUTIES, objections=OBJECTIONS, plain=canonical,
    )  # fmt: skip
    links = {row.token: verify_url(row.token) for row in folder.certificates}
    pieces = archive.zipped(folder.files(index.get_data(), links.__getitem__), dates.local(page.now()))
    answer = Response(pieces, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(folder.name)}.zip"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def shown_states(found: PersonFile) -> Mapping[str, tuple[str, Words]]:
    """Of each case by its reference: how its recognition stands, else where the case is."""
    return {line.ref: _state(line) for line in found.lines}


def _state(line: Line) -> tuple[str, Words]:
    if line.standing is not None:
        return STANDING["soon" if line.soon else line.standing.value]
    return STATUS[line.status]
