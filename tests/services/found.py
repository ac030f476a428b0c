"""A program that finds its people in department data and asks them at the award, with a round open for it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from tests.services.houses import account, officers, ref_of
from tests.services.sheets import id_number
from workflow.documents import spreadsheet
from workflow.documents.spreadsheet import Table
from workflow.domain.actor import SYSTEM, Actor
from workflow.domain.calendar import end_of
from workflow.services import programs, roles, rounds, sessions
from workflow.services.rounds import Plan

TEXT = """language: 1
program:
  key: quiet_grant
  name: 青年人才安家补助（示例）
  owner: 区人社局（示例）
  policy: 青年人才安家办法（示例）
  one_per_person: program
tracks: {youth: 青年人才}
roles:
  manager: {name: 主办, seats: 2}
  clerk: 经办
channels:
  found:
    name: 免申即享
    intake: {every: month, closes: 25, from: facts}
    filled_by: manager
    confirm: at_award
    account: optional
route: [formal, award, valid]
facts:
  insured: {name: 参保月数, type: number, by: manager}
form:
  all:
    name: 基本情况
    purpose: 核对身份、判断条件
    standard: [name, id_no, mobile]
    fields:
      degree: {name: 学历, type: choice, options: [大专, 本科, 研究生]}
      hired: {name: 入职日期, type: date, required: false}
      truth: {name: 承诺, type: consent, text: 所填属实，已阅个人信息告知。, show: channel != 'found'}
eligibility:
  rules:
    E1: {name: 参保满6个月, rule: facts.insured >= 6, clause: 第三条（示例）}
    E2: {name: 不超过45岁, rule: person.age <= 45, clause: 第四条（示例）, otherwise: look}
stages:
  formal: {name: 核对, kind: check, by: clerk, rules: all}
  award:
    name: 发证
    kind: award
    by: manager
    asks: {bank: {standard: bank_account}}
    certificate: {title: 青年人才, number: "QG-{year}-{seq:3}", valid: 3y}
  valid: {name: 有效期, kind: follow_up, by: manager, lasts: valid}
"""
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
