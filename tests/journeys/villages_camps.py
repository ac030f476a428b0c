"""The second part of the story of 百村千人: eighteen months of camps, assessments, points and checks, act by act."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import time_machine

from tasks import clock
from tests.journeys import deciding
from tests.journeys.driver import Browser, Form, Page, Typed
from tests.journeys.villages_story import Story
from tests.journeys.villages_town import DEPARTMENTS, STAYS, TOWNS, Somebody
from tests.services.sheets import sheet

SHANGHAI = ZoneInfo("Asia/Shanghai")
TASKS = 10
Answer = Callable[[Somebody, Form], Mapping[str, Typed]]


class Camps:
    def __init__(self, story: Story) -> None:
        self.story, self.town = story, story.town
        self.refs: dict[int, str] = {}  # where each one's time after the recognition stands
        self.here: list[int] = []  # whoever is still in the reserve
        self.mentor: dict[int, str] = {}
        self.placed: dict[int, str] = {}
        self.held = ""  # where the class is
        self.pupils: list[int] = []
        self.worth: dict[int, list[int]] = {}  # what each entry should have come to, in the end
        self.quarters: list[tuple[int, dict[int, tuple[str, ...]]]] = []  # who was assessed from which sides
        self.today = date(2026, 11, 30)

    def one(self, number: str) -> Somebody:
        return self.story.numbers[number]

    # -- time ----------------------------------------------------------------------------------------------------------
    @contextmanager
    def on(self, day: date, *, looks: Sequence[date] = ()) -> Iterator[None]:
        """Go on at ten in the morning of a day; the clock has looked on the days before, and looks in the evening."""
        for each in looks:
            self.tick(each, 9)
        self.today = day
        with time_machine.travel(moment(day, 9), tick=True):
            self.look()
            self.town.days_pass()
            yield
            self.look()

    def tick(self, day: date, hour: int) -> None:
        with time_machine.travel(moment(day, hour), tick=True):
            self.look()

    def look(self) -> None:
        clock.tick()

    # -- who is where --------------------------------------------------------------------------------------------------
    def found(self) -> None:
        """From the lists of both townships."""
        for at in range(len(TOWNS)):
            page = self.town[self.officer(at)].open(f"/nominate/rounds/{self.town.round}")
            for link, number in re.findall(
                r'/(?:apply|review/applications)/([\w-]{16})"[^>]*>[^<]*</a></td><td class="mono"[^>]*>(BQ[\d-]+)',
                page.html,
            ):
                self.refs[self.one(number).at] = link
        assert len(self.refs) == len(self.town.people)

    def officer(self, town: int, n: int = 0) -> str:
        return self.town.of_town("town_officer", town)[n]

    # -- what falls due ------------------------------------------------------------------------------------------------
    def answered(self, who: str, duty: str, answer: Answer) -> int:
        """All of one kind that waits at somebody's desk: the first is read, the others are handed in alike."""
        browser, done = self.town[who], 0
        while rows := self.rows(browser, duty):
            for item, number in rows:
                form = self.form(browser, duty, item)
                browser.hand_in(form, answer(self.one(number), form), press=None)
                done += 1
        return done

    def rows(self, browser: Browser, duty: str) -> list[tuple[str, str]]:
        """(item, number) of what waits."""
        page = browser.open("/review")
        found = []
        for row in page.rows():
            if len(row) > 4 and row[4].endswith(duty):
                item = re.search(r"/review/items/([\w-]+)", row[2])
                if item:
                    found.append((item[1], row[3]))
        return found

    def form(self, browser: Browser, duty: str, item: str) -> Form:
        key = ("duty", browser.who, duty)
        known = self.town.papers.get(key)
        if known is None:
            page = browser.open(f"/tasks/{item}")
            self.town.papers[key] = [next(form for form in page.forms if form.id == "panel")]
            return self.town.papers[key][0]
        return known[0].of(f"/tasks/{item}", browser.token)

    def signed_in(self, who: str) -> Browser:
        """Whoever signs in anew looks at a page first, and has what its forms carry."""
        browser = self.town[who]
        if browser.page.url.endswith("/login"):
            browser.open("/inbox")
        return browser

    # -- acts on a case ------------------------------------------------------------------------------------------------
    def act(self, who: str, at: int, name: str, said: Mapping[str, Typed], kind: str = "") -> None:
        self.town[who].hand_in(self.acting(who, at, name, kind), said)

    def acting(self, who: str, at: int, name: str, kind: str = "") -> Form:
        """The form of one act on the page of somebody's follow-up; the page is read once for each who acts."""
        browser, address = self.signed_in(who), f"/follow-ups/{self.refs[at]}"
        key = ("act", who, name, kind)
        if key not in self.town.papers:
            self.town.papers[key] = [form_of(browser.open(address), name)]
        return self.town.papers[key][0].of(f"{address}/act", browser.token)

    def mentored(self) -> None:
        """By kind of shortage: the head of the township, of the joint villages, or a tutor who has five at most."""
        free = [tutor for tutor in BY_NAME for _ in range(FIVE)]
        for at in sorted(self.here):
            one = self.town.people[at]
            role = {"主职缺配": "town_head", "其他两委缺配": "village_team_head"}.get(one.gap, "tutor")
            self.mentor[at] = free.pop(0) if role == "tutor" else self.town.of_town(role, one.town)[0]
            who = self.officer(one.town)
            form = self.acting(who, at, "assign_mentor", one.gap)
            options = form.options("to")
            assert len(options) == (len(BY_NAME) if role == "tutor" else 1)
            to = options[BY_NAME.index(self.mentor[at])] if role == "tutor" else options[0]
            self.town[who].hand_in(form, {"to": to}, press="指定帮带人")

    def elected(self, people: Iterable[int]) -> None:
        """Chosen for a post in their village: the district lets them go that day."""
        for at in people:
            said = {"exit": "promoted", "basis": "村社换届，选任村两委"}
            self.recognition("district0", at, "open_exit", said)
            self.here.remove(at)

    def recognition(self, who: str, at: int, name: str, said: Mapping[str, Typed]) -> None:
        """One of the acts on the page of a recognition."""
        browser, address = self.signed_in(who), f"/manage/recognitions/{self.refs[at]}"
        known = self.town.papers.get(("recognition", name))
        if known is None:
            form = form_of(browser.open(address), name)
            known = self.town.papers["recognition", name] = [form]
        browser.hand_in(known[0].of(f"{address}/act", browser.token), said)

    # -- what everybody owes -------------------------------------------------------------------------------------------
    def helpers(self, role: str = "") -> list[str]:
        """Who has somebody in the reserve to do something for: mentors, or the heads of joint villages."""
        if role:
            return sorted({self.town.of_town(role, self.town.people[at].town)[0] for at in self.here})
        return sorted({self.mentor[at] for at in self.here})

    def logged(self) -> int:
        """Mentors write what they did with each, heads of joint villages that they were there."""
        said: Mapping[str, Typed] = {"note": "谈心一次，跟班两天"}
        done = sum(self.answered(who, "帮带记录", lambda *_: said) for who in self.helpers())
        for who in self.helpers("village_team_head"):
            done += self.answered(who, "结对走访", lambda *_: {"note": "走访五户"})
        return done

    def assessed(self, no: int) -> int:
        """Three sources: an officer, the mentor, and where somebody is placed the unit."""
        sides = {at: ("officer", "mentor", *(["unit"] if at in self.placed else [])) for at in self.here}
        self.quarters.append((no, sides))
        done = 0
        for who in (*self.helpers("town_officer"), *self.helpers(), *self.units()):
            done += self.answered(who, "季度测评", lambda one, form, who=who: marks(one.at, no, side_of(who), form))
        return done

    def units(self) -> list[str]:
        return sorted({self.placed[at] for at in self.here if at in self.placed})

    def checked_anew(self, effect: Callable[[Somebody], Mapping[str, Typed]] = lambda _: {"effect": "pass"}) -> int:
        """Nine departments once more, each by a list of names; the district concludes case by case."""
        for who in (*(f"{one}0" for one in DEPARTMENTS), *self.helpers("justice")):
            deciding.no_objection(self.town, who)
        return self.answered("district0", "动态核查", lambda one, _: effect(one))

    def alerted(self) -> int:
        """What falls due for the whole round, month by month."""
        browser, done = self.town["district0"], 0
        for address in browser.open(f"/manage/rounds/{self.town.round}/follow-ups").addresses("/round-tasks/"):
            browser.hand_in(browser.open(address).form(with_="note"), {"note": "已通知缺配的村"})
            done += 1
        return done

    # -- points --------------------------------------------------------------------------------------------------------
    def entered(self, rows: Mapping[str, Sequence[tuple[int, str, str]]]) -> None:
        """By table, a row for each entry: whom, which item, on which day."""
        for who, entries in rows.items():
            lines = [(self.story.number_of(at), "", item, day, "村里核实") for at, item, day in entries]
            address = f"/review/points/{self.town.round}/import"
            page = self.town.upload(who, address, "积分", sheet(("编号", "姓名", "事项", "日期", "说明"), *lines))
            assert f"{len(lines)} 行里有 0 行要改" in page.text, page.text[:1500]
            self.town.run(who)
            for at, item, _ in entries:
                self.counted(at, POINTS[item])

    def agreed(self) -> int:
        """Mentors sign everything that waits for them."""
        done = 0
        for at in self.here:
            browser, home = self.town[self.mentor[at]], f"/points/{self.refs[at]}"
            page = browser.open(home)
            if any(form.action.endswith("/confirm") for form in page.forms):
                form = page.form("/confirm")
                done += len(form.options("no"))
                browser.hand_in(form, {"no": form.options("no")})
        return done

    def objected(self, at: int, no: int, filler: str) -> None:
        """Whoever put somebody forward speaks for them; the district hears it, and the entry is put right."""
        page, browser = f"/points/{self.refs[at]}/{no}", self.town[filler]
        form = browser.open(f"{page}/appeal_points").form(with_="reason")
        browser.hand_in(form, {"reason": "那天是请过假的，有假条"})
        district = self.town["district0"]
        form = district.open(f"{page}/settle_points_appeal").form(with_="conclusion")
        district.hand_in(form, {"conclusion": "upheld", "right": "0", "reason": "假条属实，不算缺训"})
        self.counted(at, 3)

    def written_late(self, who: str, at: int, item: str, day: str) -> None:
        """A quarter that is over takes no entry any more; what was left out comes as a correction."""
        browser, address = self.town[who], f"/points/{self.refs[at]}/new/{item}"
        said = {"on": day, "reason": "当时漏记"}
        page = browser.send(browser.open(address).form(with_="reason"), said, expect=422)
        assert "锁定" in page.text, page.text[:1500]
        browser.hand_in(browser.open(f"{address}?late=1").form(with_="reason"), said)
        self.counted(at, 2)

    # -- a class -------------------------------------------------------------------------------------------------------
    def class_called(self, who: str, filler: str, starts: date) -> None:
        """A township holds a day of classes; whoever put its people forward signs them up."""
        browser = self.town[who]
        page = browser.open(browser.open("/review/trainings").addresses(r"/review/trainings/new/[\w-]+$")[0])
        day = starts.isoformat()
        said = {"name": "第一期集中培训", "place": "镇党校", "starts_at": day, "starts_clock": "09:00",
                "ends_at": day, "ends_clock": "17:00"}  # fmt: skip
        form = page.form(with_="place")
        page = browser.send(form, {"session": form.options("session")[-1], **said})
        self.held = page.url
        page = self.town[filler].open("/trainings")
        assert all(self.town.people[at].name in page.text for at in self.of(filler))
        for form in [form for form in page.forms if form.action.endswith("/sign_up")]:
            self.town[filler].hand_in(form)
        self.pupils = self.of(filler)

    def of(self, filler: str) -> list[int]:
        return [at for at in self.here if self.officer(self.town.people[at].town) == filler]

    def class_held(self, who: str, away: Sequence[int]) -> None:
        """The roll is taken and closed: who was there gains, who stayed away loses, as soon as it is agreed to."""
        browser = self.town[who]
        form = browser.open(self.held).form(with_="办结这一期")
        marks = {name: "present" for name in form.names() if name.startswith("mark.")}
        assert len(marks) == len(self.pupils)
        marks |= {f"mark.{self.refs[at]}": "absent" for at in away}
        browser.hand_in(form, marks, press="办结这一期")
        for at in self.pupils:
            self.counted(at, -3 if at in away else 1)

    def counted(self, at: int, points: int) -> None:
        self.worth.setdefault(at, []).append(points)

    # -- camps ---------------------------------------------------------------------------------------------------------
    def tasks_done(self) -> None:
        for at in self.here:
            who = self.officer(self.town.people[at].town)
            for no in range(1, TASKS + 1):
                self.act(who, at, "do_task", {"task": str(no), "evidence": "当天在村，有照片"})

    def completed(self) -> None:
        for at in self.here:
            who = self.officer(self.town.people[at].town)
            self.act(who, at, "complete", {"reason": ""}, kind="camp")

    def placed_somewhere(self) -> None:
        """The district finds each a village of their own township to work in."""
        browser = self.town["district0"]
        for at in self.here:
            who = "unit0" if self.town.people[at].town == 0 else "unit1"
            form = self.acting("district0", at, "place")
            page = browser.send(form, {"find_unit": STAYS[who]}, press="找")
            form = form_of(page, "place")
            browser.hand_in(form, {"organization": form.options("organization")[0]}, press="安排单位")
            self.placed[at] = who


