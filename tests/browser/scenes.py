"""What there is to see: towns with cases before every kind of stage, and where one walks in them.

`tests/browser/test_every_page.py` walks them. A stop names a route by its endpoint; its values are names of what the
scene made, or plain words after `=`.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select, update

from models.accounts import Account
from models.awards import RecognitionRow
from models.base import reading, writing
from models.deliveries import Delivery
from models.duties import RoundDuty
from models.loads import DataLoad
from models.people import Person, PersonToken
from models.roles import RoleBinding
from models.rounds import Round
from models.work import Conflict, WorkItem
from tests import applying
from tests.services import found as data_found
from tests.services import monthly, signed
from tests.services.earning import Earning
from tests.services.following import Grown
from tests.services.houses import account, last_secret
from tests.services.issued import Grounds, papers, recording_award, standing
from tests.services.jointly import BY, GROUNDS, JointPlot
from tests.services.listed import Listing
from tests.services.panels import Panel
from tests.services.plots import Plot
from tests.services.posts import reachable
from tests.services.seated import Assembly, assembly
from tests.services.sheets import id_number, sheet
from tests.services.taught import School
from tests.services.test_studio_adopting import next_version as revised
from tests.services.test_trainings import scheduled
from tests.services.test_validity import revoked
from tests.services.villages import NEXT_VILLAGE, Villages
from tests.services.yongning import JUNCAI, Yongning
from tests.stories import OBJECTING, Story
from tests.web.town import give_passwords, town
from workflow.domain.actor import ANONYMOUS, Actor, Office
from workflow.domain.errors import NotDeclared
from workflow.domain.program.editing import Put
from workflow.services import (
    accounts,
    actions,
    administration,
    clarifications,
    clock,
    declarations,
    erasing,
    imports,
    meetings_board,
    meetings_casting,
    meetings_final,
    meetings_sitting,
    meetings_supposed,
    merging,
    nominating_list,
    nominators,
    objections,
    person_file,
    points,
    programs,
    recognitions,
    reminders,
    retention,
    retention_due,
    series,
    sessions,
    signed_forms,
    signing_in,
    starting,
    submissions,
    timely,
    trainings,
    trainings_door,
    trainings_own,
)
from workflow.services import people as register
from workflow.services.casework import find
from workflow.services.imports_found import FoundPeople
from workflow.services.meetings_sitting import Entered
from workflow.services.nominating_list import Where
from workflow.services.objections import Given
from workflow.services.studio import adopting, background, drafts, editing, supposing, trying

NAMES = ("秦牧野", "沈知予", "梁小满", "卢也", "吴霁", "董时雨", "贺之恒", "方竹青", "钱晚", "许拾")
NOBODY = ""
"""Who has not signed in."""


@dataclass(frozen=True)
class Stop:
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    status: int = 200

    def names(self, made: Any) -> dict[str, object]:
        return {key: name[1:] if name[0] == "=" else getattr(made, name) for key, name in self.values.items()}


def at(endpoint: str, query: str = "", status: int = 200, **values: str) -> Stop:
    return Stop(endpoint, values, query, status)


@dataclass(frozen=True)
class Scene:
    build: Callable[[datetime, Path], Any]
    stops: Mapping[str, tuple[Stop, ...]]
    """Who walks -> where. The name of a login, else the name under which the scene made one."""


def named(refs: list[str], *names: str) -> None:
    with writing() as session:
        for ref, name in zip(refs, names or NAMES, strict=False):
            session.get_one(Person, find(session, ref).person_id).name = name


def login_of(number: int | None) -> str:
    with reading() as session:
        return str(session.get_one(Account, number).login)


# -- whoever applies ---------------------------------------------------------------------------------------------------
def applied(now: datetime, folder: Path) -> Any:
    """A draft, a case handed in, one returned, one refused, one that waits for its person."""
    story = Story(now, folder, OBJECTING)
    made = SimpleNamespace(round_ref=story.place.round_ref)
    writer = account(now, "writer", name="叶梓桐")
    made.draft = applying.started(story.place, writer, now)
    made.sent = story.submitted()
    made.returned, made.refused = story.at_formal(), story.at_formal()
    flagged = {"employment_proof": {"verdict": "flag", "comment": "看不清"}}
    story.act(made.returned, "return", "clerk", verdicts=flagged, flags={"results.1.effect": "要有数字"})
    story.act(made.refused, "refuse", "clerk", reason="不在本区参保")
    boss = story["employer"]
    ref = starting.start(made.round_ref, "employer", "pattern", boss, now, for_another=True)
    applying.filled(ref, boss, now, id_no=applying.id_number(40))
    submissions.submit(ref, boss, now)
    made.token = last_secret(now, "confirm_link")
    return made


APPLIED = Scene(
    applied,
    {
        "writer": (
            at("applicant.mine"),
            at("applicant.start", ref="round_ref"),
            *(
                at("applicant.section", "?missing=1", ref="draft", section=f"={section}")
                for section in ("person", "work", "files", "pledge")
            ),
            at("applicant.check", ref="draft"),
        ),
        "person0": tuple(
            at(f"applicant.{one}", ref="sent") for one in ("status", "receipt", "answers", "judges", "withdraw")
        ),
        "person1": (at("applicant.status", ref="returned"), at("applicant.correct", ref="returned")),
        "person2": (at("applicant.status", ref="refused"), at("applicant.appeal", ref="refused")),
        NOBODY: (at("applicant.confirm", token="token"), at("applicant.confirmed")),
    },
)


def unsigned(now: datetime, folder: Path) -> Any:
    """Two people without an account: one has to sign, the other's signed form came in and was given back."""
    place = applying.intake(now, folder, signed.PROGRAM)
    boss = applying.bind(account(now, "boss", name="人事专员"), "employer_admin", place, now, place.employer_id)
    second = applying.bind(account(now, "second"), "employer_admin", place, now, place.employer_id)
    clerk = applying.bind(account(now, "clerk"), "intake", place, now)
    made = SimpleNamespace()
    made.returned, made.waiting = (
        signed.waits(place, boss, now, id_no=applying.id_number(number)) for number in (50, 51)
    )
    signed_forms.hand_in(made.returned, signed_forms.shown(made.returned, boss, now).seal, signed.scan(), boss, now)
    signed.returned_for_the_years(second, clerk, now)
    give_passwords()
    return made


