"""The route of each channel as a picture and as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from workflow.documents import routes
from workflow.domain.program.outline.data import kind_of_stage, label_of, listed, section
from workflow.domain.program.outline.places import items
from workflow.domain.program.schema.base import Label
from workflow.domain.words import Words
from workflow.web import page
from workflow.web.studio.tabs import due_of, route_path


@dataclass(frozen=True)
class Step:
    key: str
    name: Label
    says: Words


@dataclass(frozen=True)
class Picture:
    key: str
    channel: Label
    svg: Markup
    steps: tuple[Step, ...]


def pictures(data: Any) -> tuple[Picture, ...]:
    """One per channel; channels that share the route share the picture."""
    drawn: dict[tuple[str, ...], Picture] = {}
    for channel in items(data, ("channels",)):
        path = route_path(data, channel.key)
        if path in drawn:
            shared = drawn[path]
            name = Label(zh=f"{shared.channel.zh}、{channel.name.zh}")
            drawn[path] = Picture(shared.key, name, shared.svg, shared.steps)
        else:
            drawn[path] = _picture(data, channel.key, channel.name, listed(data, *path))
    return tuple(drawn.values())


def _picture(data: Any, key: str, name: Label, route: list[str]) -> Picture:
    steps = tuple(_steps(data, route))
    say = page.speaker()
    nodes = [
        routes.Node(say(step.name), say(step.says), _kind(data, step.key), "when" in section(data, "stages", step.key))
        for step in steps
    ]
    said = say(Words("“%(channel)s”的路线，%(n)s 个环节", channel=name, n=len(steps)))
    return Picture(key, name, Markup(routes.picture(nodes, said)), steps)  # noqa: S704 - drawn here, texts escaped


def _steps(data: Any, route: list[str]) -> Iterator[Step]:
    stages = section(data, "stages")
    for key in route:
        raw = stages.get(key)
        roles = tuple(label_of(role, section(data, "roles").get(role)) for role in listed(raw, "by"))
        due = due_of(raw, kind_of_stage(raw))
        if roles and due:
            yield Step(key, label_of(key, raw), Words("%(who)s，%(due)s", who=roles, due=due))
        else:
            yield Step(key, label_of(key, raw), Words("%(who)s", who=roles or due or Words("还没写谁来办")))


def _kind(data: Any, key: str) -> str:
    return kind_of_stage(section(data, "stages").get(key)) or ""


__all__ = ["Picture", "Step", "pictures"]
