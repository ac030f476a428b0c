"""From a desk to what the form's templates draw: the paper of a section, its groups, its steps, the deadline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from forms.fields import Handed
from forms.program import ProgramPaper, id_of, paper_of
from workflow.domain.answers import Flaw
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Field, Label, TableField
from workflow.domain.words import Words
from workflow.services import worksheets
from workflow.services.drafts import Desk


@dataclass(frozen=True)
class Group:
    """Controls that stand in one box. `kind`: plain, table or files."""

    kind: str
    controls: Sequence[Any]
    title: Label | None = None


@dataclass(frozen=True)
class Step:
    """In the reader's language already, as the component takes it."""

    kind: str
    label: str
    name: str
    url: str
    here: bool
    ahead: bool
    words: str = ""


def handed(desk: Desk) -> Handed:
    required = {key: asked.required for key, asked in desk.sheet.asked.items()}
    return Handed(required, desk.organizations, desk.sheet.masks, desk.sheet.files, desk.open, desk.places)


def paper_for(desk: Desk, fields: Mapping[str, Field], *, sent: bool = False) -> ProgramPaper:
    body = dict(desk.sheet.body)
    for key, item in fields.items():
        if item.type == "organization" and isinstance(body.get(key), str):
            body[key] = desk.names.get(body[key], body[key])
        elif isinstance(item, TableField) and not body.get(key):
            body[key] = [{} for _ in range(max(1, int(item.rows.low)))]
        elif item.type == "computed":
            body[key] = desk.sheet.kept.get(key)
    return paper_of(fields, handed(desk), sent=request.form if sent else None, body=body)


def reasons_in(desk: Desk, fields: Mapping[str, Field], *, missing: bool) -> list[Reason]:
    return [flaw.reason for flaw in desk.sheet.flaws if _root(flaw) in fields and (missing or not flaw.missing)]


def _root(flaw: Flaw) -> str:
    return flaw.where.split(".")[0]


def groups(paper: ProgramPaper) -> list[Group]:
    """Neighbours of one sort share a box; each table has its own."""
    found: list[Group] = []
    for control in paper:
        if control.shape == "table":
            found.append(Group("table", [control], control.item.name))
            continue
        kind = "files" if control.shape == "files" else "plain"
        if found and found[-1].kind == kind:
            found[-1] = Group(kind, [*found[-1].controls, control])
        else:
            found.append(Group(kind, [control]))
    return found


def summary(desk: Desk, flaws: Iterable[Flaw]) -> list[Reason]:
    """What is wrong, each with the address of its control: across sections, so that a link leads there."""
    found, fields = [], desk.definition.form_fields()
    for flaw in flaws:
        section = desk.definition.section_of(_root(flaw))
        if section is None:
            continue
        url = url_for("applicant.section", ref=desk.ref, section=section.key, missing=1) + f"#{id_of(flaw.where)}"
        what = Words("%(name)s：%(words)s", name=worksheets.name_of(fields, flaw.where), words=flaw.words)
        if "field" in flaw.words.params and "." not in flaw.where:
            what = flaw.words
        found.append(Reason(Words("%(section)s：%(what)s", section=section.name, what=what), url))
    return found


def steps(desk: Desk, here: str | None) -> list[Step]:
    sections = desk.sections()
    at = sections.index(here) if here in sections else len(sections)
    found = [_step(desk, key, key == here, position > at) for position, key in enumerate(sections)]
    url = url_for("applicant.check", ref=desk.ref)
    name, label = say(Words("检查并提交")), say(Words("正在看") if here is None else Words("未到"))
    last = Step("now" if here is None else "todo", label, name, url, here is None, here is not None)
    return [*found, last]


def _step(desk: Desk, key: str, here: bool, ahead: bool) -> Step:
    fields = desk.fields_of(key)
    flaws = [flaw for flaw in desk.sheet.flaws if _root(flaw) in fields]
    wrong = [flaw for flaw in flaws if not flaw.missing]
    touched = any(desk.sheet.body.get(name) for name in fields) or any(name in desk.sheet.masks for name in fields)
    kind, label, words = _state(len(flaws), len(wrong), touched)
    if here:
        kind, label = "now", Words("正在填")
    url = url_for("applicant.section", ref=desk.ref, section=key)
    name = say(desk.definition.form[key].name)
    return Step(kind, say(label), name, url, here, ahead and kind == "todo", say(words) if words else "")


def _state(flaws: int, wrong: int, touched: bool) -> tuple[str, Words, Words | None]:
    if not flaws:
        return "done", Words("已填完"), None
    if wrong:
        return "soon", Words("有要改的"), Words("有 %(n)s 处要改", n=wrong)
    if touched:
        return "now", Words("填了一部分"), Words("还差 %(n)s 处", n=flaws)
    return "todo", Words("未填"), None


def after(desk: Desk, section: str, step: int) -> str:
    """The address of the section before or after; after the last comes the check."""
    sections = desk.sections()
    at = (sections.index(section) if section in sections else 0) + step
    if at >= len(sections):
        return url_for("applicant.check", ref=desk.ref)
    return url_for("applicant.section", ref=desk.ref, section=sections[max(at, 0)])


def next_name(desk: Desk, section: str) -> Label | Words:
    sections = desk.sections()
    at = sections.index(section) + 1 if section in sections else 0
    return desk.definition.form[sections[at]].name if at < len(sections) else Words("检查并提交")


def say(words: Any) -> str:
    """In the reader's language, for answers that are no pages."""
    return str(current_app.jinja_env.filters["say"](words))