UNSIGNED = Scene(
    unsigned,
    {
        "boss": (
            at("nominator.home"),
            at("applicant.status", ref="waiting"),
            at("applicant.receipt", ref="waiting"),
            at("applicant.signed", ref="waiting"),
            at("applicant.signed_print", ref="waiting"),
            at("applicant.signed", ref="returned"),
            at("applicant.correct", ref="returned"),
        ),
        "clerk": (at("reviewer.case", ref="returned"),),
    },
)


# -- those who check ---------------------------------------------------------------------------------------------------
def checked(now: datetime, folder: Path) -> Any:
    story = Story(now - timedelta(minutes=5), folder)
    refs = [story.at_formal(modeling="no" if number == 2 else "yes") for number in range(4)]
    story.act(refs[0], "judge", "clerk2", verdicts=story.all_ok(refs[0], "clerk2"))
    endorse = story.submitted(channel="employer")
    eligible = story.at_eligibility()
    actions.perform(
        story.item(refs[3]), "return", story.people["clerk"], now, inputs={"flags": {"portfolio": "缺反面"}}
    )
    for place, inside in (("rule:E1", False), ("rule:E2", True), ("field:portfolio", False), ("", False)):
        clarifications.write(
            story.people["manager"], now, story.place.round_ref, place=place, question="社保断过一个月算不算连续？",
            answer="补缴的算。\n没有补缴的，从续上那个月起算。", basis="办法第四条（一）", inside=inside,
        )  # fmt: skip
    return SimpleNamespace(
        round_ref=story.place.round_ref, said=f"?case={refs[3]}&said=0", case=refs[1], item=story.item(refs[1]),
        unsure=story.item(refs[2]), asked=story.item(endorse),
        eligible=story.item(eligible),
    )  # fmt: skip


CHECKED = Scene(
    checked,
    {
        "clerk": (
            at("reviewer.queue"),
            at("reviewer.queue", "?view=done"),
            at("reviewer.find", "?q=ye"),
            at("reviewer.item", ref="item"),
            at("reviewer.item", ref="unsure"),
            at("reviewer.hand_over", ref="item"),
            at("reviewer.recuse", ref="item"),
            at("reviewer.case", ref="case"),
            at("reviewer.clarifications"),
        ),
        "hr": (at("reviewer.item", ref="eligible"),),
        "employer": (at("nominator.home"), at("reviewer.item", ref="asked")),
        "manager": (
            at("manager.print_application", ref="case"),
            at("manager.applications"),
            at("manager.clarifications", "said", ref="round_ref"),
        ),
        NOBODY: (at("public.program", ref="round_ref"),),
    },
)


# -- those who score ---------------------------------------------------------------------------------------------------
def scored(now: datetime, _: Path) -> Any:
    panel = Panel(now - timedelta(minutes=5))
    practical, (ref, other) = panel.at_practical()[0], panel.at_panel(2)
    named([practical, ref, other])
    for given, rater in zip((60, 80, 82, 84, 99), panel.seated(ref), strict=True):
        panel.hand_in(ref, rater, effect=given, teaching=given)
    seat = panel.seated(other)[0]
    give_passwords()
    return SimpleNamespace(
        round_ref=panel.round_ref, case=ref, practical=panel.sheet_of(practical, panel.people["examiner_1"]),
        expert=panel.sheet_of(other, seat), rater=login_of(seat.account_id),
    )  # fmt: skip


SCORED = Scene(
    scored,
    {
        "examiner_1": (at("reviewer.item", ref="practical"),),
        "rater": (at("reviewer.queue"), at("reviewer.item", ref="expert")),
        "manager": (
            at("manager.scoring_stages"),
            at("manager.scoring_board", ref="round_ref", stage="=expert"),
            at("manager.scoring_case", ref="case", stage="=expert"),
        ),
    },
)


def taught(now: datetime, _: Path) -> Any:
    school = School(now)
    one, two, three = (school.named(ref) for ref in school.bring(3))
    table = sheet(("编号", "姓名", "卷面成绩"), (*one, "88"), (*two, "101"), (three[0], "别的人", "70"))
    give_passwords()
    return SimpleNamespace(round_ref=school.place().round_ref, staged=imports.stage(school["school"], table, now))


