"""What may come in, what it becomes, and who gets it out again."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from models.applications import Answers
from models.files import Attachment, StoredFile
from tests import hostile
from tests.applying import ROOT, Intake, bind, filled, intake, one, picture, started, stored_files
from tests.services.houses import account
from workflow import storage
from workflow.domain.actor import Actor
from workflow.domain.errors import InvalidInput, NotFound
from workflow.services import drafts, files, files_opening, submissions

SMALL = (
    (ROOT / "programs" / "fashion_engineer.yaml")
    .read_text("utf-8")
    .replace("max_mb: 200, accept: [pdf, jpg, png, mp4]", "max_mb: 2, accept: [pdf, jpg, png, mp4]")
)


@pytest.fixture
def here(database: str, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files", SMALL)


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(here: Intake, person: Actor, now: datetime) -> str:
    return started(here, person, now)


def attach(
    ref: str, actor: Actor, now: datetime, content: bytes, name: str = "a.png", path: str = "portfolio"
) -> files.Held:
    return files.attach(ref, path, name, BytesIO(content), actor, now)


@pytest.mark.parametrize("case", hostile.CASES, ids=[case.id for case in hostile.CASES])
def test_each_file_of_the_corpus_gets_its_verdict(
    case: hostile.Case, here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    if case.verdict is None:
        held = attach(draft, person, now, case.content, case.name)
        assert len(held.name) <= 120
        assert len(stored_files(here)) == 1
        return
    with pytest.raises(InvalidInput) as refused:
        attach(draft, person, now, case.content, case.name)
    assert [reason.where for reason in refused.value.reasons] == ["portfolio"]
    assert case.verdict in str(refused.value.reasons[0].words)
    assert stored_files(here) == []
    assert drafts.look(draft, person, now).sheet.files == {}


def test_the_corpus_is_large_and_covers_both_verdicts() -> None:
    refused = [case for case in hostile.CASES if case.verdict]
    assert len(refused) >= 40
    assert len(hostile.CASES) - len(refused) >= 10


def test_a_picture_is_kept_without_what_hung_on_it(draft: str, person: Actor, now: datetime) -> None:
    sent = hostile.with_exif()
    assert b"SECRET-SERIAL-77" in sent
    held = attach(draft, person, now, sent, "a.jpg")
    kept = files_opening.fetch(held.ref, person, now).path.read_bytes()
    assert b"SECRET-SERIAL-77" not in kept
    assert b"GPS" not in kept
    assert not Image.open(BytesIO(kept)).getexif()


def test_a_picture_that_hides_a_page_comes_out_without_it(draft: str, person: Actor, now: datetime) -> None:
    held = attach(draft, person, now, hostile.PNG + hostile.HTML, "a.png")
    assert b"script" not in files_opening.fetch(held.ref, person, now).path.read_bytes()


def test_a_film_keeps_its_size_and_loses_its_metadata(draft: str, person: Actor, now: datetime) -> None:
    sent = hostile.film(b"recorded by Ye Zitong in Hangzhou")
    held = attach(draft, person, now, sent, "a.mp4")
    kept = files_opening.fetch(held.ref, person, now).path.read_bytes()
    assert (len(kept), b"Zitong" in kept, kept[4:8]) == (len(sent), False, b"ftyp")


def test_the_same_content_is_kept_once(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    attach(draft, person, now, picture(), path="id_copy")
    attach(draft, person, now, picture(), path="training_cert")
    assert len(stored_files(here)) == 1
    assert one(StoredFile).media_type == "image/png"


def test_a_new_file_takes_the_place_of_the_old(draft: str, person: Actor, now: datetime) -> None:
    first = attach(draft, person, now, picture(color="red"))
    second = attach(draft, person, now, picture(color="blue"), "b.png")
    held = drafts.look(draft, person, now).sheet.files["portfolio"]
    assert [each.ref for each in held] == [second.ref]
    assert one(Attachment, ref=first.ref).replaced_at == now


def test_a_file_in_a_row_moves_up_with_its_row(draft: str, person: Actor, now: datetime) -> None:
    rows = [{"item": "一"}, {"item": "二"}]
    drafts.save(draft, {"results": rows}, None, person, now, section="work")
    held = attach(draft, person, now, picture(), path="results.2.proof")
    drafts.save(draft, {"results": rows}, None, person, now, section="work", drop_row=("results", 1))
    assert drafts.look(draft, person, now).sheet.files["results.1.proof"][0].ref == held.ref
    assert one(Attachment, ref=held.ref).row_no == 1


def test_taking_a_row_away_lets_its_file_go(draft: str, person: Actor, now: datetime) -> None:
    drafts.save(draft, {"results": [{"item": "一"}]}, None, person, now, section="work")
    held = attach(draft, person, now, picture(), path="results.1.proof")
    drafts.save(draft, {"results": [{"item": "一"}]}, None, person, now, section="work", drop_row=("results", 1))
    assert one(Attachment, ref=held.ref).replaced_at == now


def test_an_anonymous_copy_stands_beside_the_file(draft: str, person: Actor, now: datetime) -> None:
    attach(draft, person, now, picture())
    files.attach(draft, "portfolio", "blind.png", BytesIO(picture(color="red")), person, now, purpose=files.BLIND)
    desk = drafts.look(draft, person, now)
    assert (desk.blind_copies["portfolio"].name, len(desk.sheet.files["portfolio"])) == ("blind.png", 1)
    with pytest.raises(NotFound):
        files.attach(draft, "id_copy", "b.png", BytesIO(picture()), person, now, purpose=files.BLIND)


def test_a_stranger_gets_neither_file_nor_place(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    held = attach(draft, person, now, picture())
    stranger = account(now, "other")
    for look in (
        lambda: files_opening.fetch(held.ref, stranger, now),
        lambda: attach(draft, stranger, now, picture()),
        lambda: files.detach(draft, "portfolio", held.ref, stranger, now),
        lambda: files_opening.page_picture(held.ref, 1, (), stranger, now),
    ):
        with pytest.raises(NotFound):
            look()


def test_an_office_sees_files_once_asked_and_sealed_ones_after_saying_why(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    employer = bind(account(now, "boss"), "employer_admin", here, now, here.employer_id)
    manager = bind(account(now, "manager"), "manager", here, now)
    filled(draft, person, now)
    held = drafts.look(draft, person, now).sheet.files
    card, proof = held["id_copy"][0].ref, held["employment_proof"][0].ref
    with pytest.raises(NotFound):
        files_opening.fetch(proof, employer, now)
    submissions.submit(draft, person, now)
    assert files_opening.fetch(proof, employer, now).media_type == "image/png"
    for actor in (employer, manager):
        with pytest.raises(NotFound):
            files_opening.fetch(card, actor, now)
    with pytest.raises(NotFound):
        files_opening.state_reason(card, "核对", employer, now)
    files_opening.state_reason(card, "核对姓名", manager, now)
    assert files_opening.fetch(card, manager, now).watermark is not None
    with pytest.raises(NotFound):
        files_opening.fetch(card, manager, now + timedelta(minutes=16))


@pytest.mark.parametrize(("content", "name"), [(hostile.pdf(pages=2), "a.pdf"), (picture(size=(900, 600)), "a.png")])
def test_a_page_is_a_picture_with_the_marks_across(
    draft: str, person: Actor, now: datetime, content: bytes, name: str
) -> None:
    held = attach(draft, person, now, content, name)
    plain = Image.open(BytesIO(files_opening.page_picture(held.ref, 1, (), person, now)))
    marked = Image.open(
        BytesIO(files_opening.page_picture(held.ref, 1, ("仅限时尚工程师认定使用", "陈芸 2026-11-20"), person, now))
    )
    assert plain.format == marked.format == "JPEG"
    assert plain.size == marked.size
    assert len(marked.convert("L").getcolors(100_000) or ()) > len(plain.convert("L").getcolors(100_000) or ())
    with pytest.raises(NotFound):
        files_opening.page_picture(held.ref, held.pages + 1 if held.pages else 2, (), person, now)


def test_nothing_is_left_half_written_when_the_case_has_moved_on(
    here: Intake, draft: str, person: Actor, now: datetime
) -> None:
    filled(draft, person, now)
    submissions.submit(draft, person, now)
    before = len(stored_files(here))
    with pytest.raises(Exception, match="不能改"):
        attach(draft, person, now, picture(color="orange"))
    assert len(stored_files(here)) == before
    assert one(Answers).state == "submitted"


def test_a_file_that_the_store_lost_is_not_there(here: Intake, draft: str, person: Actor, now: datetime) -> None:
    held = attach(draft, person, now, picture())
    storage.store().remove(one(StoredFile).sha256)
    with pytest.raises(NotFound):
        files_opening.fetch(held.ref, person, now)


@pytest.mark.parametrize(
    "path",
    ["results.0.proof", "results.11.proof", "results.x.proof", "results.².proof", "results", "name", "no.1.such"],
)
def test_a_place_that_the_form_does_not_have_takes_no_file(
    here: Intake, draft: str, person: Actor, now: datetime, path: str
) -> None:
    with pytest.raises(NotFound):
        attach(draft, person, now, picture(), path=path)
    assert stored_files(here) == []
