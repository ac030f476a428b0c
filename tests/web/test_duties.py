"""What falls due after a recognition, through the door: answered on a phone, seen by the office, at the right place."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests.applying import picture
from tests.services.following import Grown
from tests.web.front import csrf, faults_of
from tests.web.test_reviewer import Reviewer
from workflow.services import replay


@pytest.fixture
def here(app: Flask, now: datetime, tmp_path: Path) -> Grown:
    """Recognized in September, so that a quarter lies behind today."""
    with app.app_context():
        made = Grown(datetime(2026, 9, 1, 2, 0, tzinfo=UTC), tmp_path / "files")
        made.ref = made.recognized()
        made.on(date(2026, 10, 9))
        return made


def test_a_mentor_answers_and_the_office_sees_it(app: Flask, here: Grown) -> None:
    with app.app_context():
        log, quarter = (here.item_about(here.ref, "mentor", about) for about in ("mentor_log:1", "quarterly:1"))
    tutor = Reviewer(app, here, "tutor")
    page = tutor.open(f"/follow-ups/{here.ref}")
    assert "帮带记录" in page.text
    assert f"/tasks/{quarter}" in {tag.get("href") for tag in page.all("a")}
    assert tutor.open(f"/tasks/{quarter}").text.count("积分余额 100 分") == 1  # beside the criterion that wants it
    for path in (f"/follow-ups/{here.ref}", f"/tasks/{log}", f"/tasks/{quarter}"):
        assert faults_of(tutor.client.get(path).text) == [], path
    assert tutor.client.get(f"/review/items/{log}").headers["Location"].endswith(f"/tasks/{log}")
    bare = tutor.post(f"/tasks/{quarter}", points__thought="88")
    assert (bare.status_code, "“现实表现”还没有评" in bare.text, 'value="88"' in bare.text) == (422, True, True)
    tutor.post(f"/tasks/{quarter}", points__thought="88", points__conduct="76")
    tutor.post(f"/tasks/{log}", note="谈了两次")
    assert "已经办完" in tutor.open(f"/tasks/{log}").text
    officer = Reviewer(app, here, "officer")
    text = officer.open(f"/follow-ups/{here.ref}").text
    assert "办过的 1 件" in text
    assert "谈了两次" in text
    assert "以后 12 个月" in text


def test_the_unit_sees_what_it_was_asked_and_others_nothing(app: Flask, here: Grown) -> None:
    with app.app_context():
        mine = here.item_about(here.ref, "trial_unit", "quarterly:1")
    unit = Reviewer(app, here, "unit")
    text = unit.open(f"/follow-ups/{here.ref}").text
    assert ("季度测评" in text, "帮带记录" in text.split("以后 12 个月")[0]) == (True, False)
    stranger = Reviewer(app, here, "far.officer")
    for path in (f"/follow-ups/{here.ref}", f"/tasks/{mine}"):
        assert stranger.client.get(path).status_code == 404, path


def test_the_office_waives_places_and_looks_at_its_round(app: Flask, here: Grown) -> None:
    district = Reviewer(app, here, "district")
    here_ = f"/follow-ups/{here.ref}"
    bare = district.post(f"{here_}/act", act="waive_duty", owed="duty:mentor_log:1")
    assert (bare.status_code, "请写明理由" in bare.text) == (422, True)
    district.post(f"{here_}/act", act="waive_duty", owed="duty:mentor_log:1", reason="当月在外培训")
    assert "已免去" in district.open(here_).text
    heat = f"/manage/rounds/{here.round_ref}/follow-ups"
    page = district.open(heat)
    assert faults_of(district.client.get(heat).text) == []
    assert "1 人在培养" in page.text
    assert "各处储备，还缺多少" in page.text
    duty = next(str(tag.get("href")) for tag in page.all("a") if str(tag.get("href")).startswith("/round-tasks/"))
    assert district.post(duty, note="").status_code == 422
    assert district.post(duty, note="已约谈").status_code == 303
    assert "已约谈" in district.open(duty).text
    queue = Reviewer(app, here, "officer").open("/review").text
    assert "季度测评" in queue


def test_a_task_is_shown_by_photographs_that_are_kept_whatever_else_is_wrong(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    placed = "    placement: {match: [position, village], by: district}"
    with app.app_context():
        here = Grown(now, tmp_path / "files", changes=((placed, f"    tasks: [一次走访]\n{placed}"),))
        here.ref = here.recognized()
    tutor, path = Reviewer(app, here, "tutor"), f"/follow-ups/{here.ref}"
    seen = re.search(r'name="seen_version" value="(\d+)"', tutor.client.get(path).text)
    assert seen
    given = {"csrf_token": csrf(tutor.client, "/settings"), "act": "do_task", "task": "1", "seen_version": seen[1]}
    photo = (BytesIO(picture()), "走访.png")
    slip = tutor.client.post(f"{path}/act", data={**given, "files": photo}, content_type="multipart/form-data")
    held = re.search(r'name="held" value="([^"]+)"', slip.text)
    assert (slip.status_code, "走访.png" in slip.text) == (422, True)
    assert held
    done = tutor.client.post(f"{path}/act", data={**given, "held": held[1], "evidence": "入户走访三户"})
    assert done.status_code == 303
    officer = Reviewer(app, here, "officer")
    assert "走访.png" in officer.open(path).text
    assert officer.client.get(f"/files/{held[1]}").status_code == 200
    assert Reviewer(app, here, "far.officer").client.get(f"/files/{held[1]}").status_code == 404
    with app.app_context():
        assert replay.replay(here.now)[1] == []