TAUGHT = Scene(
    taught,
    {
        "school": (
            at("reviewer.results"),
            at("reviewer.results_upload", ref="round_ref", stage="=theory"),
            at("reviewer.results_preview", ref="round_ref", stage="=theory", staged="staged"),
        )
    },
)


# -- a joint check -----------------------------------------------------------------------------------------------------
def asked_jointly(now: datetime, _: Path) -> Any:
    plot = JointPlot(now - timedelta(minutes=5))
    refs = plot.asked(4)
    named(refs)
    plot.everybody(refs[0])
    plot.everybody(refs[1], roles=BY[:2])
    plot.say(refs[1], "market", GROUNDS)
    plot.everybody(refs[2], roles=BY[:3])
    plot.say(refs[2], "market", "unknown")
    give_passwords()
    joint_items = [plot.question(ref, "court") for ref in (refs[1], refs[3])]
    return SimpleNamespace(
        round_ref=plot.round_ref, objected=refs[1], unknown=refs[2], item=joint_items[0], clear=refs[0],
        pick=f"?pick={joint_items[0]}&pick={joint_items[1]}", picked=f"?pick={refs[0]}", cell=f"?cell={refs[1]}:market",
    )  # fmt: skip


JOINT = Scene(
    asked_jointly,
    {
        "court": (
            at("reviewer.joint_list"),
            at("reviewer.joint_item", "?say=issue", ref="item"),
            at("reviewer.joint_confirm", "pick"),
        ),
        "manager": (
            at("manager.joint_checks"),
            at("manager.joint_matrix", "cell", ref="round_ref", stage="=joint"),
            at("manager.joint_person", ref="objected"),
            at("manager.joint_person", ref="unknown"),
            at("manager.joint_confirm", "picked", ref="round_ref", stage="=joint"),
            at("manager.home"),
            at("manager.overview", ref="round_ref"),
            at("manager.report", ref="round_ref"),
        ),
    },
)


# -- a meeting ---------------------------------------------------------------------------------------------------------
def called(now: datetime, _: Path) -> Any:
    """Votes are in, two cases stand level, nothing is final."""
    hall = assembly(now, {})
    hall.refs = hall.plot.plant(8)
    marks = iter(((94, 91, 92, 95, 90), (92, 90, 93, 88, 91), (95, 92, 90, 70, 91), (89, 91, 90, 88, 92),
                  (88, 90, 87, 91, 86), (90, 84, 86, 88, 89), (85, 87, 88, 84, 90), (72, 70, 71, 75, 68)))  # fmt: skip
    for ref, track in zip(hall.refs, ("pattern",) * 4 + ("craft",) * 3 + ("media",), strict=True):
        hall.judge(ref, track, dict(zip(range(11, 16), next(marks), strict=True)))
    _seats(hall, 5)
    named(hall.refs)
    with writing() as session:
        near = find(session, hall.refs[4]).id
        session.add(Conflict(account_id=hall.committee[3].id, application_id=near, ground="employer", noted_at=now))
    hall.plot.plant(2)
    ref = hall.call()
    hall.enter(ref, hall.all_for())
    give_passwords()
    what = meetings_supposed.What(places=4, case=hall.refs[1], decision="refuse", rater=3)
    whatif = f"?trial={meetings_supposed.suppose(hall.manager, now, ref, what)}"
    return SimpleNamespace(round_ref=hall.plot.round_ref, ref=ref, case=hall.refs[4], tie=hall.refs[1], whatif=whatif)


def ripe(now: datetime, _: Path) -> Any:
    """Nobody has called the meeting so far."""
    hall = assembly(now, {"pattern": [9233]})
    give_passwords()
    return SimpleNamespace(round_ref=hall.plot.round_ref)


def closed(now: datetime, _: Path) -> Any:
    """The list is final; one stands by."""
    hall = assembly(now, {"pattern": [9233, 9100, 8900]})
    _seats(hall, 2)
    named(hall.refs)
    ref = hall.call()
    hall.enter(ref, hall.all_for())
    board = meetings_board.board(hall.manager, ref, now)
    meetings_final.finalize(hall.manager, now, ref, seen=board.version)
    give_passwords()
    return SimpleNamespace(ref=ref)


def _seats(hall: Assembly, places: int) -> None:
    with writing() as session:
        session.get_one(Round, hall.plot.round_id).settings = {"places": str(places)}


MEETING = Scene(
    called,
    {
        "manager": (
            at("manager.meetings_page"),
            *(
                at(f"manager.{one}", ref="ref")
                for one in (
                    "meeting", "meeting_aside", "finalize_meeting", "cancel_meeting", "meeting_agenda", "meeting_tally",
                )
            ),
            at("manager.meeting", "whatif", ref="ref"),
            at("manager.meeting_case", ref="ref", case="case"),
            at("manager.meeting_tie", ref="ref", case="tie"),
        )
    },
)  # fmt: skip


def voting(now: datetime, _: Path) -> Any:
    """Members vote themselves: one has declared and may vote, one still has to speak, one is too near."""
    hall = assembly(now, {"pattern": [9233, 9100]}, members=3)
    named(hall.refs)
    ref = hall.call()
    meetings_sitting.enter(hall.manager, now, ref, Entered(hall.all_present()))
    items = {number: owed_by(hall.member(number), ref) for number in (1, 2, 3)}
    for number in (1, 3):
        paper = declarations.paper(items[number], hall.member(number), now)
        asked = [one.item for one in paper.asked] if paper is not None else []
        near = {asked[0]: "同一单位"} if number == 3 else {}
        declarations.declare(asked, near, hall.member(number), now)
    give_passwords()
    return SimpleNamespace(ref=ref, item=items[2], case=hall.refs[0])


