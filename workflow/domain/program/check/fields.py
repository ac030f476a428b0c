"""Fields: keys that can be kept, and personal data with a purpose."""

import re
from collections.abc import Iterator, Mapping

from workflow.domain.program.check.desk import Desk
from workflow.domain.program.mend import standing_at
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import (
    ChoiceField,
    ConsentField,
    Field,
    FileField,
    Label,
    NumberField,
    Retention,
    TableField,
    TextField,
)
from workflow.domain.program.vocabulary import READ_BY_RULES, RESERVED_RECORDS
from workflow.domain.words import Words

KEY = re.compile(r"[a-z][a-z0-9_]*")
RULE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
FILTERS = ("choice", "yes_no", "number", "date", "organization", "region")
Placed = tuple[Path, Field]


def form_fields(desk: Desk) -> Iterator[Placed]:
    for key, section in desk.definition.form.items():
        for name, field in section.fields.items():
            yield ("form", key, "fields", name), field


def asked_later(desk: Desk) -> Iterator[Placed]:
    for key, stage in desk.definition.stages.items():
        yield from placed(("stages", key, "asks"), stage.asks)
    for key, session in desk.definition.sessions.items():
        yield from placed(("sessions", key, "asks"), session.asks)
    if desk.definition.points is not None:
        for key, item in desk.definition.points.items.items():
            yield from placed(("points", "items", key, "asks"), item.asks)


def recorded(desk: Desk) -> Iterator[Placed]:
    for key, stage in desk.definition.stages.items():
        yield from placed(("stages", key, "record"), stage.record)
    for key, duty in desk.definition.duties.items():
        yield from placed(("duties", key, "record"), duty.record)
    for key, fact in desk.definition.facts.items():
        yield ("facts", key), fact.field
    yield from placed(("round",), desk.definition.round)


def placed(path: Path, fields: Mapping[str, Field]) -> Iterator[Placed]:
    return (((*path, key), field) for key, field in fields.items())


def with_columns(fields: Iterator[Placed]) -> Iterator[Placed]:
    for path, field in fields:
        yield path, field
        if isinstance(field, TableField):
            yield from placed((*path, "columns"), field.columns)


def everywhere(desk: Desk) -> Iterator[Placed]:
    yield from with_columns(form_fields(desk))
    yield from with_columns(asked_later(desk))
    yield from with_columns(recorded(desk))


def where(desk: Desk, path: Path) -> Path:
    """A standard field that is only listed stands where its section lists it."""
    listed = (*path[:2], "standard")
    return path if desk.written(path) or path[0] != "form" else desk.item(listed, path[-1])


def fields_are_declared_once(desk: Desk) -> None:
    first: dict[str, Label] = {}
    for key, section in desk.definition.form.items():
        listed = standing_at(desk.source.data, ("form", key, "standard"))
        listed = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        doubled = [name for name in listed if listed.count(name) > 1 or desk.written(("form", key, "fields", name))]
        for name in section.fields:
            if name in first or name in doubled:
                words = Words("字段“%(field)s”在“%(section)s”里已有", field=name, section=first.get(name, section.name))
                desk.error("F01", where(desk, ("form", key, "fields", name)), words)
            first.setdefault(name, section.name)


def keys_are_plain_words(desk: Desk) -> None:
    definition = desk.definition
    for section, entries in keyed(desk):
        for key in entries:
            if not KEY.fullmatch(key):
                bad_key(desk, (*section, key))
    for key in definition.eligibility.rules:
        if not RULE_KEY.fullmatch(key):
            bad_key(desk, ("eligibility", "rules", key))
    for path, _ in everywhere(desk):
        if not KEY.fullmatch(path[-1]):
            bad_key(desk, path)
    if not KEY.fullmatch(definition.program.key):
        bad_key(desk, ("program", "key"))


def keyed(desk: Desk) -> Iterator[tuple[Path, Mapping[str, object]]]:
    definition = desk.definition
    for word in ("tracks", "roles", "channels", "form", "stages", "benefits", "duties", "sessions", "exits"):
        yield (word,), getattr(definition, word)
    yield ("scoring", "sheets"), definition.scoring.sheets
    for key, sheet in definition.scoring.sheets.items():
        yield ("scoring", "sheets", key, "criteria"), sheet.criteria
    if definition.points is not None:
        yield ("points", "items"), definition.points.items
        yield ("points", "tiers"), definition.points.tiers


def bad_key(desk: Desk, path: Path) -> None:
    desk.error("F05", path, Words("键“%(key)s”只能用小写字母、数字、下划线，并以字母开头", key=path[-1]))


