"""A program that finds its people in department data and asks them at the award, with a round open for it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from tests.services.houses import account, officers, ref_of
from tests.services.sheets import id_number
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of
from workflow.services import programs, roles, rounds, sessions
from workflow.services.rounds import Plan

TEXT = (Path(__file__).parents[1] / "domain" / "dryrun" / "quiet_grant.yaml").read_text("utf-8")
HEAD = ("姓名", "证件号码", "手机号", "学历", "参保月数", "数据日期", "数据来源")


@dataclass(frozen=True)
class House:
    programs: Actor
    manager: Actor
    other: Actor
    clerk: Actor
    round_ref: str


def house(now: datetime, text: str = TEXT) -> House:
    office = officers(now)
    published = programs.publish(text, SYSTEM, now)
    ref = rounds.plan(
        office.programs,
        now,
        published.program_ref,
        Plan("2026-11", "2026年11月批", now, end_of(now.date().replace(day=25)), {}),
    )
    people = {}
    for login, role in (("host", "manager"), ("host.two", "manager"), ("clerk", "clerk")):
        who = account(now, login, name={"host": "盛秋林", "host.two": "蒋蕴", "clerk": "陈芸生"}[login])
        roles.bind(office.programs, now, role, [ref_of(who)], round_ref=ref)
        people[login] = sessions.actor_of(who.account_id or 0, now)
    rounds.open_round(office.programs, now, ref)
    return House(office.programs, people["host"], people["host.two"], people["clerk"], ref)


def person(number: int, name: str, *, mobile: str = "", insured: str = "18", degree: str = "本科") -> tuple[str, ...]:
    return (name, id_number(number), mobile or f"138000{number:05d}", degree, insured, "2026-11-01", "区社保中心")


def data(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    return spreadsheet.write([Table("数据", list(head), [list(row) for row in rows])])


def upload(content: bytes) -> tuple[BytesIO, str]:
    return BytesIO(content), "data.xlsx"
