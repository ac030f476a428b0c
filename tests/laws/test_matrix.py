"""Every route × method × visitor, with ids of one's own, of others and of nobody.

What is expected follows from the declared door. Routes with a subject stand in a small table besides: which ids, and
to whom they are there. A route with a subject that is missing from the table fails.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import Account
from models.base import Base, reading
from models.evidence import Stream
from tests.web.front import csrf
from tests.web.town import IDENTITIES, LOGINS, Town, town, visitors
from workflow.domain.actor import ANONYMOUS, Actor
from workflow.services import sessions
from workflow.web.routes import Declared, Visitor, admits, declarations

pytestmark = pytest.mark.once  # doors stand before any database
MADE_UP = "AAAAAAAAAAAAAAAA"
OUT = {"anonymous", "disabled"}
Ids = Callable[[Town], Mapping[str, object]]


@dataclass(frozen=True)
class Subject:
    """The ids of a route: `ours`, there for `to`; `theirs`, there for `their_to`. None: no such thing in the town."""

    ours: Ids | None
    to: frozenset[str] = frozenset()
    theirs: Ids | None = None
    their_to: frozenset[str] = frozenset()
    seen_by: frozenset[str] = frozenset()  # who sees ours and may be told why not


def ids(**names: str) -> Ids:
    """Names of the town's things -> the values of a route; `=` before a plain value."""
    return lambda made: {key: name[1:] if name[0] == "=" else getattr(made, name) for key, name in names.items()}


def who(*names: str) -> frozenset[str]:
    return frozenset(names)


# -- routes with a subject ---------------------------------------------------------------------------------------------
CASE, ITEM, ROUND = ids(ref="case"), ids(ref="item"), ids(ref="round_ref")
DRAFT, FILE, UNIT = ids(ref="draft"), ids(ref="file"), ids(ref="organization")
OTHER_ROUND, ACCOUNT, PROPOSAL = ids(ref="other_round"), ids(ref="account"), ids(ref="proposal")
OWNER, WRITER = who("owner"), who("another applicant")
RUNNERS, OTHER_RUNNERS = who("manager", "programs"), who("stranger", "programs")
READERS = who("assigned", "manager", "speaker")  # of the employer that endorsed it
SPEAKERS = who("speaker", "accounts")
KEEPERS = who("accounts", "programs")
SIGNED_IN = frozenset(LOGINS) - OUT

OWN_CASE = Subject(CASE, OWNER, DRAFT, WRITER)
OWN_DRAFT = Subject(ids(ref="draft", section="=person"), WRITER, ids(ref="case", section="=person"))
RUN = Subject(ROUND, RUNNERS, OTHER_ROUND, OTHER_RUNNERS)
HELD_FILE = Subject(FILE, WRITER)
NO_NOMINATOR = Subject(None)  # nobody of the town is admitted; tests/web/test_nominating_list.py and test_sampling.py
NO_LIST = Subject(None)  # a list is there for whoever brought it; tests/web/test_admin_lists.py brings some
DEAD_LINK = Subject(None)
NOBODY_FOUND = Subject(None)  # no channel of the town finds people in data; tests/web/test_found.py has one that does
LIST_OF_ROUND = Subject(None)

CHECK, OTHER_CHECK = ids(ref="round_ref", stage="=joint"), ids(ref="other_round", stage="=joint")
LED = Subject(CHECK, who("manager"), OTHER_CHECK, who("stranger"))
NOBODY_RECOGNIZED = Subject(CASE)  # no case of the town came so far; tests/web/test_awards.py brings some
NO_MEETING = Subject(None)  # nobody of the town sits in a committee; tests/web/test_panel.py calls meetings
HALL = Subject(ids(ref="round_ref", stage="=meeting"), who("manager"))
NO_NOTICE = Subject(None)  # no list of the town was published; tests/web/test_notices.py publishes some
DRAWN_UP = Subject(
    ids(ref="round_ref", stage="=notice"), RUNNERS, ids(ref="other_round", stage="=consult"), OTHER_RUNNERS
)
NOBODY_ASKED = Subject(None)  # no case of the town stands in a joint check; tests/web/test_joint.py brings some