def keys_are_not_words_of_the_rules(desk: Desk) -> None:
    for path, _ in form_fields(desk):
        if path[-1] in READ_BY_RULES:
            words = Words("“%(key)s”是算式里的保留词，字段请换一个键", key=path[-1])
            desk.error("F05", path, words)
    for key, stage in desk.definition.stages.items():
        for name in stage.record:
            if name in RESERVED_RECORDS:
                words = Words("“%(key)s”由系统记录，请换一个键", key=name)
                desk.error("F05", ("stages", key, "record", name), words)


def personal_fields_have_a_purpose(desk: Desk) -> None:
    purposes = {name: section.purpose for section in desk.definition.form.values() for name in section.fields}
    fields = [*with_columns(form_fields(desk)), *with_columns(asked_later(desk))]
    for path, field in fields:
        section = purposes.get(path[3]) if path[0] == "form" else None
        if field.level in ("L3", "L4") and field.purpose is None and section is None:
            words = Words("“%(field)s”是%(level)s，要写收集用途 purpose", field=field.name, level=field.level)
            desk.error("F02", where(desk, path), words)


def secret_files_have_a_class(desk: Desk) -> None:
    for path, field in everywhere(desk):
        if not isinstance(field, FileField):
            continue
        if field.class_ is not None:
            words = Words("没有保存类别“%(class)s”", **{"class": field.class_})
            desk.expect("S04", (*path, "class"), field.class_, Retention.known_words(), words)
        elif field.level == "L4" and not field.see:
            words = Words("“%(field)s”是L4附件，请写保存类别 class 或谁能看 see", field=field.name)
            desk.warn("F03", path, words)


def declared_relations_are_read(desk: Desk) -> None:
    """A table in which people declare whom they are close to keeps nobody away by itself."""
    if desk.definition.fairness.conflicts.kin:
        return
    for path, field in form_fields(desk):
        if isinstance(field, TableField) and field.declares_conflicts:
            words = Words(
                "“%(field)s”里申报的关系没有人看：要据此回避，请在 fairness.conflicts 写 kin: true", field=field.name
            )
            desk.warn("F07", (*path, "declares_conflicts"), words)


def the_person_is_told_and_consents(desk: Desk) -> None:
    """Asked of people who are told; not of organizations, nor where the program itself keeps silent to the person."""
    program = desk.definition.program
    fields = desk.definition.form_fields().values()
    if program.subject == "organization" or not program.tell_person:
        return
    if not any(isinstance(field, ConsentField) for field in fields):
        desk.error("F04", ("form",), Words("没有告知与承诺字段：请加一个 type: consent 的字段"))


def people_can_be_told_apart(desk: Desk) -> None:
    program = desk.definition.program
    wanted = "credit_code" if program.subject == "organization" else "id_no"
    fields = [field for _, field in with_columns(form_fields(desk)) if isinstance(field, TextField)]
    if program.one_per_person != "no" and not any(field.format == wanted for field in fields):
        words = Words("限报一次（one_per_person），但申报表没有证件号码，只能按账号认人")
        desk.warn("F06", ("form",), words)


def filters_are_public_enough(desk: Desk) -> None:
    for path, field in everywhere(desk):
        if field.filter and (field.type not in FILTERS or field.level not in ("L1", "L2")):
            words = Words(
                "“%(field)s”不能做列表筛选：只有L1、L2的选项、是否、数、日期、单位、地区可以", field=field.name
            )
            desk.error("S05", (*path, "filter"), words)


def numbers_have_room(desk: Desk) -> None:
    for path, field in everywhere(desk):
        if not isinstance(field, NumberField) or field.min is None or field.max is None:
            continue
        if field.min > field.max:
            words = Words("“%(field)s”的最小值比最大值还大", field=field.name)
            desk.error("S05", (*path, "min"), words)


def options_are_different(desk: Desk) -> None:
    for path, field in everywhere(desk):
        if isinstance(field, ChoiceField) and len(set(field.option_keys)) < len(field.options):
            doubled = next(key for key in field.option_keys if field.option_keys.count(key) > 1)
            desk.error("S05", (*path, "options"), Words("选项“%(option)s”写了两次", option=doubled))


def fields_filled_by_others_name_them(desk: Desk) -> None:
    for path, field in everywhere(desk):
        if field.filled_by is None or field.filled_by in ("person", "nominator"):
            continue
        known = [*desk.definition.roles, "person", "nominator"]
        if field.filled_by not in known:
            words = Words("没有角色“%(role)s”", role=field.filled_by)
            desk.error("R01", (*path, "filled_by"), words, closest(field.filled_by, known))