def owed_by(member: Actor, meeting: str) -> str:
    """The item on which this member has to say first whether they are too near."""
    try:
        meetings_casting.own(member, meeting)
    except NotDeclared as first:
        return first.item
    return ""


VOTING = Scene(
    voting,
    {
        "member1": (at("reviewer.ballot", ref="ref"),),
        "member2": (at("reviewer.declare", ref="item"),),
        "manager": (at("manager.recusals", ref="case"),),
    },
)
RIPE = Scene(
    ripe,
    {"manager": (at("manager.meetings_page"), at("manager.call_meeting", ref="round_ref", stage="=meeting"))},
)
FINAL = Scene(
    closed,
    {
        "manager": tuple(
            at(f"manager.{one}", ref="ref") for one in ("meeting", "promote_alternate", "close_out_alternates")
        )
    },
)


# -- a public notice ---------------------------------------------------------------------------------------------------
def published(now: datetime, _: Path) -> Any:
    listing = Listing(now - timedelta(seconds=1))
    listing.waiting(6)
    ref = listing.publish(
        datetime.now(UTC),
    )
    said = Given(
        line=1, facts="2024年3月的业绩是别人做的，有合同为证", name="冯晚照", phone="13805710001", consent=True
    )
    objection = objections.receive(ref, said, ANONYMOUS, "203.0.113.7", datetime.now(UTC))
    listing.waiting(2)
    give_passwords()
    return SimpleNamespace(round_ref=listing.round_ref, ref=ref, objection=objection)


NOTICE = Scene(
    published,
    {
        NOBODY: (
            at("public.home"),
            at("public.search", "?q=%E5%85%AC%E7%A4%BA"),
            at("public.notices"),
            at("public.notice", ref="ref"),
            at("public.object_to", ref="ref"),
        ),
        "manager": (
            at("manager.notices", ref="round_ref"),
            at("manager.new_notice", ref="round_ref", stage="=notice"),
            at("manager.notice", ref="ref"),
            at("manager.take_down", ref="ref"),
        ),
        "supervisor": (
            at("reviewer.register"),
            at("reviewer.objection", ref="objection"),
            at("reviewer.by_hand", ref="ref"),
        ),
    },
)  # fmt: skip


# -- the nominator's desk ----------------------------------------------------------------------------------------------
def nominated(now: datetime, folder: Path) -> Any:
    """A ranked list of two in the open, and one of another enterprise that was handed in with its sealed page."""
    here = Yongning(now, folder)
    here.admit("peers", "works", "rival")
    for who in ("boss", "boss", "rival_boss"):
        here.nominated("peers", who)
    rival = Where(here.rounds[JUNCAI], "peers", here.unit_refs["rival"])
    version = nominating_list.desk(here["rival_boss"], now, rival).version
    nominating_list.hand_in(here["rival_boss"], now, rival, version, "盖章页.png", BytesIO(applying.picture()))
    rows = sheet(("姓名", "证件号码", "类别"), ("候甲子", "110105199001011237", "支柱产业"), ("", "x", "无"))
    give_passwords()
    return SimpleNamespace(
        round_ref=here.rounds[JUNCAI], works=here.unit_refs["works"], rival=here.unit_refs["rival"],
        staged=imports.stage(here["boss"], rows, now),
    )  # fmt: skip


def _desk(endpoint: str, unit: str, **more: str) -> Stop:
    return at(endpoint, ref="round_ref", channel="=peers", unit=unit, **more)


NOMINATED = Scene(
    nominated,
    {
        "boss": (
            _desk("nominator.desk", "works"),
            _desk("nominator.sheet", "works"),
            _desk("nominator.bulk", "works"),
            _desk("nominator.bulk_preview", "works", staged="staged"),
        ),
        "rival_boss": (_desk("nominator.desk", "rival"),),
        "manager": (_desk("manager.return_list", "rival"),),
    },
)


# -- an award ----------------------------------------------------------------------------------------------------------
def awarded(now: datetime, _: Path) -> Any:
    """Cases that wait, and recognitions valid, replaced, run out, revoked, and asked to answer."""
    plot = Grounds(now)
    waiting = plot.before_award(1, provided=False)[0]
    plot.identify(waiting)
    plot.before_award(1)
    plot.before_award(1, shown=False)
    valid, replaced, over, asking = (plot.recognized() for _ in range(4))
    timely.carry_out(now)
    recognitions.reissue(replaced, plot.people["manager"], now, why="lost", reason="遗失")
    gone = revoked(plot, now)
    plot.act(asking, "open_exit", "manager", now, exit="fraud", basis="核查不实")
    plot.act(asking, "notify", "manager", now, alleged="合同是伪造的")
    named([waiting, valid, replaced, over, asking, gone])
    rows = {ref: standing(ref).id for ref in (over, valid)}
    with writing() as session:
        for ref, days in ((over, -1), (valid, 30)):
            row = session.get_one(RecognitionRow, rows[ref])
            row.recognized_on, row.valid_until = plot.today - timedelta(days=400), plot.today + timedelta(days=days)
    give_passwords()
    tokens = {f"of_{name}": papers(ref)[0].token for name, ref in
              {"over": over, "valid": valid, "replaced": replaced, "gone": gone}.items()}  # fmt: skip
    logins = {name: login_of(plot.owners[ref].account_id) for name, ref in {"holder": asking, "asked": waiting}.items()}
    return SimpleNamespace(
        round_ref=plot.round_ref, waiting=waiting, valid=valid, asking=asking, gone=gone, **tokens, **logins
    )


