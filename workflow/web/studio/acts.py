"""What one does to entries: add, duplicate, take out, put in order, give another key; and the remedy of a finding."""

from collections.abc import Callable, Mapping

from flask import request
from werkzeug.wrappers import Response

from workflow.domain.errors import InvalidInput, NotFound, Reason
from workflow.domain.program.editing import Add, CannotEdit, Duplicate, Edit, Move, Put, Rename, removal
from workflow.domain.program.outline.blanks import free_key, is_key, new_entry
from workflow.domain.program.outline.data import form_fields, kind_of_stage, listed, section, standing_at
from workflow.domain.program.problems import Path
from workflow.domain.program.source import read
from workflow.domain.words import Words
from workflow.services.studio import checking, drafts, editing
from workflow.services.studio.drafts import Draft
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, seen
from workflow.web.studio.tabs import joined, split, tab_of

LONGEST_NAME = 80


@route(blueprint, "/<ref>/act", methods=("POST",), **BUILDS)
def act(ref: str) -> Response:
    """Buttons are named after what they do and carry the path; `up` and `down` move by one."""
    draft = drafts.shown(ref, page.actor())
    name = next((name for name in ACTS if name in request.form), None)
    if name is None:
        raise NotFound
    try:
        return acting.once(lambda: ACTS[name](draft, split(request.form[name])))
    except (InvalidInput, CannotEdit) as refusal:
        return _told(draft, refusal)


def _told(draft: Draft, refusal: InvalidInput | CannotEdit) -> Response:
    words = refusal.reasons[0].words if isinstance(refusal, InvalidInput) else refusal.words
    page.tell("%(why)s", "stop", why=page.say(words))
    return _back(draft)


def _edit(draft: Draft, *edits: Edit) -> None:
    editing.edit(draft.ref, list(edits), seen(), page.actor(), page.now())


def _open(draft: Draft, path: Path) -> Response:
    return page.go("studio.draft", ref=draft.ref, at=joined(path), channel=request.form.get("channel") or None)


def _back(draft: Draft) -> Response:
    """To the part that was open."""
    return _open(draft, split(request.form.get("at", "")))


def _add(draft: Draft, path: Path) -> Response:
    """`path`: the section."""
    data = read(draft.text).data
    name = " ".join(request.form.get(f"name:{joined(path)}", "").split())[:LONGEST_NAME]
    if not name:
        raise InvalidInput([Reason(Words("请先写名称，再按“加”"))])
    variety = request.form.get(f"kind:{joined(path)}", "")
    key = free_key(path[-1], _taken(data, path))
    edits: list[Edit] = [_added(data, path, key, new_entry(data, path, name, variety))]
    if path == ("stages",):
        edits += _onto_route(data, split(request.form.get("order", "route")), key, variety)
    _edit(draft, *edits)
    page.tell("“%(name)s”已加上，下面可以接着设", "ok", name=name)
    return _open(draft, (*path, key))


def _added(data: object, path: Path, key: str, entry: object) -> Edit:
    """A section that is not there yet comes with its first entry."""
    return Add(path, key, entry) if isinstance(standing_at(data, path), Mapping) else Put(path, {key: entry})


def _taken(data: object, path: Path) -> set[str]:
    """Fields of the form share one set of keys."""
    own = set(section(data, *path))
    return own | set(form_fields(data)) if path[:1] == ("form",) and path[-1] == "fields" else own


def _onto_route(data: object, order: Path, key: str, kind: str | None) -> list[Edit]:
    """Before the award, which a route ends with; what follows a recognition comes last."""
    if not isinstance(standing_at(data, order), list):
        return [Put(("route",), [key])] if standing_at(data, ("route",)) is None else []
    stages = section(data, "stages")
    award = next((one for one in listed(data, *order) if kind_of_stage(stages.get(one)) == "award"), None)
    return [Add(order, "", key, before=award if kind not in ("award", "follow_up") else None)]


def _duplicate(draft: Draft, path: Path) -> Response:
    data = read(draft.text).data
    key = free_key(path[-2], _taken(data, path[:-1]))
    _edit(draft, Duplicate(path, key))
    return _open(draft, (*path[:-1], key))


def _remove(draft: Draft, path: Path) -> Response:
    _edit(draft, *removal(draft.text, path))
    page.tell("已去掉；在“改动记录”里可以撤销")
    at = split(request.form.get("at", ""))
    if at and at[: len(path)] != path:
        return _open(draft, at)
    return _open(draft, path[:-2]) if len(path) > 3 else _tab(draft, path)


def _tab(draft: Draft, path: Path) -> Response:
    return page.go("studio.draft", ref=draft.ref, tab=tab_of(path).key)


def _moved(by: int) -> Callable[[Draft, Path], Response]:
    def move(draft: Draft, path: Path) -> Response:
        data = read(draft.text).data
        order = split(request.form.get("order", ""))
        in_list = bool(order) and path[:1] == ("stages",)
        keys = listed(data, *order) if in_list else [*section(data, *path[:-1])]
        if path[-1] not in keys:
            raise NotFound
        at = keys.index(path[-1])
        target = at + by if by < 0 else at + by + 1
        if 0 <= target <= len(keys) and target != at:
            before = keys[target] if target < len(keys) else None
            _edit(draft, Move((*order, str(at)) if in_list else path, before))
        return _back(draft)

    return move


def _before(draft: Draft, path: Path) -> Response:
    """Dragged: the path moves before the entry named in `target`, or to the end."""
    data = read(draft.text).data
    order = split(request.form.get("order", ""))
    target = request.form.get("target") or None
    if order and path[:1] == ("stages",):
        keys = listed(data, *order)
        if path[-1] not in keys:
            raise NotFound
        path = (*order, str(keys.index(path[-1])))
    _edit(draft, Move(path, target))
    return _back(draft)


def _pass(draft: Draft, path: Path) -> Response:
    """A stage comes onto the route that is shown."""
    data, key = read(draft.text).data, path[-1]
    kind = kind_of_stage(section(data, "stages").get(key))
    _edit(draft, *_onto_route(data, split(request.form.get("order", "route")), key, kind))
    return _back(draft)


def _rename(draft: Draft, path: Path) -> Response:
    key = request.form.get("key", "").strip()
    if not is_key(key):
        raise InvalidInput([Reason(Words("键只能用英文字母、数字和下划线，以字母开头"))])
    if key in _taken(read(draft.text).data, path[:-1]):
        raise InvalidInput([Reason(Words("已经有叫“%(key)s”的键", key=key))])
    _edit(draft, Rename(path, key))
    page.tell("键已改成 %(key)s，引用它的地方一起改了", "ok", key=key)
    return _open(draft, (*path[:-1], key))


def _remedy(draft: Draft, path: Path) -> Response:
    """The finding is looked for anew: what it offered to do may no longer be offered."""
    number, code, *words = (*path, "", "")
    at = tuple(word for word in words if word)
    for found in checking.findings(draft.ref, page.actor(), page.now()).findings:
        if found.code == code and found.path == at and number.isdecimal() and int(number) < len(found.remedies):
            _edit(draft, *found.remedies[int(number)].edits)
            return _back(draft)
    page.tell("这一处已经不是刚才的样子，请看看现在的检查结果", "warn")
    return _back(draft)


ACTS: Mapping[str, Callable[[Draft, Path], Response]] = {
    "add": _add,
    "duplicate": _duplicate,
    "remove": _remove,
    "up": _moved(-1),
    "down": _moved(1),
    "before": _before,
    "onto": _pass,
    "rename": _rename,
    "remedy": _remedy,
}
