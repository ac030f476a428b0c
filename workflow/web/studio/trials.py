"""A draft played with made-up people before it is published: who ends where, how long it takes, what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from models.studio import TrialKind
from workflow.domain.dryrun import STATUS
from workflow.domain.errors import InvalidInput, NotFound, NotReady, Reason
from workflow.domain.facts import FACTS
from workflow.domain.program.outline.data import label_of, listed, section
from workflow.domain.program.standard import STANDARD
from workflow.domain.words import Words
from workflow.services.studio import trials as service
from workflow.services.studio import trying
from workflow.services.studio.trials import Trial
from workflow.web import acting, page
from workflow.web.routes import page as route
from workflow.web.studio import blueprint
from workflow.web.studio.desk import BUILDS, Desk
from workflow.web.studio.tabs import TABS

STATES: Mapping[str, Words] = {
    "waiting": Words("排着队"),
    "running": Words("正在跑"),
    "done": Words("试完了"),
    "cancelled": Words("已停下"),
    "failed": Words("没有跑完"),
}
OTHERS: Mapping[str, Words] = {"applicant": Words("申报人"), "mentor": Words("帮带人")}
YES: Mapping[str, Words] = {"True": Words("是"), "False": Words("否")}
_MOST_NAMED = 60


@dataclass(frozen=True)
class Load:
    """What falls to one kind of people: items, and how often the busiest of them acted."""

    name: Any
    number: int
    busiest: int


class Found:
    """What a trial found, with the names that the draft gives."""

    def __init__(self, data: Any, found: Mapping[str, Any]) -> None:
        self.data, self.found = data, found
        self.stages, self.quota, self.complaints = found["stages"], found["quota"], found["complaints"]

    def named(self, part: str, key: str | None) -> Any:
        return label_of(key, section(self.data, part).get(key)) if key else ""

    @property
    def ends(self) -> Sequence[tuple[Words, Any, int]]:
        """Status and the last stage, the most frequent first."""
        counted = Counter((fate["status"], fate["stage"]) for fate in self.found["fates"])
        return [(STATUS[status], self.named("stages", stage), n) for (status, stage), n in counted.most_common()]

    @property
    def work(self) -> Sequence[Load]:
        return [
            Load(OTHERS.get(key) or self.named("roles", key), number, self.found["busiest"].get(key, 0))
            for key, number in self.found["work"].items()
        ]

    @property
    def messages(self) -> Sequence[tuple[Any, int]]:
        told = sorted(self.found["messages"].items(), key=lambda one: -one[1])
        return [(FACTS[kind].words if kind in FACTS else kind, number) for kind, number in told]

    @property
    def made(self) -> Sequence[Mapping[str, Any]]:
        """The cases that were made to try something out."""
        return [fate for fate in self.found["fates"] if not fate["crowd"]][:_MOST_NAMED]

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        """What the form and the facts call the names that expressions read."""
        parts = [*section(self.data, "form").values()]
        known = {key: label_of(key, raw) for part in parts for key, raw in section(part, "fields").items()}
        for word in (word for part in parts for word in listed(part, "standard") if word in STANDARD):
            known[word] = label_of(word, STANDARD[word])
        return {**known, **{key: label_of(key, raw) for key, raw in section(self.data, "facts").items()}}

    def tries(self, fate: Mapping[str, Any]) -> Words:
        """What a case was made for, with the names that people know."""
        words: Words = fate["made_for"]
        return Words(words.text, **{name: self._known(value) for name, value in words.params.items()})

    def _known(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return YES.get(value) or self._fields.get(value.rpartition(".")[2], value)

    def ended(self, fate: Mapping[str, Any]) -> Words:
        return STATUS[fate["status"]]


@route(blueprint, "/<ref>/trials", methods=("GET", "POST"), **BUILDS)
def trials(ref: str) -> Response:
    reasons: Sequence[Reason] = ()
    if request.method == "POST":
        try:
            return acting.once(lambda: _begun(ref))
        except NotReady as refusal:
            reasons = refusal.reasons
    desk = Desk(ref)
    return page.render(
        "pages/studio/trials.html",
        status=422 if reasons else 200,
        desk=desk,
        draft=desk.draft,
        tabs=TABS,
        lines=service.listed(ref, page.actor(), TrialKind.PLAY),
        states=STATES,
        most=trying.MOST,
        sum_reasons=reasons,
        size=request.form.get("size", "60"),
        seed=request.form.get("seed", "1"),
    )


def _begun(ref: str) -> Response:
    size = request.form.get("size", "").strip()
    if not (size.isdecimal() and len(size) < 6 and 1 <= int(size) <= trying.MOST):
        raise InvalidInput([Reason(Words("试跑的人数要在1到%(most)s之间", most=trying.MOST), "size")])
    trial = trying.start(ref, page.actor(), page.now(), size=int(size), seed=request.form.get("seed", ""))
    return page.go("studio.trial", ref=ref, trial=trial)


@route(blueprint, "/<ref>/trials/<trial>", methods=("GET", "POST"), **BUILDS)
def trial(ref: str, trial: str) -> Response:
    here = of(ref, trial, TrialKind.PLAY)
    if request.method == "POST":
        service.cancel(here.ref, page.actor(), page.now())
        return page.go("studio.trials", ref=ref)
    desk = Desk(ref)
    return page.render(
        "pages/studio/trial.html",
        desk=desk,
        draft=desk.draft,
        tabs=TABS,
        trial=here,
        states=STATES,
        result=Found(desk.data, trying.read(here.result)) if here.result is not None else None,
    )


def of(ref: str, trial: str, kind: TrialKind) -> Trial:
    found = service.shown(trial, page.actor())
    if found.draft_ref != ref or found.kind != kind:
        raise NotFound
    return found
