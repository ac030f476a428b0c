"""Out of a person's file: the whole number after saying why, and everything as one folder."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient

from models.base import reading
from models.people import Person
from tests.services.issued import Grounds
from tests.web.front import csrf, faults_of, sign_in
from tests.web.town import give_passwords


def test_the_folder_is_taken_while_the_file_is_open(app: Flask, client: FlaskClient, now: datetime) -> None:
    with app.app_context():
        plot = Grounds(now)
        ref = plot.recognized()
        with reading() as session:
            person = session.get_one(Person, plot.row_of(session, ref).person_id).ref
        give_passwords()
    sign_in(client, "manager")
    path, token = f"/manage/people/{person}", {"csrf_token": csrf(client, "/settings")}
    assert client.post(f"{path}/folder", data=token).status_code == 303, "the file is closed"
    assert client.post(path, data={**token, "reason": "核对续认材料"}).status_code == 303
    shown = client.get(path).text
    assert (faults_of(shown), "下载全部" in shown) == ([], True)
    assert client.post(f"{path}/numbers", data={**token, "reason": " "}).status_code == 422
    answer = client.post(f"{path}/folder", data=token)
    with ZipFile(BytesIO(answer.data)) as archive:
        names = archive.namelist()
        index = archive.read(names[0]).decode()
    assert (len(names), names[0].endswith("/index.html"), names[1].endswith(".pdf")) == (2, True, True)
    assert "时尚工程师认定" in index