def marks(at: int, no: int, side: str, form: Form) -> Mapping[str, Typed]:
    """What one side gives somebody in a quarter; whatever is poor says why."""
    given = {f"points.{name}": str(points) for name, points in given_by(at, no, side).items()}
    assert {name for name in form.names() if name.startswith("points.")} == set(given), (side, sorted(form.names()))
    poor = at == LOW and no <= 2
    return {**given, **({name.replace("points.", "reason."): "多次缺岗，群众有反映" for name in given} if poor else {})}


def given_by(at: int, no: int, side: str) -> Mapping[str, int]:
    """The figures of every sheet, out of nothing but who, when, and from which side."""
    if at == LOW and no <= 2:
        thought, conduct, masses = 50, 45, 40
    else:
        thought, conduct, masses = 80 + (at + no) % 10, 76 + at * no % 12, 62 + (7 * at + 5 * no) % 36
    return {
        "officer": {"thought": thought, "masses": masses},
        "mentor": {"thought": thought - 3, "conduct": conduct},
        "unit": {"conduct": conduct + 5},
    }[side]


def side_of(who: str) -> str:
    return {"officer": "officer", "unit": "unit"}.get(who.rstrip("0123456789"), "mentor")


LOW, DOUBTED, OBJECTED = 11, 9, 3
"""Who falls below the line twice, whom the court finds something about, and about whose points there is a quarrel."""
POINTS = {"入户走访": 2, "矛盾化解": 3, "村集体增收": 5, "工作失误": -5, "有效投诉": -5}
BY_NAME = ("tutor1", "tutor3", "tutor2", "tutor0")  # as a list by name has them: 一, 三, 二, 零
FIVE = 5


def form_of(page: Page, act: str) -> Form:
    return next(form for form in page.forms if "act" in form.names() and form.value("act") == act)


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)