TABLE = Subject(
    ids(ref="round_ref", stage="=theory"), who("manager", "speaker"), ids(ref="other_round", stage="=theory")
)

SHEETS = Subject(
    ids(ref="round_ref", stage="=expert"), who("manager"), ids(ref="other_round", stage="=expert"), frozenset()
)
NOBODY_RATED = Subject(ids(ref="case", stage="=expert"))  # no case of the town came so far; tests/web/test_scoring.py
NO_SHEET = Subject(ITEM)  # an item of a check holds no sheet

NO_DRAFT = Subject(None)  # no program of the town is in the making; tests/web/test_studio.py begins some

SUBJECTS: Mapping[str, Subject] = {
    "account.end_session": Subject(None),
    "account.invitation": DEAD_LINK,
    "account.open_message": Subject(None),  # tests/web/test_clock.py tells somebody something
    "account.register_code": DEAD_LINK,
    "account.reset_code": DEAD_LINK,
    "admin.account": Subject(ACCOUNT, who("accounts")),
    "admin.appoint": Subject(UNIT, SPEAKERS, PROPOSAL, who("accounts")),
    "admin.approve": Subject(PROPOSAL, KEEPERS),
    "admin.correct_name": Subject(ids(ref="person"), who("programs")),
    "admin.disable": Subject(ACCOUNT, who("accounts")),
    "admin.dismiss": Subject(ids(ref="organization", account="account"), SPEAKERS),
    "admin.edit_account": Subject(ACCOUNT, who("accounts")),
    "admin.edit_organization": Subject(UNIT, KEEPERS),
    "admin.enable": Subject(ACCOUNT, who("accounts")),
    "admin.end_duty": Subject(ACCOUNT, who("permissions")),
    "admin.end_sessions": Subject(ACCOUNT, who("accounts")),
    "admin.erasure": Subject(None),  # tests/web/test_erasing.py writes a request down
    "admin.hand_over": Subject(UNIT, SPEAKERS, PROPOSAL, who("accounts")),
    "admin.invite_again": Subject(ACCOUNT, who("accounts")),
    "admin.merge": Subject(None),  # tests/web/test_merging.py brings two records of one human
    "admin.merge_find": Subject(ids(ref="person"), who("permissions", "programs")),
    "admin.organization": Subject(UNIT, SPEAKERS | who("programs"), PROPOSAL, KEEPERS | OWNER),
    "admin.organization_list_drop": NO_LIST,
    "admin.organization_list_errors": NO_LIST,
    "admin.organization_list_preview": NO_LIST,
    "admin.people_list_drop": NO_LIST,
    "admin.people_list_errors": NO_LIST,
    "admin.people_list_preview": NO_LIST,
    "admin.record_fact": Subject(UNIT, SPEAKERS, PROPOSAL, who("accounts")),
    "admin.refuse": Subject(PROPOSAL, KEEPERS),
    "applicant.answers": Subject(CASE, OWNER),  # of what was submitted
    "applicant.appeal": Subject(CASE),  # nothing was refused
    "applicant.autosave": OWN_DRAFT,
    "applicant.check": Subject(DRAFT, WRITER, CASE, OWNER),
    "applicant.confirm": DEAD_LINK,
    "applicant.confirm_file": DEAD_LINK,
    "applicant.confirm_own": Subject(CASE, seen_by=READERS | OWNER),  # nobody fills it for somebody else
    "applicant.correct": Subject(CASE),  # nothing was returned
    "applicant.correct_autosave": Subject(CASE),
    "applicant.correct_upload": Subject(CASE),
    "applicant.judges": Subject(CASE),  # its program lets nobody object; tests/web/test_judges.py has one that does
    "applicant.link": Subject(DRAFT, WRITER),
    "applicant.receipt": Subject(CASE, OWNER),
    "applicant.signed": Subject(DRAFT),  # its program has accounts for all; tests/web/test_signing.py has one without
    "applicant.signed_back": Subject(DRAFT),
    "applicant.signed_print": Subject(DRAFT),
    "applicant.receipt_answers": Subject(ids(ref="case", revision="=1"), OWNER),
    "applicant.retrack": Subject(DRAFT, WRITER),
    "applicant.section": OWN_DRAFT,
    "applicant.start": Subject(ROUND, SIGNED_IN),
    "applicant.status": OWN_CASE,
    "applicant.upload": OWN_DRAFT,
    "applicant.withdraw": Subject(CASE, OWNER),
    "auditor.chain": Subject(ids(kind="=application", ref="case"), who("auditor")),
    "auditor.proof": Subject(ids(kind="=application", ref="case"), who("auditor")),
    "files.download": HELD_FILE,
    "files.open_sealed": HELD_FILE,
    "files.picture": Subject(ids(ref="file", number="=1"), WRITER),
    "manager.admit": RUN,
    "manager.cancel_delivery": Subject(None),  # nothing has failed here; in tests/web/test_clock.py it does
    "manager.retry_delivery": Subject(None),
    "manager.bind": RUN,
    "manager.clarifications": RUN,
    "manager.end_clarification": Subject(None),  # nothing was made clear here; tests/web/test_clarifications.py
    "manager.close_round": RUN,
    "manager.edit_round": RUN,
    "manager.end_binding": Subject(ids(ref="round_ref", binding="binding"), RUNNERS),
    "manager.extend_round": RUN,
    "applicant.confirm_award": DEAD_LINK,
    "manager.found": NOBODY_FOUND,
    "manager.found_link": NOBODY_FOUND,
    "manager.found_list": NOBODY_FOUND,
    "manager.found_list_drop": NO_LIST,
    "manager.found_list_errors": NO_LIST,
    "manager.found_list_preview": NO_LIST,
    "manager.found_list_template": NOBODY_FOUND,
    "manager.found_load": NOBODY_FOUND,
    "manager.months": Subject(None),  # no round of the town is one of a month; tests/web/test_months.py
    "manager.new_round": Subject(ids(ref="program_ref", number="=1"), who("programs")),
    "manager.nominating": RUN,
    "manager.sampling": RUN,
    "manager.draw_sample": NO_NOMINATOR,
    "manager.release_nominator": NO_NOMINATOR,
    "manager.return_list": NO_NOMINATOR,
    "manager.open_round": RUN,
    "manager.person_folder": Subject(ids(ref="person"), who("manager", "programs")),
    "manager.person_numbers": Subject(ids(ref="person"), who("manager", "programs")),
    "manager.person_file": Subject(ids(ref="person"), who("manager", "programs")),
    "manager.destruction": Subject(None),  # nothing of the town is old enough; tests/services/test_retention.py
    "manager.revoke_leave": Subject(None),
    "manager.role_list": RUN,
    "manager.role_list_drop": LIST_OF_ROUND,
    "manager.role_list_errors": LIST_OF_ROUND,
    "manager.role_list_preview": LIST_OF_ROUND,
    "manager.role_list_template": RUN,
    "manager.round_applications": RUN,
    "manager.round_page": RUN,
    "manager.round_retention": RUN,
    "manager.scoring_act": NOBODY_RATED,
    "manager.scoring_assign": SHEETS,
    "manager.scoring_board": SHEETS,
    "manager.scoring_case": NOBODY_RATED,
    "manager.scoring_close": SHEETS,
    "manager.scoring_draw": SHEETS,
    "manager.scoring_publish": Subject(ids(ref="round_ref", stage="=expert"), RUNNERS),
    "manager.staff": RUN,
    "public.check": Subject(ROUND, frozenset(IDENTITIES)),
    "public.help_for": Subject(ids(who="=reviewer"), frozenset(IDENTITIES)),
    "public.program": Subject(ROUND, frozenset(IDENTITIES)),
    "reviewer.act": Subject(ITEM, READERS),
    "reviewer.act_on_case": Subject(CASE, READERS),
    "reviewer.case": Subject(CASE, READERS, DRAFT),
    "reviewer.ballot": NO_MEETING,
    "reviewer.declare": NO_SHEET,
    "manager.count_ballots": NO_MEETING,
    "manager.recusals": Subject(CASE, who("manager")),
    "applicant.certificate": NOBODY_RECOGNIZED,
    "applicant.certificate_act": NOBODY_RECOGNIZED,
    "applicant.renew": NOBODY_RECOGNIZED,
    "applicant.certificate_file": NOBODY_RECOGNIZED,
    "applicant.provide": NOBODY_RECOGNIZED,
    "account.points_confirm": NOBODY_RECOGNIZED,
    "account.points_entry": Subject(None),
    "account.points_file": NOBODY_RECOGNIZED,
    "account.points_ledger": NOBODY_RECOGNIZED,
    "account.points_new": Subject(ids(ref="case", item="=study")),
    "account.points_print": NOBODY_RECOGNIZED,
    "applicant.training_in": Subject(None),
    "applicant.training_sign": Subject(None),  # tests/web/test_trainings.py schedules some
    "reviewer.points_list": Subject(ROUND),  # tests/web/test_points_list.py
    "reviewer.points_list_drop": NO_LIST,
    "reviewer.points_list_errors": NO_LIST,
    "reviewer.points_list_preview": NO_LIST,
    "reviewer.points_list_template": Subject(ROUND),
    "reviewer.points_people_of": Subject(ROUND),
    "reviewer.training": Subject(None),
    "reviewer.training_cancel": Subject(None),
    "reviewer.training_door": Subject(None),
    "reviewer.training_new": Subject(None),
    "reviewer.training_sheet": Subject(None),
    "duties.act": NOBODY_RECOGNIZED,
    "duties.follow_up": NOBODY_RECOGNIZED,
    "duties.heat": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "duties.round_task": Subject(None),
    "duties.task": Subject(None),
    "applicant.acknowledge": Subject(ids(ref="case", no="=1")),
    "manager.fact_list": Subject(ROUND, who("manager", "unassigned")),  # outside checks; the data of its office
    "manager.fact_list_drop": NO_LIST,
    "manager.fact_list_errors": NO_LIST,
    "manager.fact_list_preview": NO_LIST,
    "manager.fact_list_template": Subject(ROUND, who("manager", "unassigned")),
    "manager.facts": Subject(CASE, who("assigned", "manager", "unassigned")),
    "manager.payment": Subject(ids(ref="case", no="=1")),
    "manager.payments_for": NOBODY_RECOGNIZED,
    "manager.payouts_file": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "manager.payouts_page": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "manager.award": RUN,
    "manager.award_record": Subject(CASE),  # its award records nothing; tests/web/test_awards.py has one that does
    "manager.award_for": Subject(CASE, READERS),
    "manager.recognition": NOBODY_RECOGNIZED,
    "manager.recognition_act": NOBODY_RECOGNIZED,
    "manager.recognition_file": NOBODY_RECOGNIZED,
    "public.verified": Subject(None),
    "manager.joint_ask": NOBODY_ASKED,
    "manager.joint_conclude": NOBODY_ASKED,
    "manager.joint_confirm": LED,
    "manager.joint_detail": NOBODY_ASKED,
    "manager.joint_matrix": LED,
    "manager.call_meeting": HALL,
    "manager.cancel_meeting": NO_MEETING,
    "manager.close_out_alternates": NO_MEETING,
    "manager.enter_meeting": NO_MEETING,
    "manager.finalize_meeting": NO_MEETING,
    "manager.keep_meeting": NO_MEETING,
    "manager.leave_out": NO_MEETING,
    "manager.meeting": NO_MEETING,
    "manager.meeting_agenda": NO_MEETING,
    "manager.meeting_aside": NO_MEETING,
    "manager.meeting_case": NO_MEETING,
    "manager.meeting_tally": NO_MEETING,
    "manager.meeting_tie": NO_MEETING,
    "manager.minutes": NO_MEETING,
    "manager.promote_alternate": NO_MEETING,
    "manager.record_meeting": NO_MEETING,
    "manager.publish_meeting": NO_MEETING,
    "manager.suppose": NO_MEETING,
    "manager.joint_pass": LED,
    "manager.joint_person": NOBODY_ASKED,
    "manager.joint_remind": LED,
    "manager.certificates_zip": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "manager.ledger": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "manager.overview": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "manager.print_application": Subject(CASE, READERS | OWNER, DRAFT, WRITER),
    "manager.report": Subject(ROUND, who("manager"), OTHER_ROUND, who("stranger")),
    "reviewer.joint_item": NOBODY_ASKED,
    "reviewer.joint_look": NOBODY_ASKED,
    "manager.end_notice": NO_NOTICE,
    "nominator.bulk": NO_NOMINATOR,
    "nominator.bulk_drop": NO_NOMINATOR,
    "nominator.bulk_errors": NO_NOMINATOR,
    "nominator.bulk_preview": NO_NOMINATOR,
    "nominator.bulk_template": NO_NOMINATOR,
    "nominator.desk": NO_NOMINATOR,
    "nominator.hand_in": NO_NOMINATOR,
    "nominator.order": NO_NOMINATOR,
    "nominator.seal": NO_NOMINATOR,
    "nominator.sheet": NO_NOMINATOR,
    "nominator.lists": Subject(None),  # no office of the town puts people forward by itself; tests/web/test_lists.py
    "nominator.put_forward": Subject(None),
    "nominator.send_again": Subject(None),  # nobody of the town has to confirm; in tests/web/test_nominator.py some do
    "manager.new_notice": DRAWN_UP,
    "manager.notice": NO_NOTICE,
    "manager.notices": RUN,
    "manager.take_down": NO_NOTICE,
    "public.notice": NO_NOTICE,
    "public.object_to": NO_NOTICE,
    "reviewer.by_hand": NO_NOTICE,
    "reviewer.evidence": NO_NOTICE,
    "reviewer.objection": NO_NOTICE,
    "reviewer.objector": NO_NOTICE,
    "reviewer.hand_over": Subject(ITEM, who("assigned", "manager")),
    "reviewer.item": Subject(ITEM, READERS),
    "reviewer.look": Subject(ITEM, READERS),
    "reviewer.peek": Subject(ITEM, READERS),
    "reviewer.results_drop": NO_LIST,
    "reviewer.results_errors": NO_LIST,
    "reviewer.results_preview": NO_LIST,
    "reviewer.results_table": TABLE,
    "reviewer.results_upload": TABLE,
    "reviewer.drop_view": Subject(None),  # nobody of the town keeps a view; tests/web/test_queue.py keeps some
    "reviewer.carry": Subject(None),  # its check records no file; tests/web/test_screening.py has one that does
    "reviewer.keep_rating": NO_SHEET,
    "reviewer.rate": NO_SHEET,
    "reviewer.recuse": Subject(ITEM, who("assigned")),
    "studio.act": NO_DRAFT,
    "studio.discard": NO_DRAFT,
    "studio.draft": NO_DRAFT,
    "studio.file": NO_DRAFT,
    "studio.log": NO_DRAFT,
    "studio.publish": NO_DRAFT,
    "studio.readback": NO_DRAFT,
    "studio.sheet": NO_DRAFT,
    "studio.text": NO_DRAFT,
    "studio.trial": NO_DRAFT,
    "studio.trials": NO_DRAFT,
    "studio.what_if": NO_DRAFT,
    "studio.what_if_of": NO_DRAFT,
    "studio.what_if_table": NO_DRAFT,
    "studio.pinned_cases": Subject(ids(ref="program_ref"), who("programs")),
    "studio.version_cases": Subject(ids(ref="program_ref", number="=1"), who("programs")),
}
DEAD_LINKS_SPEAK = {
    "account.invitation", "account.register_code", "account.reset_code", "applicant.confirm", "applicant.confirm_award",
}  # fmt: skip
"""A link that is dead says so (422), or asks for a code that never comes, to whoever holds it."""

