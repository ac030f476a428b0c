"""A hundred cases run, in every stage up to the practical test, while their program is changed in five ways at once:
each page of each of them is opened by everybody who may, before it, after it and on the way back."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import Account
from models.base import reading
from models.work import WorkItem
from tests.domain.cases import all_ok
from tests.services.houses import account
from tests.services.panels import Panel, result
from tests.services.test_studio_adopting import (
    ALL,
    BY_ITSELF,
    OLD,
    OTHER,
    ROUTE,
    WAGE,
    WEIGHT,
    definition_for,
    next_version,
    says,
    whole,
)
from tests.sizes import at_full_size
from tests.web.front import session_cookie
from tests.web.town import give_passwords
from workflow.domain.actor import Office
from workflow.domain.program.schema.fields import ChoiceField
from workflow.services import actions, programs
from workflow.services.studio import adopting, adoptions
from workflow.services.studio.adopting_plan import Choice

pytestmark = pytest.mark.slow
CASES = at_full_size(100, 10)
OFFICES = ("employer", "clerk", "hr", "school", "examiner_1", "manager", "manager_2")
CHOSEN = Choice(frozenset({WAGE, ROUTE, WEIGHT, OTHER}))
LATER = timedelta(minutes=2)
STAYED = (True, True, 20, True, "制版工程师")  # who stands in the stage that goes keeps the route


class Doors:
    """Everybody's own browser, signed in once."""

    def __init__(self, app: Flask) -> None:
        self.app, self.clients = app, dict[str, FlaskClient]()

    def open(self, login: str, path: str) -> str | None:
        """The page; None where it is not theirs to see, or not before they have declared."""
        if login not in self.clients:
            self.clients[login] = self.app.test_client()
            self.clients[login].set_cookie(*session_cookie(self.app, login))
        answer = self.clients[login].get(path, follow_redirects=True)
        assert answer.status_code in (200, 403, 404), (login, path, answer.status)
        return answer.text if answer.status_code == 200 else None


def logins(panel: Panel) -> dict[str, str]:
    """Case -> the login of its person."""
    with reading() as session:
        known = {row.id: row.login for row in session.execute(select(Account.id, Account.login))}
    return {ref: known[owner.account_id or 0] or "" for ref, owner in panel.owners.items()}


def items() -> dict[int, list[str]]:
    with reading() as session:
        rows = session.execute(select(WorkItem.application_id, WorkItem.ref).where(WorkItem.state == "open"))
        found: dict[int, list[str]] = {}
        for case, ref in rows:
            found.setdefault(case, []).append(ref)
    return found


def every_page(doors: Doors, panel: Panel, refs: list[str]) -> Counter[str]:
    """How many pages each of them opened. What a page shows is what the case's own version asks."""
    seen: Counter[str] = Counter()
    own, open_items = logins(panel), [ref for each in items().values() for ref in each]
    for ref in refs:
        definition = definition_for(ref)
        fields = definition.form_fields()
        for path in (f"/apply/{ref}", f"/apply/{ref}/answers", f"/apply/{ref}/receipt"):
            page = doors.open(own[ref], path)
            assert page is not None
            seen[own[ref][0]] += 1
            if path.endswith("answers"):
                post = fields["post"]
                assert isinstance(post, ChoiceField)
                assert post.options[0].name.zh in page
            if path == f"/apply/{ref}":
                assert ("月薪" in page) == ("wage" in fields)
        for who in OFFICES:
            page = doors.open(who, f"/review/applications/{ref}")
            if page is not None:
                seen[who] += 1
                assert ("月薪" in page) == ("wage" in fields), (who, ref)
    for item in open_items:
        for who in OFFICES:
            seen[who] += doors.open(who, f"/review/items/{item}") is not None
    return seen


def one_step(panel: Panel, ref: str, stage: str) -> None:
    """What the case waits for, done by whoever it waits for."""
    if stage == "employer_confirm":
        panel.endorse(ref)
    elif stage == "formal":
        panel.do(ref, "pass", "clerk", verdicts=all_ok())
    elif stage == "theory":
        actions.perform(ref, "import", panel.people["manager"], panel.now, inputs=result(82))
    else:
        panel.hand_in(ref, "examiner_1", modeling_3d=90, precision=80, fabric=85)


def stages(refs: list[str], panel: Panel) -> dict[str, str]:
    waiting = {ref: panel.item(ref)[0] for ref in refs}
    with reading() as session:
        rows = session.execute(select(WorkItem.ref, WorkItem.stage_key))
        known = {row.ref: row.stage_key for row in rows}
    return {ref: known[item] for ref, item in waiting.items()}


def test_running_cases_survive_five_changes_at_once_and_the_way_back(
    database: str, town_app: Flask, now: datetime
) -> None:
    panel = Panel(now)
    part = CASES // 5
    refs = panel.plant(2 * part)
    for ref in refs[part:]:
        panel.endorse(ref)
    refs += panel.at_theory(part) + panel.at_practical(CASES - 3 * part)
    officer = account(now, "officer", office=Office.PROGRAMS)
    give_passwords()
    doors = Doors(town_app)
    before = every_page(doors, panel, refs)
    assert {says(definition_for(ref)) for ref in refs} == {OLD}

    made = programs.publish(next_version(), officer, now)
    reach = {one.path: one.reach for one in adoptions.affected(made.version_id, officer)}
    assert (reach[WAGE], reach[ROUTE], reach[WEIGHT], reach["channels", "own"]) == ("ask", "ask", "round", "free")
    first = adopting.adopt(made.version_id, officer, now)
    assert (first.moved, first.aside) == (CASES, {})
    assert {says(definition_for(ref)) for ref in refs} == {BY_ITSELF}
    every_page(doors, panel, refs)

    second = adopting.adopt(made.version_id, officer, now + LATER, choice=CHOSEN, reason="办法修订")
    assert (second.moved, second.aside) == (CASES, {})
    stood = stages(refs, panel)
    told = Counter((says(definition_for(ref)), stood[ref]) for ref in refs)
    assert {(said, stage) for said, stage in told if stage == "theory"} == {(STAYED, "theory")}
    assert {said for said, stage in told if stage != "theory"} == {ALL}
    after = every_page(doors, panel, refs)
    assert after == before  # nobody sees more or fewer of them than before

    acted = refs[::2]
    for ref in acted:
        one_step(panel, ref, stood[ref])
    whole(now + LATER)
    every_page(doors, panel, refs)
    back = adopting.revert(made.version_id, second.key, officer, now + 2 * LATER, "还是等下一批")
    assert (back.moved, set(back.aside)) == (CASES - len(acted), set(acted))
    assert {says(definition_for(ref)) for ref in refs if ref not in set(acted)} == {BY_ITSELF}
    every_page(doors, panel, refs)
    for ref in refs:
        if ref not in set(acted):
            one_step(panel, ref, stood[ref])
    whole(now + 2 * LATER)
