"""The tabs of a draft, and the list on the left of each: what stands in it, in which order, with what beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.domain.program import schema as s
from workflow.domain.program.glossary import TYPES
from workflow.domain.program.outline.control import Control
from workflow.domain.program.outline.controls import controls
from workflow.domain.program.outline.data import field_type, kind_of_stage, label_of, listed, section, standing_at
from workflow.domain.program.outline.places import Place, items, place
from workflow.domain.program.phrases import length_words
from workflow.domain.program.problems import Path
from workflow.domain.program.schema import Length
from workflow.domain.program.schema.base import Label
from workflow.domain.program.standard import STANDARD
from workflow.domain.words import Words


@dataclass(frozen=True)
class Tab:
    """`groups`: sections of the file, each a list of entries, one part, or words of the file itself."""

    key: str
    words: Words
    groups: tuple[Path, ...]


TABS: tuple[Tab, ...] = (
    Tab(
        "basics",
        Words("基本"),
        (
            ("program",),
            ("roles",),
            ("round",),
            ("facts",),
            ("fairness",),
            ("appeal",),
            ("calendar",),
            ("retention",),
        ),
    ),
    Tab("channels", Words("赛道与渠道"), (("tracks",), ("channels",), ("route",), ("quota",))),
    Tab("eligibility", Words("申报条件"), (("eligibility",), ("eligibility", "rules"))),
    Tab("form", Words("表单"), (("form",),)),
    Tab("stages", Words("环节"), (("stages",),)),
    Tab("scoring", Words("指标与评分"), (("scoring",), ("scoring", "sheets"))),
    Tab("reminders", Words("提醒"), (("remind",), ("escalate",), ("messages",))),
    Tab("after", Words("结果与培养"), (("benefits",), ("duties",), ("points",), ("sessions",), ("exits",))),
)
BY_KEY: Mapping[str, Tab] = {tab.key: tab for tab in TABS}


def tab_of(path: Path) -> Tab:
    """The tab that a path of the file is changed in."""
    return next((tab for tab in TABS if any(path[: len(group)] == group for group in tab.groups)), TABS[0])


def joined(path: Path) -> str:
    return "/".join(path)


def split(at: str) -> Path:
    return tuple(word for word in at.split("/") if word)


def root_control(word: str) -> Control | None:
    return next((one for one in controls(s.Definition) if one.word == word), None)


def place_at(data: Any, path: Path) -> Place | None:
    """Words of the file itself, such as `route`, are a place too."""
    control = root_control(path[0]) if len(path) == 1 else None
    if control is not None and control.kind not in ("part", "entries"):
        return Place((), s.Definition, data, (control,))
    if control is not None and control.kind == "entries":
        return None
    return place(data, path) if path else None


@dataclass(frozen=True)
class Line:
    """One entry on the left. `small`: what it is; `end`: how long; `path`: where it is opened."""

    path: Path
    name: Label | Words
    small: Words | None = None
    end: Words | None = None
    number: int | None = None
    depth: int = 0
    fixed: bool = False
    hit: str = ""


@dataclass(frozen=True)
class Group:
    """`section`: where entries are added; None for what stands alone. `order`: the list whose order is shown."""

    name: Words
    lines: tuple[Line, ...]
    section: Path | None = None
    order: Path | None = None
    kinds: Sequence[tuple[str, Words]] = field(default_factory=tuple)
    aside: bool = False


def groups(data: Any, tab: Tab, channel: str = "") -> Iterator[Group]:
    for path in tab.groups:
        control = _control(path)
        if control is None:
            continue
        if path == ("stages",):
            yield from _stages(data, control, channel)
        elif path == ("form",):
            yield from _form(data, control)
        elif control.kind == "entries":
            yield Group(control.name, tuple(_lines(data, path)), path, path, _kinds(control))
        else:
            yield Group(control.name, (Line(path, control.name, fixed=True),))


def _control(path: Path) -> Control | None:
    control = root_control(path[0])
    if len(path) == 1 or control is None:
        return control
    return next((one for one in controls(control.inner) if one.word == path[1]), None)


def _kinds(control: Control) -> Sequence[tuple[str, Words]]:
    """What a new entry may be, where there are several sorts."""
    if control.part is s.Stage:
        return tuple((kind, TYPES[kind]) for kind in s.StageKinds.classes)
    if control.part is s.Field:
        return tuple((type_, TYPES[type_]) for type_ in s.FieldTypes.classes)
    return ()


kinds_of = _kinds


def _lines(data: Any, path: Path, depth: int = 0) -> Iterator[Line]:
    for number, item in enumerate(items(data, path), start=1):
        yield Line(item.path, item.name, small_of(data, path[-1], item.raw), number=number, depth=depth)


def small_of(data: Any, word: str, raw: Any) -> Words | None:
    if word in ("fields", "columns", "record", "asks", "round", "facts"):
        return TYPES[field_type(raw, "number" if word == "facts" else "text")]
    if word == "channels":
        nominator = standing_at(raw, ("nominator", "role"))
        role = section(data, "roles").get(str(nominator))
        return Words("推荐：%(role)s", role=label_of(str(nominator), role)) if nominator else Words("个人申报")
    settled = raw.get("settled_at") if word == "rules" and isinstance(raw, Mapping) else None
    return Words("由“%(stage)s”回答", stage=_stage_name(data, settled)) if settled else None


def _stage_name(data: Any, key: Any) -> Label:
    return label_of(str(key), section(data, "stages").get(str(key)))


def route_path(data: Any, channel: str) -> Path:
    """Where the route of a channel is written."""
    own = standing_at(data, ("channels", channel, "route"))
    return ("channels", channel, "route") if isinstance(own, list) else ("route",)


def _stages(data: Any, control: Control, channel: str) -> Iterator[Group]:
    """In the order of the route; what the route does not pass stands below."""
    order = route_path(data, channel)
    route = [key for key in listed(data, *order) if key in section(data, "stages")]
    on = tuple(_stage(data, key, number) for number, key in enumerate(route, start=1))
    rest = tuple(_stage(data, key, None) for key in section(data, "stages") if key not in route)
    yield Group(control.name, on, ("stages",), order, _kinds(control))
    if rest:
        yield Group(Words("这条路线不经过"), rest, order=order, aside=True)


def _stage(data: Any, key: str, number: int | None) -> Line:
    raw = section(data, "stages")[key]
    kind = kind_of_stage(raw)
    roles = [label_of(role, section(data, "roles").get(role)) for role in listed(raw, "by")]
    said = TYPES[kind] if kind else Words("还没选种类")
    small = Words("%(kind)s，%(who)s", kind=said, who=tuple(roles)) if roles else said
    return Line(("stages", key), label_of(key, raw), small, due_of(raw, kind), number)


def due_of(raw: Any, kind: str | None) -> Words | None:
    written = raw.get("days" if kind == "notice" else "due") if isinstance(raw, Mapping) else None
    if written is None and kind:
        usual = s.StageKinds.classes[kind].model_fields["days" if kind == "notice" else "due"].default
        return length_words(usual) if isinstance(usual, Length) else None
    try:
        return length_words(Length.parse(str(written))) if written is not None else None
    except ValueError:
        return None


def _form(data: Any, control: Control) -> Iterator[Group]:
    """The steps of the form, each with its fields below; standard ones are there by being listed."""
    lines: list[Line] = []
    for number, part in enumerate(items(data, ("form",)), start=1):
        lines.append(Line(part.path, part.name, number=number))
        for word in listed(part.raw, "standard"):
            if word in STANDARD:
                name = Label.model_validate(STANDARD[word]["name"])
                lines.append(Line(part.path, name, Words("标准字段"), depth=1, fixed=True))
        lines += _lines(data, (*part.path, "fields"), depth=1)
    yield Group(Words("申报表各步"), tuple(lines), ("form",), ("form",))
