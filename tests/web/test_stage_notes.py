"""What a program says to whoever acts in a stage stands on the page where they act, and nowhere else."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.domain.cases import ROOT
from tests.services.issued import Grounds
from tests.services.jointly import JointPlot, short_program
from tests.services.listed import Listing
from tests.services.panels import Panel
from tests.services.plots import Plot
from tests.services.seated import Assembly
from tests.web.front import csrf, sign_in
from tests.web.test_awards import owner
from tests.web.town import give_passwords
from workflow.services.meetings_sitting import Entered, enter

NOTICE = "kind: notice,"


def noted(text: str) -> str:
    """The program with a note in each of its stages that names the stage."""
    return re.sub(
        r"^  (\w+):\n((?:    .*\n)*?    kind: .*\n)", r"  \1:\n\2    note: 请注意这一步\1\n", text, flags=re.M
    )


def fashion() -> str:
    return noted((ROOT / "programs" / "fashion_engineer.yaml").read_text("utf-8"))


def browser(app: Flask, who: str) -> FlaskClient:
    give_passwords()
    client = app.test_client()
    sign_in(client, who)
    return client


def told(client: FlaskClient, path: str) -> set[str]:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return set(re.findall(r"请注意这一步(\w+)", answer.text))


def test_a_check_and_a_score_carry_the_note_on_the_desk(app: Flask, now: datetime) -> None:
    panel = Panel(now, source=fashion())
    fresh, scored = panel.plant(1)[0], panel.at_practical(1)[0]
    sheet = panel.sheet_of(scored, panel.people["examiner_1"])
    assert told(browser(app, "employer"), f"/review/items/{panel.item(fresh)[0]}") == {"employer_confirm"}
    assert told(browser(app, "examiner_1"), f"/review/items/{sheet}") == {"practical"}
    manager = browser(app, "manager")
    board = f"/manage/rounds/{panel.round_ref}/stages/practical/scoring"
    assert told(manager, board) == {"practical"}
    assert told(manager, f"/manage/applications/{scored}/scoring/practical") == {"practical"}
    assert told(manager, f"/review/applications/{fresh}") == set()  # who only reads is told nothing


def test_a_department_and_the_lead_read_it(app: Flask, now: datetime) -> None:
    plot = JointPlot(now, source=noted(short_program()))
    (ref,) = plot.asked()
    assert told(browser(app, "court"), f"/review/joint/items/{plot.question(ref, 'court')}") == {"joint"}
    manager = browser(app, "manager")
    assert told(manager, f"/manage/rounds/{plot.round_ref}/joint/joint") == {"joint"}
    assert told(manager, f"/manage/joint/{ref}") == {"joint"}


def test_a_meeting_reads_it_on_its_board_and_on_the_ballot(app: Flask, now: datetime) -> None:
    hall = Assembly(Plot(now, source=fashion()), {"pattern": [9000]}, members=3)
    ref = hall.call()
    assert told(browser(app, "manager"), f"/manage/meetings/{ref}") == {"meeting"}
    enter(hall.manager, now, ref, Entered(frozenset({hall.committee[0].ref})))
    member, ballot = browser(app, "member1"), f"/review/meetings/{ref}/ballot"
    paper = member.get(ballot).location
    (case,) = re.findall(r'name="case" value="([^"]+)"', member.get(paper).text)
    assert member.post(paper, data={"csrf_token": csrf(member, "/settings"), "case": case}).status_code == 303
    assert told(member, ballot) == {"meeting"}


def test_the_award_and_the_time_after_it(app: Flask, now: datetime) -> None:
    plot = Grounds(now, source=fashion())
    (ref,) = plot.before_award()
    manager = browser(app, "manager")
    assert told(manager, f"/manage/rounds/{plot.round_ref}/award") == {"award"}
    plot.issue([ref])
    assert told(manager, f"/follow-ups/{ref}") == {"valid"}
    assert told(owner(app, plot, ref), f"/follow-ups/{ref}") == set()  # it is for those who act, not about whom


def test_whoever_puts_up_a_list_reads_it(app: Flask) -> None:
    today = datetime.now(UTC) - timedelta(seconds=1)
    listing = Listing(today, **{NOTICE: f"{NOTICE} note: 请注意这一步notice,"})
    listing.waiting(2)
    manager = browser(app, "manager")
    assert told(manager, f"/manage/rounds/{listing.round_ref}/notices/notice/new") == {"notice"}
