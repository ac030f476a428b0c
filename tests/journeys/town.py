"""How a town gets ready for a round, through its front door: founders, organizations, people, accounts, roles."""

import re
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from flask import Flask

from tests.journeys.driver import Browser, Form, Page, Seen
from tests.journeys.made_up import Trainee, Unit, units, workbook
from tests.services.sheets import sheet, texts

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
PASSWORD = "Silk-thread-42"
PEOPLE_HEADER = ("姓名", "身份证号", "性别", "手机号", "工作单位", "培训方向")
STAFF: Mapping[str, tuple[str, ...]] = {
    "manager": tuple(f"manager{n}" for n in range(3)),
    "intake": ("intake0", "intake1"),
    "hr_officer": ("hr0", "hr1", "hr2"),
    "examiner": ("examiner0", "examiner1"),
    "expert": tuple(f"expert{n}" for n in range(7)),
    "credit": ("credit0",),
    "police": ("police0",),
    "court": ("court0",),
    "market": ("market0",),
    "committee": tuple(f"committee{n}" for n in range(9)),
    "supervisor": ("supervisor0",),
}
SEARCHED = ("manager", "intake")  # bound by search; all others by spreadsheet


class Town:
    """The browsers of everybody who works here, and what they did so far."""

    def __init__(
        self, app: Flask, staff: Mapping[str, Sequence[str]] = STAFF, registered: Sequence[Unit] | None = None
    ) -> None:
        self.app = app
        self.staff = staff
        self.seen: list[Seen] = []
        self.browsers: dict[str, Browser] = {}
        self.logins: dict[str, str] = {}  # of everybody who has a password
        self.units: list[Unit] = units() if registered is None else list(registered)
        self.machine = Browser(app, "machine", self.seen)  # sits beside the server and reads what it sends
        self.round = ""
        self.papers: dict[tuple[str, ...], list[Form]] = {}  # forms of an application that were read, by who fills them
        self._addresses = count()

    @property
    def employers(self) -> list[Unit]:
        return [unit for unit in self.units if unit.kind == "用人单位"]

    @property
    def trainer(self) -> Unit:
        return self.units[-1]

    def __getitem__(self, who: str) -> Browser:
        """Their browser; whoever was signed out meanwhile signs in first."""
        return self.browsers[who] if who in self.browsers else self.sign_in(who)

    def browser(self, who: str) -> Browser:
        """A browser at an address of its own."""
        at = next(self._addresses)
        made = Browser(self.app, who, self.seen, address=f"10.0.{at // 250}.{at % 250}")
        self.browsers[who] = made
        return made

    def sign_in(self, who: str) -> Browser:
        browser = self.browser(who)
        browser.hand_in(browser.open("/login").form("/login"), {"login": self.logins[who], "password": PASSWORD})
        return browser

    def days_pass(self) -> None:
        """No session lives so long."""
        for who in self.logins:
            self.browsers.pop(who, None)

    # -- one-time links ------------------------------------------------------------------------------------------------
    def invited(self, who: str, login: str, link: str) -> Browser:
        """Open the one-time link, choose a password, be in."""
        self.logins[who] = login
        browser = self.browser(who)
        form = browser.open(link).form(with_="password")
        browser.send(form, {"password": PASSWORD, "password_again": PASSWORD})
        return browser

    def caught(self) -> list[tuple[str, str, str]]:
        """What the machine has sent: address, what it is about, code or link. Newest first."""
        rows = self.machine.open("/caught").rows()
        return [(to, about, secret) for _, to, about, secret in rows]

    def link_for(self, address: str) -> str:
        return next(secret for to, _, secret in self.caught() if to == address)

    # -- the house -----------------------------------------------------------------------------------------------------
    def command(self, *arguments: str) -> str:
        with self.app.app_context():
            result = self.app.test_cli_runner().invoke(args=list(arguments))
        assert result.exit_code == 0, result.output
        return str(result.output)

    def founded(self, *programs: Path) -> None:
        said = self.command("prepare", "--no-backup")
        links = dict(re.findall(r"(\w+)\s+(http\S+/invitations/\S+)", said))
        assert sorted(links) == ["audit", "programs", "security", "sysadmin"]
        for login, link in links.items():
            self.invited(login, login, link)
        for source in programs or (PROGRAMS / "fashion_engineer.yaml",):
            self.command("programs", "publish", str(source))

    # -- lists ---------------------------------------------------------------------------------------------------------
    def upload(self, who: str, address: str, title: str, content: bytes) -> Page:
        """A list handed in; the page that says what would happen to each row."""
        browser = self[who]
        return browser.send(browser.open(address).form(with_="file"), {"file": workbook(title, content)})

    def run(self, who: str, mode: str | None = None) -> Page:
        browser = self[who]
        return browser.send(browser.page.form(with_="mode"), {"mode": mode} if mode else {})

    def organizations_imported(self) -> None:
        header = (
            "单位名称",
            "类型",
            "统一社会信用代码",
            "职工人数",
            "结业人数",
            "统计日期",
            "数据来源",
            "管理员",
            "管理员手机",
        )
        rows = [
            (
                unit.name,
                unit.kind,
                unit.code,
                *_numbers(unit),
                "2026-10-31",
                "社保参保数据",
                unit.administrator,
                unit.phone,
            )
            for unit in self.units
        ]
        page = self.upload("sysadmin", "/office/organizations/list", "单位", sheet(header, *rows))
        assert f"{len(rows)} 行里有 0 行要改" in page.text
        self.run("sysadmin")
        links = {address: link for address, about, link in self.caught() if "邀请" in about}
        for unit in self.units:
            self.invited(unit.name, unit.phone, links[unit.phone])

    def trainees_imported(
        self, everybody: Sequence[Trainee], wrong: Mapping[int, Mapping[int, str]]
    ) -> tuple[int, ...]:
        """The list with some rows gone wrong, then those of the error file put right; how many were bad each time."""
        rows = [(t.name, t.id_no, t.gender, t.phone, t.employer, t.trade) for t in everybody]
        spoilt = [tuple(wrong.get(n, {}).get(at, cell) for at, cell in enumerate(row)) for n, row in enumerate(rows)]
        page = self.upload("programs", "/office/people/list", "学员", sheet(PEOPLE_HEADER, *spoilt))
        first = _bad_in(page)
        page = self.run("programs", "good_rows_only")
        returned = texts(self["programs"].get(page.link("下载错误表")))
        assert returned[0] == (*PEOPLE_HEADER, "原因")
        assert all(row[-1] for row in returned[1:])
        right = [rows[n] for n in sorted(wrong)]
        page = self.upload("programs", "/office/people/list", "学员-改好", sheet(PEOPLE_HEADER, *right))
        second = _bad_in(page)
        self.run("programs")
        page = self.upload("programs", "/office/people/list", "学员", sheet(PEOPLE_HEADER, *rows))
        assert f"{len(rows)} 行里有 0 行要改" in page.text
        assert "写入 0 行" in page.text
        return first, len(returned) - 1, second

    # -- the office ----------------------------------------------------------------------------------------------------
    def staffed(self) -> None:
        """Everybody of the office invited and come in."""
        for login in [one for logins in self.staff.values() for one in logins]:
            self.account_invited(login, login)

    def account_invited(self, who: str, login: str, **more: str) -> Browser:
        office = self["sysadmin"]
        typed = {"name": f"办事员{_letters(login)}", "login": login, **more}
        page = office.send(office.open("/office/accounts/new").form(with_="login"), typed)
        found = re.search(r"http://localhost(/invitations/[\w-]+)", page.text)
        assert found
        return self.invited(who, login, found[1])

    def planned(self) -> None:
        """A round of the published version, its roles bound, its nominators admitted, open."""
        self.round_planned("第 1 版", places="80", document_number="锦人才〔2026〕18号")
        self._bound_by_search()
        self.bound_by_list([(role, who, "") for role, all_ in STAFF.items() if role not in SEARCHED for who in all_])
        for unit in self.employers:
            self.admitted("employer", unit)
        self.admitted("trainer", self.trainer)
        self.opened()

    def round_planned(self, version: str, **more: str) -> str:
        """On paper, from the version that the list of programs calls so; its reference."""
        office = self["programs"]
        office.open("/manage/rounds/new")
        office.press(version)
        plan = {"key": "2026-1", "name": "2026年度第1批", "opens_on": "2026-11-20", "opens_clock": "09:00",
                "closes_on": "2026-12-10", **more}  # fmt: skip
        page = office.send(office.page.form(with_="key"), plan)
        self.round = page.url.rsplit("/", 1)[-1]
        return self.round

    def opened(self) -> None:
        office = self["programs"]
        office.open(f"/manage/rounds/{self.round}/open")
        page = office.send(office.page.form(with_="开放这个批次"))
        assert "批次已开放" in page.text

    def _bound_by_search(self) -> None:
        office = self["programs"]
        for role in SEARCHED:
            page = office.open(f"/manage/rounds/{self.round}/roles/new?q={role}&role={role}")
            form = page.form(with_="绑定选中的")
            office.send(form, {"chosen": form.options("chosen"), "role": role})

    def bound_by_list(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Role, account, and the organization through which it is held."""
        content = sheet(("角色", "账号", "单位"), *rows)
        page = self.upload("programs", f"/manage/rounds/{self.round}/roles/list", "角色", content)
        assert f"{len(rows)} 行里有 0 行要改" in page.text
        self.run("programs")

    def admitted(self, channel: str, unit: Unit) -> Page:
        office = self["programs"]
        page = office.open(f"/manage/rounds/{self.round}/nominators/new?q={unit.code}")
        form = next(form for form in page.forms if "" in form.options("channel"))  # the one for whoever was searched
        return office.send(form, {"chosen": form.options("chosen"), "channel": channel})

    def unit_proposed(self, who: str, unit: Unit) -> None:
        """Somebody's employer is not on the list: proposed by them, checked by the office, given an administrator."""
        person, office = self[who], self["sysadmin"]
        person.send(
            person.open("/office/proposals/new").form(with_="name"),
            {"name": unit.name, "kind": "employer", "credit_code": unit.code},
        )
        office.open("/office/proposals")
        office.send(office.page.form("/approve"))
        home = office.page.url
        self.account_invited(unit.name, f"admin.{unit.code[-6:].lower()}", phone=unit.phone, organization=unit.code)
        office.open(f"{home}/administrators/new")
        office.send(office.page.form(with_="account"), {"account": unit.phone})
        assert "已指定" in office.page.text


def _numbers(unit: Unit) -> tuple[str, str]:
    """Of staff for an employer, of graduates for a trainer."""
    said = str(unit.number or "")
    return (said, "") if unit.kind == "用人单位" else ("", said)


def _bad_in(page: Page) -> int:
    found = re.search(r"行里有 (\d+) 行要改", page.text)
    assert found
    return int(found[1])


def _letters(login: str) -> str:
    """A name holds no digits."""
    return "".join("零一二三四五六七八九"[int(sign)] if sign.isdecimal() else "" for sign in login) or "员"