AWARD = Scene(
    awarded,
    {
        NOBODY: (
            at("public.verify"),
            at("public.verified", status=404, token="=" + "A" * 32),
            *(at("public.verified", token=f"of_{one}") for one in ("over", "valid", "replaced", "gone")),
        ),
        "holder": (at("applicant.status", ref="asking"), at("applicant.certificate", ref="asking")),
        "asked": (at("applicant.status", ref="waiting"), at("applicant.provide", ref="waiting")),
        "manager": (
            at("manager.award", ref="round_ref"),
            at("manager.recognized"),
            *(at("manager.recognition", ref=one) for one in ("valid", "asking", "gone")),
            at("manager.payouts_page", ref="round_ref"),
            at("manager.payouts_file", ref="round_ref"),
            at("manager.payment", ref="valid", no="=1"),
            at("manager.payment", ref="asking", no="=1"),
        ),
        "hr": (at("manager.facts", ref="valid"), at("manager.fact_list", ref="round_ref")),
    },
)


def written_down(now: datetime, _: Path) -> Any:
    """Somebody of whom the office writes something down before the certificate."""
    plot = Grounds(now, source=recording_award())
    (ref,) = plot.before_award()
    give_passwords()
    return SimpleNamespace(ref=ref)


WRITTEN = Scene(written_down, {"manager": (at("manager.award_record", ref="ref"),)})


# -- after a recognition -----------------------------------------------------------------------------------------------
def followed(_now: datetime, folder: Path) -> Any:
    """Somebody recognized in September: a quarter is due, a log is overdue, the half-year to come."""
    made = Grown(datetime(2026, 9, 1, 2, 0, tzinfo=UTC), folder)
    made.ref = made.recognized()
    made.on(date(2026, 10, 9))
    give_passwords()
    asked = {"log": "mentor_log:1", "quarter": "quarterly:1"}
    with reading() as session:
        alert = session.scalars(select(RoundDuty.ref).order_by(RoundDuty.id)).first()
    items = {name: made.item_about(made.ref, "mentor", about) for name, about in asked.items()}
    return SimpleNamespace(ref=made.ref, round_ref=made.round_ref, alert=alert, **items)


FOLLOWED = Scene(
    followed,
    {
        "tutor": (
            at("duties.follow_up", ref="ref"),
            at("duties.task", ref="log"),
            at("duties.task", ref="quarter"),
        ),
        "officer": (at("duties.follow_up", ref="ref"),),
        "district": (
            at("duties.follow_up", ref="ref"),
            at("duties.heat", ref="round_ref"),
            at("duties.round_task", ref="alert"),
        ),
    },
)


# -- one person --------------------------------------------------------------------------------------------------------
def filed(now: datetime, folder: Path) -> Any:
    """Somebody who grows in one program, with points, marks and a mentor, and holds a certificate of another."""
    grounds = Grounds(now - timedelta(minutes=5))
    other = grounds.recognized()
    made = Grown(datetime(2026, 8, 20, 2, 0, tzinfo=UTC), folder)
    ref = made.recognized()
    made.on(date(2026, 9, 30))
    marks = ({"masses": "92", "thought": "80"}, {"thought": "90", "conduct": "70"}, {"conduct": "80"})
    roles = (("town_officer", "officer"), ("mentor", "tutor"), ("trial_unit", "unit"))
    for (role, who), given in zip(roles, marks, strict=True):
        made.answer(ref, role, "quarterly:1", who, points=given)
    for item, why in (("visit", "走访 2 户"), ("complaint", "有效投诉 1 件"), ("mediate", "租地协商")):
        points.act(ref, "enter_points", made.people["officer"], made.now, typed={"points": item, "reason": why})
        (seen,) = points.shown(ref, made.people["tutor"], made.now).waiting
        assert seen.waiting
        actions.perform(seen.waiting.ref, "confirm_points", made.people["tutor"], made.now)
        made.on(made.now.date() + timedelta(days=9))
    with writing() as session:
        person = session.get_one(Person, grounds.row_of(session, other).person_id)
        person.name, person.gender = "顾砚秋", "female"
        case = find(session, ref)
        case.person_id, case.unique_slot = person.id, None
        both = RoleBinding(
            ref=secrets.token_urlsafe(12), identity="both", role_key="manager", program_id=grounds.program_id,
            account_id=made.people["district"].account_id, starts_at=now - timedelta(days=1), basis="",
        )  # fmt: skip
        session.add(both)
        session.add_all(PersonToken(**row) for row in register.token_rows(person.id, register.person_tokens("顾砚秋")))
        made.person = person.ref
    give_passwords()
    return made


def opened_file(now: datetime, folder: Path) -> Any:
    made = filed(now, folder)
    person_file.open_file(made.person, "核对续认材料", sessions.actor_of(made.people["district"].account_id, now), now)
    return made


