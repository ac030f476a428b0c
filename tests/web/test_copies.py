"""The anonymous copy of a file stands beside the file, so that somebody can check it before an expert relies on it."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.applying import Intake, filled, intake, picture, started
from tests.services.houses import account
from tests.stories import Story
from tests.web.front import faults_of, sign_in
from workflow.domain.actor import Actor
from workflow.services import files, submissions


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Intake:
    return intake(now, tmp_path / "files")


@pytest.fixture
def person(here: Intake, now: datetime) -> Actor:
    return account(now, "ye", name="叶梓桐")


@pytest.fixture
def draft(here: Intake, person: Actor, now: datetime) -> str:
    ref = started(here, person, now)
    filled(ref, person, now)
    return ref


def copied(draft: str, person: Actor, now: datetime) -> str:
    given = BytesIO(picture())
    return files.attach(draft, "portfolio", "隐名.png", given, person, now, purpose=files.BLIND).ref


def test_the_applicant_sees_the_copy_or_that_there_is_none(
    client: FlaskClient, draft: str, person: Actor, now: datetime
) -> None:
    sign_in(client, "ye")
    assert "没有交，专家看不到这一项" in client.get(f"/apply/{draft}/check").text
    ref = copied(draft, person, now)
    submissions.submit(draft, person, now)
    page = client.get(f"/apply/{draft}/answers").text
    assert faults_of(page) == []
    assert f"/files/{ref}" in page
    assert "没有交，专家看不到这一项" not in page


# -- at the desk -------------------------------------------------------------------------------------------------------
@pytest.fixture
def story(app: Flask, now: datetime, tmp_path: Path) -> Story:
    return Story(now, tmp_path)


def desk(app: Flask, story: Story, ref: str) -> str:
    browser = app.test_client()
    sign_in(browser, "clerk")
    return browser.get(f"/review/items/{story.item(ref)}").text


def test_the_clerk_compares_the_copy_with_the_file_and_the_new_with_the_old(
    app: Flask, story: Story, now: datetime
) -> None:
    ref = story.at_formal()
    assert "没有交，专家看不到这一项" in desk(app, story, ref)
    story.act(ref, "return", "clerk", verdicts={"portfolio": {"verdict": "flag", "comment": "缺隐名的一份"}})
    person = story["person0"]
    copy = copied(ref, person, now)
    story.hand_back(ref, "person0", "portfolio")
    page = desk(app, story, ref)
    assert faults_of(page) == []
    assert f"/files/{copy}/pages/1" in page
    assert "没有交，专家看不到这一项" not in page
    changes = page.partition('id="changes"')[2].partition("</section>")[0]
    assert "portfolio.png" in changes
    assert "again.png" in changes
