"""Two clerks press at the same moment, over the wire: one is heard, the other is told, and loses nothing they typed."""

from collections import Counter
from datetime import datetime
from threading import Barrier, Thread

import pytest
import time_machine
from flask import Flask

from tests.journeys.driver import Form, Page
from tests.services.plots import Plot
from tests.web.front import sign_in
from tests.web.town import give_passwords
from workflow.services import evidence, replay

RACES = 50
TYPED = {"clerk": "陈芸写的意见：材料与申报类别不符", "clerk_2": "温以宁写的意见：年限与合同对不上"}
"""What each of the two types. Whoever comes too late must find it again."""


@pytest.mark.slow
def test_of_two_decisions_at_once_one_stands_and_the_other_is_told(app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=True):
        yard = Yard(app, now)
        answers = [yard.race(number) for number in range(RACES)]
    assert Counter(tuple(sorted(status for status, _ in both.values())) for both in answers) == {(303, 409): RACES}
    for both in answers:
        for who, (status, text) in both.items():
            assert status == 303 or TYPED[who] in text
    assert evidence.verify() == []
    count, differences = replay.replay(now)
    assert (count, differences) == (RACES, [])
    assert len({next(who for who, (status, _) in both.items() if status == 303) for both in answers}) == 2


class Yard:
    """Cases that wait for the form check, and two clerks who have each opened the same one."""

    def __init__(self, app: Flask, now: datetime) -> None:
        self.app = app
        self.plot = Plot(now)
        self.cases = self.plot.plant(RACES)
        for ref in self.cases:
            self.plot.endorse(ref)
        give_passwords()
        self.clients = {who: app.test_client() for who in TYPED}
        for who, client in self.clients.items():
            sign_in(client, who)

    def race(self, number: int) -> dict[str, tuple[int, str]]:
        """Both have the page open; both press. Each one's status and page."""
        item, _ = self.plot.item(self.cases[number])
        forms = {who: self._opened(who, f"/review/items/{item}") for who in TYPED}
        start, answers = Barrier(len(TYPED)), {}

        def press(who: str) -> None:
            form = forms[who]
            data = form.filled({"reason": TYPED[who]}, press="不予受理")
            start.wait(120)
            answer = self.clients[who].post(form.action, data=data, content_type="multipart/form-data")
            answers[who] = (answer.status_code, answer.text)

        threads = [Thread(target=press, args=(who,)) for who in sorted(TYPED, reverse=bool(number % 2))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        return answers

    def _opened(self, who: str, path: str) -> Form:
        answer = self.clients[who].get(path)
        assert answer.status_code == 200
        return next(form for form in Page(path, 200, answer.text).forms if form.id == "panel")