PERSON = Scene(opened_file, {"district": (at("manager.people"), at("manager.person_file", ref="person"))})


# -- lists and links ---------------------------------------------------------------------------------------------------
def listed(now: datetime, _: Path) -> Any:
    """Two lists looked at, an invitation, codes asked for, a proposal, an organization with its figures."""
    made = town(now)
    office = made.office
    people = sheet(("姓名", "身份证号"), ("陈一", id_number(1)), ("陈二", "123"))
    units = sheet(
        ("名称", "类型", "统一社会信用代码"), ("新丝路服饰", "用人单位", "91110000600037341L"), ("无名", "", "1")
    )
    roles = sheet(("角色", "账号"), ("受理员", "boss"), ("不知道的", "nobody"))
    when = date(2026, 10, 1)
    administration.record_fact(office.accounts, now, made.organization, "staff", 530, when, "社保系统")
    nominators.admit(office.programs, now, made.round_ref, "employer", [made.organization])
    invited = accounts.invite(office.accounts, now, "温以宁", login="wenyn", phone="13800003333")
    person = register.create(office.programs, now, "陈三", "", id_number(3))
    erasing.ask(office.permissions, now, person, "本人书面提出")
    second = register.create(office.programs, now, "陈四", "", id_number(4))
    third = register.create(office.programs, now, "陈四", "passport", "E12345678", phone="13800004444")
    merging.propose(office.permissions, now, second, third, "两个证件都看过")
    return SimpleNamespace(
        **{**vars(made), "person": person, "second": second, "third": third},
        people=imports.stage(office.programs, people, now),
        units=imports.stage(office.programs, units, now),
        roles=imports.stage(office.programs, roles, now),
        invited=invited.token,
        register_code=signing_in.ask_to_register("13800002222", now, "10.0.0.1"),
        reset_code=signing_in.ask_to_reset("13800002222", now, "10.0.0.1"),
    )


LISTED = Scene(
    listed,
    {
        "pro": (
            at("admin.people_list_preview", staged="people"),
            at("admin.organization_list_preview", staged="units"),
            at("manager.role_list_preview", ref="round_ref", staged="roles"),
            at("admin.calendar", "?year=2026"),
            at("manager.bind", "?q=l", ref="round_ref"),
            at("manager.admit", "?q=lanbu", ref="round_ref"),
            at("manager.staff", ref="round_ref"),
            at("manager.nominating", ref="round_ref"),
            at("admin.organization", ref="organization"),
            at("manager.open_round", ref="other_round"),
            at("admin.correct_name", ref="person"),
            at("admin.erasure", ref="person"),
            at("admin.merge", ref="second", other="third"),
        ),
        "sec": (at("admin.duties", "?q=boss"), at("admin.erasures"), at("admin.merges")),
        NOBODY: (
            at("account.invitation", token="invited"),
            at("account.register_code", ref="register_code"),
            at("account.reset_code", ref="reset_code"),
            at("account.catcher"),
        ),
    },
)


# -- what is owed to people --------------------------------------------------------------------------------------------
def owed(now: datetime, _: Path) -> Any:
    """Reminders told, a digest that nobody could take, and a clock that stood still since."""
    plot = Plot(now - timedelta(days=14))
    for ref in plot.plant(3):
        plot.endorse(ref)
    reachable(plot.people["clerk"], "chen@example.gov.cn", "13805710001")
    reminders.plan(now - timedelta(days=7))
    clock.tick(now - timedelta(minutes=5))
    with writing() as session:
        gave_up = {"state": "failed", "trouble": "SMTP 550", "next_at": now, "sent_at": None, "leased_by": None}
        session.execute(update(Delivery).values(gave_up))
    give_passwords()
    return SimpleNamespace(round_ref=plot.round_ref)


OWED = Scene(
    owed,
    {
        "clerk": (at("account.inbox"),),
        "manager": (
            at("manager.clock"),
            at("manager.dead_ends"),
            at("account.inbox"),
            at("manager.overview", ref="round_ref"),
        ),
        NOBODY: (at("account.catcher"),),
    },
)


# -- points and trainings ----------------------------------------------------------------------------------------------
def earned(now: datetime, folder: Path) -> Any:
    """A ledger with a claim, a limit, an appeal and a correction; a training to sign up for and one to close."""
    place = Earning(now - timedelta(days=40), folder)
    case = place.worker("worker")
    for nth in range(2):
        place.act(case, "enter_points", "desk", points="service", reason=f"社区义诊第 {nth + 1} 次")
        place.confirm(case)
    place.now = now
    timely.carry_out(now)
    papers = place.evidence(case, "level_up", "worker")
    given = {"points": "level_up", "asks": {"grade": "高级"}, "reason": "考到高级工", "evidence": papers}
    place.act(case, "claim", "worker", **given)
    place.confirm(case)
    place.act(case, "enter_points", "desk", points="service", reason="敬老院理发")
    place.confirm(case)
    place.act(case, "appeal_points", "worker", entry="4", reason="那天去了两家")
    place.act(case, "correct_points", "desk", entry="1", right="5", reason="只到了半天")
    place.now = now - timedelta(days=2)
    over = scheduled(place, 1)
    trainings_own.sign("sign_up", over, case, place["worker"], place.now)
    place.now = now
    to_come = scheduled(place, 5, about="请带身份证和工作服")
    at_noon = now + timedelta(minutes=30)
    soon = scheduled(place, name="夜校电工班", starts_at=at_noon, ends_at=at_noon + timedelta(hours=3))
    trainings_own.sign("sign_up", soon, case, place["worker"], now)
    code = trainings_door.door(soon, place["school"], now).code or ""
    trainings_door.sign_in(soon, code, place["worker"], now)
    rows = sheet(("编号", "事项", "说明"), ("XX-1", "志愿服务", "没有这个人"), ("XX-2", "没有的事", ""))
    return SimpleNamespace(
        case=case, over=over, to_come=to_come, soon=soon, round_ref=place.round_ref,
        program=trainings.held(place["school"])[0].program_ref, staged=imports.stage(place["desk"], rows, now),
    )  # fmt: skip


