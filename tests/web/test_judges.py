"""An applicant names people who should not judge them: as many as the program says, until judging begins."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import reading, writing
from models.work import Conflict
from tests import applying
from tests.services.houses import account
from tests.stories import OBJECTING, Story
from tests.web.front import Page, csrf
from tests.web.test_admin import enter
from tests.web.town import give_passwords
from workflow.services import conflicts


@pytest.fixture
def story(app: Flask, now: datetime, tmp_path: Path) -> Story:
    with app.app_context():
        return Story(now, tmp_path / "files", OBJECTING)


def standing(app: Flask) -> set[tuple[int, str]]:
    with app.app_context(), reading() as session:
        rows = session.execute(select(Conflict.account_id, Conflict.ground).where(Conflict.state == "standing"))
        return {(account, ground) for account, ground in rows}


def test_whom_the_applicant_names_judges_them_no_more(app: Flask, story: Story, now: datetime) -> None:
    with app.app_context():
        expert = applying.bind(account(now, "expert", name="辛评"), "expert", story.place, now)
        clerk = applying.bind(account(now, "namesake", name="辛评"), "intake", story.place, now)
        ref = story.submitted()
        give_passwords()
    client = enter(app, "person0")
    shown = Page(client.get(f"/apply/{ref}/judges").text)
    seen = next(each["value"] for each in shown.all("input") if each.get("name") == "seen_version")
    form = {"csrf_token": csrf(client, f"/apply/{ref}/judges"), "seen_version": seen}

    refused = client.post(f"/apply/{ref}/judges", data={**form, "judges": "甲\n乙\n丙", "reason": "同事"})
    assert refused.status_code == 422
    assert "最多写2人，现在写了3人" in refused.text
    assert "丙" in refused.text  # nothing typed is lost

    sent = client.post(f"/apply/{ref}/judges", data={**form, "judges": " 辛评 \n\n乙", "reason": "同事"})
    assert sent.status_code == 303
    assert (expert.account_id, "objected") in standing(app)
    assert (clerk.account_id, "objected") not in standing(app)  # who acts by office is not chosen
    manager = enter(app, "manager")
    assert "同事" in manager.get(f"/manage/applications/{ref}/recusals").text
    clerks = enter(app, "clerk").get(f"/review/applications/{ref}").text
    assert "辛评" not in clerks

    with app.app_context():
        later = applying.bind(account(now, "expert2", name="乙"), "expert", story.place, now)
        with writing() as session:
            conflicts.note_binding(session, [later.account_id or 0], story.place.program_id, story.place.round_id, now)
    assert (later.account_id, "objected") in standing(app)  # also who joins the pool afterwards


def test_nobody_objects_where_the_program_does_not_let_them(app: Flask, now: datetime, tmp_path: Path) -> None:
    with app.app_context():
        ref = Story(now, tmp_path / "files").submitted()
        give_passwords()
    assert enter(app, "person0").get(f"/apply/{ref}/judges").status_code == 404
