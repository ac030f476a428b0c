"""What if: past applications judged under a draft, by which condition or mark it would differ, and nothing written."""

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.base import reading
from models.evidence import EventRow
from models.studio import TrialKind
from models.tables import Base
from tests.domain.programs import program, text
from tests.services.houses import account
from tests.services.panels import Panel
from tests.services.plots import Plot
from workflow.domain.actor import Actor, Office
from workflow.domain.errors import NotFound, NotReady
from workflow.domain.program.editing import Put, Remove
from workflow.services.studio import background, drafts, editing, supposing, supposing_kept, trials
from workflow.services.studio.supposing_kept import Standing, Supposed

OWN = {"program_trial", "program_draft", "program_draft_change"}
TOLD = ("program_what_if_asked", "program_draft_started", "program_draft_edited")
PATTERN = ("scoring", "sheets", "pattern")


def digests() -> dict[str, str]:
    """Each table but the studio's own, row by row; of the chains what does not tell of the studio."""
    found = {}
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            wanted = select(table).order_by(*table.primary_key.columns)
            if table.name in OWN or table.name == "stream":
                continue
            if table.name == "event":
                wanted = wanted.where(table.c.kind.not_in(TOLD))
            rows = "\n".join(repr(tuple(row)) for row in session.execute(wanted))
            found[table.name] = hashlib.sha256(rows.encode()).hexdigest()
    return found


@pytest.fixture
def officer(database: str, now: datetime) -> Actor:
    return account(now, "officer", office=Office.PROGRAMS)


def asked(ref: str, officer: Actor, now: datetime, round_ref: str | None = None) -> Supposed:
    trial = supposing.start(ref, officer, now, round_ref=round_ref)
    assert background.carry_out(now) == 1
    shown = trials.shown(trial, officer)
    assert shown.result is not None
    return supposing_kept.read(shown.result)


def test_who_would_pass_or_fail_differently_and_by_which_condition(officer: Actor, now: datetime) -> None:
    plot = Plot(now)
    refs = plot.plant(3)
    ref = drafts.start(officer, now, version_id=plot.version_id)
    was = digests()
    same = asked(ref, officer, now, plot.round_ref)
    assert (same.looked, same.differing, same.lines, same.before) == (3, 0, [], same.after)

    editing.edit(ref, [Put(("eligibility", "rules", "E2", "rule"), "years >= 49")], 0, officer, now)
    editing.edit(ref, [Remove(("eligibility", "rules", "E4"))], 1, officer, now)
    found = asked(ref, officer, now)
    assert {one.ref for one in found.lines} == set(refs)
    assert [(by.key, by.before, by.after) for by in found.lines[0].by] == [
        ("E2", "meets", "fails"),
        ("E4", found.lines[0].by[1].before, None),
    ]
    assert (dict(found.after), [number for _, number in found.by], found.moved) == ({"fails": 3}, [3, 3], 0)
    assert digests() == was


def test_sheets_given_then_are_counted_anew_and_places_told(officer: Actor, now: datetime) -> None:
    """All of the practical part: 60 × 85, 25 × 82 and 15 × 82.5 are 83.875."""
    panel = Panel(now)
    first, second = panel.at_panel(2, seed="20261120")
    for ref, marks in ((first, (76, 76)), (second, (90, 88))):
        for who in panel.seated(ref):
            panel.hand_in(ref, who, effect=marks[0], teaching=marks[1])
        panel.close(ref)
    draft = drafts.start(officer, now, version_id=panel.version_id)
    before = digests()
    same = asked(draft, officer, now)
    assert (same.differing, same.moved, same.lines) == (0, 0, [])

    weigh = [Put((*PATTERN, "criteria", key, "weight"), weight) for key, weight in (("effect", 0), ("teaching", 0))]
    more = [Put((*PATTERN, "criteria", "modeling_3d", "weight"), 60), Put((*PATTERN, "pass"), 84)]
    editing.edit(draft, [*weigh, *more], 0, officer, now)
    found = asked(draft, officer, now, panel.round_ref)
    assert found.differing == 2
    [turned] = {by.key for line in found.lines for by in line.by}
    assert turned == "pattern"
    one = found.lines[0].by[0]
    assert (one.before, one.after, one.marks, one.totals and one.totals[1]) == ("meets", "fails", (7500, 8400), 8388)
    assert {part.name.zh for part in one.parts} == {"3D服装建模", "业绩实效", "带徒与创新"}
    assert digests() == before


def test_who_would_stand_at_another_place() -> None:
    totals = {"a": (8000, 8000), "b": (9000, 7900), "c": (7000, 7000)}
    sums = supposing.Sums()
    sums.lines = [supposing_kept.Line(ref, ref, "t", "c", "meets", "meets") for ref in totals]
    sums.totals[1, "pattern"] = [(number, *both) for number, both in enumerate(totals.values())]
    found = sums.whole(program("fashion_engineer"))
    assert [(line.ref, line.standings) for line in found.lines] == [
        ("a", (Standing("pattern", 2, 1, 3),)),
        ("b", (Standing("pattern", 1, 2, 3),)),
    ]
    assert (found.moved, found.differing) == (2, 0)


def test_it_is_kept_who_asked_what_and_when(officer: Actor, now: datetime) -> None:
    plot = Plot(now)
    plot.plant(1)
    ref = drafts.start(officer, now, version_id=plot.version_id)
    asked(ref, officer, now, plot.round_ref)
    [line] = trials.listed(ref, officer, TrialKind.WHAT_IF)
    assert (line.by, line.began_at, line.round_name, line.size, line.found) == ("王芳", now, "2026年第1批", 1, 0)
    with reading() as session:
        [event] = session.scalars(select(EventRow).where(EventRow.kind == "program_what_if_asked"))
    assert (event.actor_id, event.at, event.body["size"]) == (officer.account_id, now, 1)


def test_it_goes_through_many_a_part_at_a_time_and_is_called_off_between_two(
    officer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = Plot(now)
    plot.plant(5)
    ref = drafts.start(officer, now, version_id=plot.version_id)
    monkeypatch.setattr(supposing, "AT_ONCE", 2)
    monkeypatch.setattr(trials, "NOTE_EVERY", timedelta(0))
    assert asked(ref, officer, now).looked == 5
    trial = supposing.start(ref, officer, now)
    look = trials.Taken.watch

    def called_off(taken: trials.Taken, acts: int, settled: int) -> bool:
        if acts == 2:
            trials.cancel(trial, officer, now)
        return look(taken, acts, settled)

    monkeypatch.setattr(trials.Taken, "watch", called_off)
    assert background.carry_out(now) == 0
    shown = trials.shown(trial, officer)
    assert (shown.state, shown.result, shown.settled) == ("cancelled", None, 0)


def test_what_cannot_be_asked_is_refused(officer: Actor, now: datetime) -> None:
    fresh = drafts.start(officer, now, text=text("yongning_enterprise"))
    assert refused(fresh, officer, now) == "这里还没有交上来的件，没有可以试算的"
    with pytest.raises(NotFound):
        supposing.start(fresh, officer, now, round_ref="nowhere")
    editing.replace_text(fresh, "a: [", 0, officer, now)
    assert refused(fresh, officer, now) == "草稿现在读不懂，改好才能试算"


def refused(ref: str, officer: Actor, now: datetime) -> str:
    with pytest.raises(NotReady) as refusal:
        supposing.start(ref, officer, now)
    return str(refusal.value.reasons[0].words)
