"""One sealed value in full: for whom, with which trace, and without making anybody's page stale."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.applications import Remark
from models.base import reading
from models.evidence import EventRow, Stream
from tests import applying
from tests.stories import Story
from workflow.domain.errors import InvalidInput, NotAllowed, NotFound
from workflow.services import access, evidence, files_opening
from workflow.services.reading import sheet as reading_sheet


@pytest.fixture
def story(database: str, now: datetime, tmp_path: Path) -> Story:
    return Story(now, tmp_path)


def looks(story: Story, ref: str) -> list[tuple[str, int | None, str, str]]:
    with reading() as session:
        rows = session.execute(
            select(EventRow, Remark.body)
            .join(Stream, Stream.id == EventRow.stream_id)
            .join(Remark, (Remark.stream_id == EventRow.stream_id) & (Remark.seq == EventRow.seq))
            .where(Stream.kind == "application_access", Stream.subject_id == story.row(ref).id)
        ).all()
    return [(row.kind, row.actor_id, row.body["field"], said) for row, said in rows]


def test_the_manager_reads_one_number_with_a_reason_that_stays(story: Story) -> None:
    ref = story.at_formal()
    before = story.row(ref).version
    assert access.reveal(ref, "id_no", "核对同名", story["manager"], story.now) == applying.id_number(1)
    assert looks(story, ref) == [("sealed_read", story["manager"].account_id, "id_no", "核对同名")]
    assert story.row(ref).version == before
    assert evidence.verify() == []


def test_without_a_reason_nothing_is_shown_and_nothing_written(story: Story) -> None:
    ref = story.at_formal()
    with pytest.raises(InvalidInput) as refused:
        access.reveal(ref, "id_no", "  ", story["manager"], story.now)
    assert refused.value.reasons[0].where == "reveal.id_no"
    assert looks(story, ref) == []


def test_who_may_read_the_case_may_not_yet_read_the_number(story: Story) -> None:
    ref = story.at_formal()
    with pytest.raises(NotAllowed):
        access.reveal(ref, "id_no", "想看看", story["clerk"], story.now)
    with pytest.raises(NotFound):
        access.reveal(ref, "id_no", "想看看", story["hr"], story.now)
    assert looks(story, ref) == []


@pytest.mark.parametrize("path", ["years", "nothing", "results.1.item", "id_copy"])
def test_only_a_sealed_value_is_opened_this_way(story: Story, path: str) -> None:
    ref = story.at_formal()
    with pytest.raises(NotFound):
        access.reveal(ref, path, "核对", story["manager"], story.now)


def test_who_must_judge_a_sealed_file_may_open_it_while_the_verdict_is_owed(story: Story) -> None:
    ref = story.at_formal()
    seen = reading_sheet(ref, story["clerk"], story.now)
    assert seen.opens == {"id_copy"}
    file = next(one.ref for one in seen.files.values() if one.path == "id_copy")
    with pytest.raises(NotFound):
        files_opening.fetch(file, story["clerk"], story.now)
    files_opening.state_reason(file, "核对证件影像", story["clerk"], story.now)
    assert files_opening.fetch(file, story["clerk"], story.now).media_type == "image/png"
    with pytest.raises(NotFound):
        files_opening.state_reason(file, "想看看", story["employer"], story.now)
    story.act(ref, "pass", "clerk", verdicts=story.all_ok(ref, "clerk"))
    assert reading_sheet(ref, story["clerk"], story.now).opens == frozenset()
    with pytest.raises(NotFound):
        files_opening.fetch(file, story["clerk"], story.now)