EARNED = Scene(
    earned,
    {
        "worker": (
            at("account.points_ledger", ref="case"),
            at("account.points_print", ref="case"),
            at("account.points_new", ref="case", item="=level_up"),
            at("account.points_entry", ref="case", no="=3", name="=appeal_points"),
            at("applicant.own_trainings"),
            at("applicant.training_in", "?code=ABC234", ref="soon"),
        ),
        "auditor": (
            at("account.points_ledger", ref="case"),
            at("account.points_entry", ref="case", no="=5", name="=reject_points"),
        ),
        "desk": (
            at("account.points_ledger", ref="case"),
            at("account.points_new", ref="case", item="=service"),
            at("account.points_entry", ref="case", no="=3", name="=correct_points"),
            at("reviewer.points_people_of", ref="round_ref"),
            at("reviewer.points_list", ref="round_ref"),
            at("reviewer.points_list_preview", ref="round_ref", staged="staged"),
        ),
        "desk_2": (at("account.points_entry", ref="case", no="=4", name="=settle_points_appeal"),),
        "school": (
            at("reviewer.trainings_kept"),
            at("reviewer.training_new", program="program"),
            at("reviewer.training", ref="over"),
            at("reviewer.training", ref="to_come"),
            at("reviewer.training_door", ref="soon"),
            at("reviewer.training_sheet", ref="soon"),
            at("reviewer.training_cancel", ref="to_come"),
        ),
    },
)


# -- offices that put people forward by themselves ---------------------------------------------------------------------
def put_forward(now: datetime, folder: Path) -> Any:
    """Two lists of a township: one before its screening, one with a conclusion to confirm, a draft."""
    here = Villages(now, folder / "files")
    first, second = here.put_forward(), here.put_forward(name="骆青棠", track="away", village=NEXT_VILLAGE)
    here.drafted(name="闻人知夏")
    here.act(second, "town_officer", "pass", "officer", record={"visit": "走访三户，均认可"})
    give_passwords()
    made = SimpleNamespace(round_ref=here.round_ref, screening=here.item(first, "town_officer"))
    made.confirming = here.item(second, "town_officer")
    return made


PUT_FORWARD = Scene(
    put_forward,
    {
        "officer": (
            at("nominator.lists", ref="round_ref"),
            at("nominator.put_forward", ref="round_ref"),
            at("reviewer.item", ref="screening"),
        ),
        "officer.2": (at("reviewer.item", ref="confirming"),),
        "district": (at("nominator.lists", ref="round_ref"),),
    },
)


# -- what was kept long enough ----------------------------------------------------------------------------------------
def outlived(now: datetime, _: Path) -> Any:
    """Cases withdrawn more than two years ago: one list signed, one that waits, one still to ask for, one stopped."""
    plot = Grounds(now - timedelta(days=740))
    refs = plot.plant(4)
    for ref in refs[:2]:
        actions.perform(ref, "withdraw", plot.owners[ref], plot.now, inputs={"reason": "搬走了"})
    first, second, other = plot.people["manager"], plot.people["manager_2"], now - timedelta(days=2)
    retention_due.carry_out(other)
    done = retention.ask(first, other, plot.round_ref, ["withdrawn"], "保存规定第三条，分管领导同意")
    retention.confirm(second, other, done)
    for ref in refs[2:]:
        actions.perform(ref, "withdraw", plot.owners[ref], plot.now, inputs={"reason": "搬走了"})
    retention.stop(first, other, refs[3], "行政复议要用", stopped=True)
    retention_due.carry_out(now)
    rows = SimpleNamespace(round_ref=plot.round_ref, done=done)
    rows.waits = retention.ask(first, now, plot.round_ref, ["withdrawn"], "保存规定第三条")
    (more,) = plot.plant()
    actions.perform(more, "withdraw", plot.owners[more], plot.now, inputs={"reason": "搬走了"})
    retention_due.carry_out(now + timedelta(days=1))
    give_passwords()
    return rows


OUTLIVED = Scene(
    outlived,
    {
        "manager": (at("manager.round_retention", ref="round_ref"), at("manager.destruction", ref="done")),
        "manager_2": (at("manager.retention"), at("manager.destruction", ref="waits")),
    },
)


