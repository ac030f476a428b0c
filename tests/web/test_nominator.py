"""The nominator's page: whom to answer, how many places are left, the own list, and nobody else's."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import writing
from models.rounds import Round
from tests import applying
from tests.services.houses import account
from tests.stories import Story
from tests.web.front import csrf, faults_of
from tests.web.test_reviewer import Reviewer
from workflow.services import starting, submissions


def test_the_heading_counts_answers_and_places(app: Flask, story: Story) -> None:
    with app.app_context():
        story.submitted(channel="employer")
        story.submitted()
    employer = Reviewer(app, story, "employer")
    page = employer.open("/nominate")
    assert "2 人等你答复，名额还剩 5" in page.text
    assert "5 名，已用 0" in page.text
    assert faults_of(employer.client.get("/nominate").text) == []
    assert ("/nominate", "page") in [(link.get("href"), link.get("aria-current")) for link in page.all("a")]
    assert "/nominate" not in [link.get("href") for link in Reviewer(app, story, "clerk").open("/review").all("a")]
    with app.app_context(), writing() as session:
        session.scalars(select(Round)).one().closes_at = story.now - timedelta(days=1)
    assert "名额还剩" not in employer.open("/nominate").text


def test_agreeing_takes_a_place_and_the_list_says_where_the_person_is(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = story.at_formal(channel="employer")
    page = Reviewer(app, story, "employer").open("/nominate")
    assert "0 人等你答复，名额还剩 4" in page.text
    assert "形式审查" in page.text
    assert f"/review/applications/{ref}" in [link.get("href") for link in page.all("a")]


def test_filling_for_somebody_begins_here_and_waits_for_the_person(app: Flask, story: Story) -> None:
    employer = Reviewer(app, story, "employer")
    page = employer.open("/nominate")
    assert f"/apply/rounds/{story.place.round_ref}" in [link.get("href") for link in page.all("a")]
    with app.app_context():
        ref = starting.start(
            story.place.round_ref, "employer", "pattern", story["employer"], story.now, for_another=True
        )
    page = employer.open("/nominate")
    assert "草稿，还没有提交" in page.text
    assert f"/apply/{ref}" in [link.get("href") for link in page.all("a")]


def test_another_organization_sees_neither_names_nor_places(app: Flask, story: Story) -> None:
    with app.app_context():
        story.submitted(channel="employer")
    page = Reviewer(app, story, "trainer").open("/nominate")
    assert "叶梓桐" not in page.text
    assert "蓝埠家纺集团" not in page.text
    assert "0 人等你答复，名额还剩 5" in page.text


@pytest.mark.parametrize("who", ["clerk", "person"])
def test_who_nominates_nobody_has_no_such_page(app: Flask, story: Story, who: str) -> None:
    with app.app_context():
        account(story.now, "person")
    assert Reviewer(app, story, who).client.get("/nominate").status_code == 403


def test_who_has_to_confirm_is_reminded_from_here(app: Flask, story: Story) -> None:
    with app.app_context():
        ref = starting.start(
            story.place.round_ref, "employer", "pattern", story["employer"], story.now, for_another=True
        )
        applying.filled(ref, story["employer"], story.now)
        submissions.submit(ref, story["employer"], story.now)
    employer = Reviewer(app, story, "employer")
    page = employer.open("/nominate")
    assert "等本人确认" in page.text
    assert faults_of(employer.client.get("/nominate").text) == []
    token = csrf(employer.client, "/nominate")
    answer = employer.client.post(f"/nominate/{ref}/link", data={"csrf_token": token}, follow_redirects=True)
    assert "链接刚发过" in answer.text or "确认链接已重发" in answer.text
    trainer = Reviewer(app, story, "trainer")
    token = csrf(trainer.client, "/nominate")
    assert trainer.client.post(f"/nominate/{ref}/link", data={"csrf_token": token}).status_code == 404
