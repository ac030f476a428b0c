"""Who is put forward without a word hears of nothing that happens to them, whatever it is."""

from datetime import UTC, datetime

from tests.domain.programs import changed, program
from workflow.domain.application import Application, RoundFacts
from workflow.domain.events import CASE_EVENTS, Event
from workflow.domain.notices import owed
from workflow.domain.program.schema import Definition

PERSON, FILLER, OTHER = 9, 5, 7
BODY = {
    "to": OTHER, "account": OTHER, "seats": [["town_party", OTHER]], "flags": [], "first": "", "last": "",
    "conclusion": "", "stage": "screening",
}  # fmt: skip


def told(definition: Definition) -> dict[str, set[int]]:
    case = Application(1, 1, 1, RoundFacts(1), "org", "home", account_id=PERSON, filler_id=FILLER)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    events = {kind: Event(kind, at, 1, "system", None, BODY) for kind in CASE_EVENTS}
    return {kind: {to for each in owed(definition, case, event) for to in each.to} for kind, event in events.items()}


def test_whoever_filled_hears_of_every_event_in_their_place() -> None:
    openly = told(changed("hundred_villages", ("tell_person: false", "tell_person: true")))
    silently = told(program("hundred_villages"))
    assert any(PERSON in to for to in openly.values())
    assert silently == {kind: to - {PERSON} for kind, to in openly.items()}
