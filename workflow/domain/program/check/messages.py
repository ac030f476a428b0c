"""Messages and numbers: that each belongs to an event and names what exists."""

import re
from collections.abc import Callable, Mapping

from workflow.domain.program.check.desk import Desk
from workflow.domain.program.problems import Path, closest
from workflow.domain.program.schema import AwardStage, Definition, Label, VoteStage
from workflow.domain.program.vocabulary import EVENTS, MESSAGE_PLACES, NUMBER_PLACES, TITLE_PLACES
from workflow.domain.words import Words

PLACE = re.compile(r"\{([^{}]*)\}")


def messages_belong_to_events(desk: Desk) -> None:
    for event, text in desk.definition.messages.items():
        path: Path = ("messages", event)
        desk.expect("K01", path, event, EVENTS, Words("没有事件“%(event)s”", event=event))
        places_are_known(desk, path, text, MESSAGE_PLACES)


def certificates_have_a_number(desk: Desk) -> None:
    for key, stage in desk.definition.stages.items():
        if not isinstance(stage, AwardStage) or stage.certificate is None:
            continue
        path: Path = ("stages", key, "certificate")
        places_are_known(desk, (*path, "title"), stage.certificate.title, TITLE_PLACES)
        number = stage.certificate.number
        for place in PLACE.findall(number):
            if not re.fullmatch(r"seq:\d", place):
                known_place(desk, (*path, "number"), place, NUMBER_PLACES)
        if not re.search(r"\{seq(:\d)?\}", number):
            desk.error("K02", (*path, "number"), Words("证书编号没有 {seq}，会重号"))


def places_are_known(desk: Desk, path: Path, text: Label, known: frozenset[str]) -> None:
    for written in (text.zh, text.en or ""):
        for place in PLACE.findall(written):
            known_place(desk, path, place, known)


def known_place(desk: Desk, path: Path, place: str, known: frozenset[str]) -> None:
    if place not in known:
        words = Words("没有占位词“{%(place)s}”", place=place)
        desk.error("K02", path, words, closest(place, known))
    elif place in NEEDS and not NEEDS[place](desk.definition):
        words = Words("占位词“{%(place)s}”填不出来：%(why)s", place=place, why=WHY[place])
        desk.error("K02", path, words)


def _has_levels(definition: Definition) -> bool:
    """Of a recognition: worked out at the award, or the grades of a meeting."""
    stages = definition.stages.values()
    return any(
        (isinstance(stage, AwardStage) and stage.level is not None) or (isinstance(stage, VoteStage) and stage.grades)
        for stage in stages
    )


def _has_certificates(definition: Definition) -> bool:
    return any(isinstance(stage, AwardStage) and stage.certificate for stage in definition.stages.values())


NEEDS: Mapping[str, Callable[[Definition], object]] = {
    "level": _has_levels,
    "certificate": _has_certificates,
    "benefit": lambda definition: definition.benefits,
    "amount": lambda definition: definition.benefits,
    "points": lambda definition: definition.points,
    "session": lambda definition: definition.sessions,
    "exit": lambda definition: definition.exits,
}
"""What a program must have for the placeholder to be anything."""
WHY: Mapping[str, Words] = {
    "level": Words("没有等次，请在发证环节写认定等次，或在会议写奖次"),
    "certificate": Words("发证环节没有写证书"),
    "benefit": Words("没有写待遇"),
    "amount": Words("没有写待遇"),
    "points": Words("没有写积分"),
    "session": Words("没有写培训班"),
    "exit": Words("没有写退出情形"),
}
