"""What departments know of a case: recorded one by one, or brought in from a table."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forms.facts import Source
from forms.fields import Handed
from forms.program import ProgramPaper, paper_of
from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words
from workflow.services import known_facts, showing
from workflow.services.imports_facts import facts_list
from workflow.services.known_facts import Sheet
from workflow.web import importing, page
from workflow.web.importing import Way
from workflow.web.manager import blueprint
from workflow.web.routes import Visitor
from workflow.web.routes import page as route


@route(blueprint, "/applications/<ref>/facts", methods=("GET", "POST"), visitor=Visitor.MANAGER)
def facts(ref: str) -> Response:
    sheet = known_facts.sheet(page.actor(), ref)
    form, paper = page.bind(Source, as_of=None), _paper(sheet)
    if request.method == "POST":
        page.if_refused(latest=url_for("manager.facts", ref=ref))
        try:
            done = known_facts.record(
                page.actor(), ref, paper.typed, form.as_of.data, form.source.data or "", page.now(),
                request_key=page.request_key(),
            )  # fmt: skip
        except InvalidInput as refusal:
            paper.take([each for each in refusal.reasons if each.where not in ("as_of", "source")])
            form.take([each for each in refusal.reasons if each.where in ("as_of", "source")])
            return _show(sheet, form, paper, refusal.reasons)
        page.tell("已登记 %(n)s 项数据", n=len(done))
        return page.go("manager.facts", ref=ref)
    return _show(sheet, form, paper)


def _paper(sheet: Sheet) -> ProgramPaper:
    fields = {key: fact.field for key, fact in sheet.mine.items()}
    sent = request.form if request.method == "POST" else None
    return paper_of(fields, Handed(required=dict.fromkeys(fields, False)), sent=sent)


def _show(sheet: Sheet, form: Source, paper: ProgramPaper, reasons: tuple[Reason, ...] = ()) -> Response:
    names: dict[object, str] = {}
    return page.render(
        "pages/manager/facts.html",
        status=422 if reasons else 200,
        sheet=sheet,
        form=form,
        paper=paper,
        options_of=lambda control: [(key, page.say(words)) for key, words in control.options],
        reasons=(*form.reasons, *paper.reasons),
        shown={
            name: [(showing.text(sheet.facts[name].field, each.value, names), each) for each in values]
            for name, values in sheet.known.items()
        },
    )


# -- from a table ------------------------------------------------------------------------------------------------------
def _way(ref: str) -> Way:
    kind, name = facts_list(page.actor(), ref)
    return Way(
        kind,
        Words("导入部门数据"),
        Words("每行一件：申报编号或证件号码、各项数据、哪一天的、从哪里来。没有写的格子不动原来的"),
        back=(url_for("manager.round_applications", ref=ref), Words("%(name)s的申报件", name=name)),
        room="manager.fact_list",
        values={"ref": ref},
    )


importing.hang(blueprint, "/rounds/<ref>/facts/list", "fact_list", _way, visitor=Visitor.MANAGER)