BODIES = {"files.open_sealed": {"reason": "核对"}}
"""What an act asks before it looks for its subject, so that everybody gets the same answer without it."""

BRIEFLY = {"Accept": "application/json"}
"""Thousands of refusals need no page each; tests/web/test_errors.py reads their pages."""


# -- what the door says ------------------------------------------------------------------------------------------------
def actors(made: Town) -> dict[str, Actor]:
    with reading() as session:
        found = {row.login: row.id for row in session.scalars(select(Account))}
    known = {name: sessions.actor_of(found[login], made.now) for name, login in LOGINS.items()}
    return {**known, "anonymous": ANONYMOUS, "disabled": ANONYMOUS}


def routes(app: Flask) -> list[Declared]:
    return sorted((one for one in declarations(app) if one.endpoint != "static"), key=lambda one: one.endpoint)


def arguments(rule: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", rule)


def path_of(rule: str, values: Mapping[str, object]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule)


def made_up(rule: str) -> dict[str, object]:
    return {name: 1 if f"int:{name}" in rule else MADE_UP for name in arguments(rule)}


@dataclass(frozen=True)
class Try:
    route: Declared
    name: str
    path: str
    there: bool  # the subject is there for this visitor
    seen: bool = False


def tries(app: Flask, made: Town, known: Mapping[str, Actor], *, one_each: bool = False) -> Iterator[Try]:
    """Whoever the door turns away asks for one thing that is there: a door does not look at what stands behind it."""
    for one in routes(app):
        assert one.door is not None
        for name in IDENTITIES:
            asked = _asked(one, name, made)
            yield from asked if admits(one.door, known[name]) and not one_each else asked[:1]


def _asked(one: Declared, name: str, made: Town) -> list[Try]:
    if not arguments(one.rule):
        return [Try(one, name, one.rule, True)]
    subject = SUBJECTS.get(one.endpoint)
    assert subject is not None, f"{one.endpoint} has a subject and stands in no table"
    found = []
    if subject.ours is not None:
        ours = path_of(one.rule, subject.ours(made))
        found.append(Try(one, name, ours, name in subject.to, name in subject.seen_by))
    if subject.theirs is not None:
        found.append(Try(one, name, path_of(one.rule, subject.theirs(made)), name in subject.their_to))
    return [*found, Try(one, name, path_of(one.rule, made_up(one.rule)), False)]


def wrong(asked: Try, status: int, actor: Actor, sending: bool = False) -> str | None:
    """Why this status is not what the door, then the subject, would say; None when it is."""
    door = asked.route.door
    assert door is not None
    open_to_all = door.visitor in (Visitor.PUBLIC, Visitor.LINK)
    if status >= 500:
        expected = "never a fault"
    elif not open_to_all and asked.name in OUT:
        expected = "" if status in ((401,) if sending else (303,)) else "sign in first"
    elif not admits(door, actor):
        expected = "" if status == 403 else "not your room"
    elif not asked.there:
        fine: tuple[int, ...] = (404, 422, 200) if asked.route.endpoint in DEAD_LINKS_SPEAK else (404,)
        fine = (403, 404, 409, 422) if asked.seen else fine
        expected = "" if status in fine else "not there"
    elif not sending and not arguments(asked.route.rule):
        expected = "" if status == 200 else "a page"
    else:
        expected = "" if status not in (403, 404) else "there"
    return f"{asked.route.endpoint} {asked.path} as {asked.name}: {status}, expected: {expected}" if expected else None


# -- what stands in the tables -----------------------------------------------------------------------------------------
_NOT_COMPARED = {"heartbeat", "login_attempt"}
_ACCESS = ("application_access", "person_access")


def standing() -> dict[str, str]:
    """A digest of every table, but for what merely looking may change."""
    digests = {}
    with reading() as session:
        looks = set(session.scalars(select(Stream.id).where(Stream.kind.in_(_ACCESS))))
        for name, table in sorted(Base.metadata.tables.items()):
            if name in _NOT_COMPARED:
                continue
            columns = [column for column in table.columns if column.name != "last_seen_at"]
            rows = session.execute(select(*columns).order_by(*table.primary_key.columns)).mappings()
            kept = [dict(row) for row in rows if row.get("stream_id") not in looks and row.get("kind") not in _ACCESS]
            digests[name] = hashlib.sha256(repr(kept).encode()).hexdigest()
    return digests


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [name for name, digest in after.items() if before[name] != digest]


# -- the matrix --------------------------------------------------------------------------------------------------------
def test_every_route_with_a_subject_stands_in_the_table(house: Flask) -> None:
    with_subject = {one.endpoint for one in routes(house) if arguments(one.rule)}
    assert with_subject == set(SUBJECTS)


def test_every_look_is_answered_as_declared_and_changes_nothing(app: Flask, now: datetime) -> None:
    made = town(now)
    browsers, known = visitors(app), actors(made)
    faults, before = [], standing()
    for asked in tries(app, made, known):
        if "GET" in asked.route.methods and asked.route.door:
            opens = asked.there and admits(asked.route.door, known[asked.name])
            headers = None if opens or asked.name in OUT else BRIEFLY
            status = browsers[asked.name].get(asked.path, headers=headers).status_code
            faults += [why for why in [wrong(asked, status, known[asked.name])] if why]
    assert not faults, "\n".join(faults)
    assert changed(before, standing()) == []


def test_an_act_without_the_form_token_is_refused_and_changes_nothing(app: Flask, now: datetime) -> None:
    made = town(now)
    browsers, known = visitors(app), actors(made)
    taken, before = [], standing()
    for asked in tries(app, made, known, one_each=True):  # what is not there is refused with a token, too: below
        if "POST" in asked.route.methods:
            status = browsers[asked.name].post(asked.path, headers=BRIEFLY).status_code
            if status not in (400, 401, 403, 404):
                taken.append(f"{asked.route.endpoint} as {asked.name}: {status}")
    assert known
    assert not taken, "\n".join(taken)
    assert changed(before, standing()) == []


def test_an_act_on_what_is_not_there_is_refused_and_changes_nothing(app: Flask, now: datetime) -> None:
    """With a right token and an empty form, by everybody for whom the thing is not there."""
    made = town(now)
    browsers, known = visitors(app), actors(made)
    tokens = {name: csrf(browser, "/settings") for name, browser in browsers.items()}
    faults, before = [], standing()
    for asked in tries(app, made, known):
        door = asked.route.door
        if "POST" not in asked.route.methods or door is None or (asked.there and admits(door, known[asked.name])):
            continue
        status = _send(browsers[asked.name], asked, tokens[asked.name], BRIEFLY)
        faults += [why for why in [wrong(asked, status, known[asked.name], sending=True)] if why]
    assert not faults, "\n".join(faults)
    assert changed(before, standing()) == []


def test_an_empty_form_never_ends_in_a_fault(app: Flask, now: datetime) -> None:
    """Where the door is open and the thing is there: taken, or refused in words."""
    made = town(now)
    browsers, known = visitors(app), actors(made)
    tokens = {name: csrf(browser, "/settings") for name, browser in browsers.items()}
    faults = []
    for asked in tries(app, made, known):
        door = asked.route.door
        if "POST" not in asked.route.methods or door is None or not (asked.there and admits(door, known[asked.name])):
            continue
        if asked.route.endpoint not in ("account.logout", "account.end_other_sessions"):
            status = _send(browsers[asked.name], asked, tokens[asked.name])
            faults += [f"{asked.route.endpoint} as {asked.name}: {status}"] if status >= 500 else []
    assert not faults, "\n".join(faults)


def _send(browser: FlaskClient, asked: Try, token: str, headers: Mapping[str, str] | None = None) -> int:
    body = {"csrf_token": token, **BODIES.get(asked.route.endpoint, {})}
    return browser.post(asked.path, data=body, headers=headers).status_code