# -- programs in the making --------------------------------------------------------------------------------------------
def drafted(now: datetime, folder: Path) -> Any:
    """One draft with everything, one begun from nothing, which is not whole yet."""
    builder = account(now, "builder", name="江述", office=Office.PROGRAMS)
    full = drafts.start(builder, now, shipped="fashion_engineer", key="engineer_two", name="时尚工程师认定")
    bare = drafts.start(builder, now, key="west_lake", name="西湖工匠认定")
    weight = ("scoring", "sheets", "pattern", "criteria", "teaching", "weight")
    editing.edit(full, [Put(weight, 5), Put(("roles", "intake", "seats"), 2)], 0, builder, now)
    plot = Plot(now)
    plot.plant(3)
    made = programs.publish(revised(), builder, now)
    adopting.adopt(made.version_id, builder, now)
    after = drafts.start(builder, now, version_id=made.version_id)
    editing.edit(after, [Put(("eligibility", "rules", "E2", "rule"), "years >= 49")], 0, builder, now)
    tried, asked = trying.start(after, builder, now, size=20), supposing.start(after, builder, now)
    while background.carry_out(now):
        pass
    waits = trying.start(after, builder, now, size=300)
    give_passwords()
    return SimpleNamespace(
        full=full, bare=bare, program=made.program_ref, after=after, tried=tried, asked=asked, waits=waits
    )


DRAFTED = Scene(
    drafted,
    {
        "builder": (
            at("studio.home"),
            at("studio.begin"),
            at("studio.draft", ref="bare"),
            at("studio.draft", ref="full", query="?tab=stages&at=stages/formal"),
            at("studio.draft", ref="full", query="?tab=channels&at=channels/employer"),
            at("studio.draft", ref="full", query="?tab=eligibility&at=eligibility/rules/E1"),
            at("studio.draft", ref="full", query="?tab=form&at=form/work/fields/results"),
            at("studio.sheet", ref="full", sheet="=pattern"),
            at("studio.text", ref="full"),
            at("studio.log", ref="full"),
            at("studio.publish", ref="full"),
            at("studio.readback", ref="full"),
            at("studio.discard", ref="bare"),
            at("studio.trials", ref="after"),
            at("studio.trial", ref="after", trial="tried"),
            at("studio.what_if", ref="after"),
            at("studio.trial", ref="after", trial="waits"),
            at("studio.what_if_of", ref="after", trial="asked"),
            at("studio.version_cases", ref="program", number="=2"),
            at("studio.pinned_cases", ref="program"),
        ),
    },
)


# -- a round a month ---------------------------------------------------------------------------------------------------
def by_month(now: datetime, folder: Path) -> Any:
    made = monthly.house(now)
    series.begin(made.programs, now, made.round_ref)
    series.stop(made.programs, now, made.round_ref, "今年的经费还没有下来")
    give_passwords()
    return SimpleNamespace(round=made.round_ref, program=made.program_ref)


MONTHLY = Scene(
    by_month,
    {"pro": (at("manager.months", ref="round"), at("manager.new_round", ref="program", number="=1"))},
)


# -- people found in data ----------------------------------------------------------------------------------------------
def found_in_data(now: datetime, folder: Path) -> Any:
    """One before the award, one still with the clerk, a draft; and a list that was looked at only."""
    made = data_found.house(now)
    rows = [data_found.person(1, "秦牧野"), data_found.person(2, "沈知予"), data_found.person(7, "方竹青", mobile=" ")]
    kind = FoundPeople(made.manager, made.round_ref, "found")
    imports.run(kind, data_found.data(*rows), "all_or_nothing", made.manager, now)
    with reading() as session:
        load = session.scalars(select(DataLoad.ref)).one()
        first = session.scalars(select(WorkItem.ref).order_by(WorkItem.id)).first()
    actions.perform(str(first), "pass", made.clerk, now)
    more = [*rows, data_found.person(9, "卢也", insured="3"), data_found.person(10, "吴霁", insured="")]
    staged = imports.stage(made.manager, data_found.data(*more), now)
    token = last_secret(now + timedelta(minutes=1), "award_link")
    give_passwords()
    return SimpleNamespace(round=made.round_ref, load=load, staged=staged, token=token)


DATA_FOUND = Scene(
    found_in_data,
    {
        "host": (
            at("manager.round_page", ref="round"),
            at("manager.found", ref="round", channel="=found"),
            at("manager.found_list", ref="round", channel="=found"),
            at("manager.found_list_preview", ref="round", channel="=found", staged="staged", query="?show=all"),
            at("manager.found_load", ref="round", channel="=found", load="load"),
            at("applicant.start", ref="round"),
        ),
        NOBODY: (at("applicant.confirm_award", token="token"),),
    },
)

SCENES: Mapping[str, Scene] = {
    "people found in data": DATA_FOUND,
    "a round a month": MONTHLY,
    "retention": OUTLIVED,
    "studio": DRAFTED,
    "points": EARNED,
    "owed": OWED,
    "applicant and confirm": APPLIED,
    "signed on paper": UNSIGNED,
    "checks": CHECKED,
    "scores": SCORED,
    "results": TAUGHT,
    "joint": JOINT,
    "meeting to come": RIPE,
    "meeting": MEETING,
    "meeting over": FINAL,
    "members vote": VOTING,
    "notice": NOTICE,
    "award": AWARD,
    "record of an award": WRITTEN,
    "nominations": NOMINATED,
    "after a recognition": FOLLOWED,
    "one person": PERSON,
    "lists and links": LISTED,
    "put forward": PUT_FORWARD,
}
