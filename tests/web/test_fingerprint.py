"""The receipt's page and the page on which anybody compares a file with it."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.applying import bind, filled, intake, picture, started
from tests.services.houses import account, last_secret
from tests.web.front import csrf, faults_of, sign_in
from workflow.services import submissions


def test_who_confirms_by_a_link_sees_what_was_handed_in_their_name(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    clock = datetime.now(UTC)
    with app.app_context():
        here = intake(clock, tmp_path / "files")
        boss = bind(account(clock, "boss"), "employer_admin", here, clock, here.employer_id)
        ref = started(here, boss, clock, "employer", for_another=True)
        filled(ref, boss, clock)
        submissions.submit(ref, boss, clock)
        page = f"/confirm/{last_secret(clock, 'confirm_link')}"
    sent = {"csrf_token": csrf(client, page), "answer": "yes"}
    done = client.post(page, data=sent, follow_redirects=True).text
    assert faults_of(done) == []
    assert sha256(picture()).hexdigest() in done
    assert "下载存一份" not in done


def test_what_the_receipt_says_is_found_again_by_anybody(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    clock, stranger = datetime.now(UTC), app.test_client()
    with app.app_context():
        person = account(clock, "ye", name="叶梓桐")
        ref = started(intake(clock, tmp_path / "files"), person, clock)
        filled(ref, person, clock)
        number = str(submissions.submit(ref, person, clock).receipt)
    sign_in(client, "ye")
    receipt = client.get(f"/apply/{ref}/receipt").text
    digest = sha256(picture()).hexdigest()
    assert faults_of(receipt) == []
    assert digest in receipt
    kept = client.get(f"/apply/{ref}/receipt/1")
    assert sha256(kept.data).hexdigest() in receipt
    assert client.get(f"/apply/{ref}/receipt/2").status_code == 404

    asked = stranger.get(f"/fingerprint?receipt={number}").text
    assert faults_of(asked) == []
    assert number in asked
    same, other, unknown = (
        stranger.post(
            "/fingerprint", data={"csrf_token": csrf(stranger, "/fingerprint"), "receipt": given, "digest": typed}
        ).text
        for given, typed in ((number, digest), (number, "0" * 64), ("R-2020-0101-0001", digest))
    )
    assert "是，就是提交的那一份" in same
    assert "叶" not in same
    assert other.replace(number, "").replace("0" * 64, "") == unknown.replace("R-2020-0101-0001", "").replace(
        digest, ""
    )
    assert (
        "64 位"
        in stranger.post(
            "/fingerprint", data={"csrf_token": csrf(stranger, "/fingerprint"), "receipt": number, "digest": "x"}
        ).text
    )
