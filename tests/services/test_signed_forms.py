"""Who has no account says yes on paper: the scan of the signed form submits, and a later change asks for a new one."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.applications import ApplicationRow
from models.base import reading
from models.evidence import StreamKind
from models.files import Attachment
from models.messages import Message
from tests.applying import Intake, bind, intake, one
from tests.services.houses import account
from tests.services.signed import PROGRAM, returned_for_the_years, scan, waits
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound, NotReady, Refusal
from workflow.domain.stages import intake as intake_rules
from workflow.services import confirmations, drafts, evidence, files_opening, signed_forms, submissions
from workflow.services import reading as cases


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files", PROGRAM)


@pytest.fixture
def boss(here: Intake, now: datetime) -> Actor:
    return bind(account(now, "boss", name="人事专员"), "employer_admin", here, now, here.employer_id)


@pytest.fixture
def waiting(here: Intake, boss: Actor, now: datetime) -> str:
    return waits(here, boss, now)


def sent_out() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.kind == "confirm_link")) or 0


def kept() -> list[str]:
    with reading() as session:
        rows = session.scalars(select(Attachment).where(Attachment.field_key.startswith("signed.")))
        return [row.ref for row in rows if row.replaced_at is None]


def test_no_link_goes_out_and_the_scan_submits(waiting: str, boss: Actor, now: datetime) -> None:
    assert (one(ApplicationRow).status, sent_out()) == ("awaiting_confirmation", 0)
    with pytest.raises(Refusal):
        confirmations.link_for(waiting, boss, now)
    shown = signed_forms.shown(waiting, boss, now)
    assert shown.confirms
    assert signed_forms.hand_in(waiting, shown.seal, scan(), boss, now) == "open"
    row = one(ApplicationRow)
    assert (row.status, row.number) == ("open", "FE26-2-0001")
    with reading() as session:
        told = {e.kind: e.body for e in evidence.events_of(session, StreamKind.APPLICATION, row.id)}
        held = session.scalars(select(Attachment).where(Attachment.ref == kept()[0])).one()
    assert told["confirmation_given"]["signed"] == [{"ref": held.ref, "sha256": held.sha256}]


def test_without_the_scan_or_with_one_of_other_answers_nothing_is_submitted(
    waiting: str, boss: Actor, now: datetime
) -> None:
    seal = signed_forms.shown(waiting, boss, now).seal
    with pytest.raises(NotReady) as bare:
        signed_forms.hand_in(waiting, seal, [], boss, now)
    assert bare.value.reasons[0].words == intake_rules.UNSIGNED
    with pytest.raises(NotReady):
        signed_forms.hand_in(waiting, seal, [("a.exe", BytesIO(b"MZ"))], boss, now)
    signed_forms.take_back(waiting, "手机号不对", boss, now)
    assert one(ApplicationRow).status == "draft"
    with pytest.raises(NotFound):
        signed_forms.shown(waiting, boss, now)
    drafts.save(waiting, {"mobile": "13805719876"}, None, boss, now, section="person")
    submissions.submit(waiting, boss, now)
    assert signed_forms.shown(waiting, boss, now).seal != seal
    with pytest.raises(NotReady) as old:
        signed_forms.hand_in(waiting, seal, scan(), boss, now)
    assert old.value.reasons[0].words == intake_rules.OUTDATED
    assert (kept(), one(ApplicationRow).status) == ([], "awaiting_confirmation")


def test_nobody_else_brings_it(waiting: str, here: Intake, now: datetime) -> None:
    stranger = account(now, "else")
    with pytest.raises(NotFound):
        signed_forms.shown(waiting, stranger, now)
    with pytest.raises(NotFound):
        signed_forms.hand_in(waiting, "x", scan(), stranger, now)


@pytest.fixture
def returned(waiting: str, here: Intake, boss: Actor, now: datetime) -> Actor:
    """Submitted with a signature, endorsed, and given back by the clerk for the years. The clerk."""
    clerk = bind(account(now, "clerk"), "intake", here, now)
    second = bind(account(now, "second"), "employer_admin", here, now, here.employer_id)
    signed_forms.hand_in(waiting, signed_forms.shown(waiting, boss, now).seal, scan(), boss, now)
    returned_for_the_years(second, clerk, now)
    return clerk


def test_what_a_correction_changes_is_signed_anew(waiting: str, returned: Actor, boss: Actor, now: datetime) -> None:
    first = kept()
    same = signed_forms.shown(waiting, boss, now)
    assert [scan.ref for scan in same.scans] == first  # nothing is changed yet: the old signature still signs it
    drafts.save(waiting, {"years": "5"}, None, boss, now, section="work")
    changed = signed_forms.shown(waiting, boss, now)
    assert (changed.confirms, changed.scans, changed.seal == same.seal) == (False, (), False)
    with pytest.raises(NotReady) as unsigned:
        submissions.hand_back(waiting, {}, boss, now)
    assert [reason.words for reason in unsigned.value.reasons] == [intake_rules.UNSIGNED_AGAIN]
    assert signed_forms.hand_in(waiting, changed.seal, scan("red"), boss, now) == "correcting"
    drafts.save(waiting, {"years": "6"}, None, boss, now, section="work")
    with pytest.raises(NotReady):  # signed for five years, handed back with six
        submissions.hand_back(waiting, {}, boss, now)
    drafts.save(waiting, {"years": "5"}, None, boss, now, section="work")
    assert submissions.hand_back(waiting, {}, boss, now).status == "open"
    seen = cases.sheet(waiting, returned, now).files
    assert [(ref, file.replaced) for ref, file in seen.items() if file.path == "signed"] == [
        (kept()[1], False),
        (first[0], True),
    ]
    assert files_opening.fetch(first[0], returned, now).name == "确认表.png"


def test_what_is_left_as_it_was_needs_no_new_signature(
    waiting: str, returned: Actor, boss: Actor, now: datetime
) -> None:
    assert submissions.hand_back(waiting, {"years": "社保可证"}, boss, now).status == "open"


def test_whoever_sees_only_a_part_of_the_form_does_not_see_it_on_paper(
    waiting: str, here: Intake, returned: Actor, now: datetime
) -> None:
    (ref,) = kept()
    for who, role in (("police", "police"), ("expert", "expert")):
        with pytest.raises(NotFound):
            files_opening.fetch(ref, bind(account(now, who), role, here, now), now)
