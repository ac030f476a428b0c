"""西湖工匠 built by hand, from nothing: what somebody who never saw the pages presses and types, in their order."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.hand import Hand

ROLES = ("单位管理员", "考核员", "评审专家", "评委")
PRACTICAL = (("技能水平", "50"), ("工艺质量", "30"), ("安全规范", "20"))
BLIND = (("业绩贡献", "60"), ("带徒传技", "40"))


class Builder(Hand):
    """At the studio."""

    def tab(self, words: str) -> None:
        self.link(words, self.page.locator("#tabs"))
        expect(self.page.locator("#tabs [aria-current=page]")).to_contain_text(words)

    def part(self, words: str) -> None:
        """One of the list on the left."""
        self.link(words, self.page.locator("#list"))
        expect(self.page.locator("#list li.on")).to_contain_text(words)

    def add(self, what: str, name: str, kind: str = "") -> None:
        adding = self.page.locator("form.addl").filter(has=self.page.get_by_label(f"新的{what}叫什么"))
        self.write(f"新的{what}叫什么", name, adding)
        if kind:
            self.choose(f"新的{what}是哪一种", kind, adding)
        self.button("加", adding)
        expect(self.page.get_by_text(f"“{name}”已加上")).to_be_visible()

    def frame(self, words: str) -> Locator:
        """The control that consists of several."""
        return self.page.get_by_role("group", name=re.compile(rf"^{words}\s*\*?$")).first

    def unfold(self, words: str) -> Locator:
        found = self.frame(words)
        self.press(found.locator("summary").first)
        return found

    def instead(self, role: str) -> None:
        """The role does it, not the office that a new stage begins with."""
        who = self.frame("谁来办")
        self.tick("项目管理员", who)
        self.tick(role, who)

    def begin(self) -> None:
        self.link("新建方案")
        self.write("项目名称", "西湖工匠")
        self.write("项目的键", "xihu")
        self.button("开始")
        self.write("主管单位：中文", "西湖区人社局")
        self.write("依据的办法：中文", "西湖工匠认定办法")

    def people(self) -> None:
        for role in ROLES:
            self.add("角色", role)
        self.tab("表单")
        self.part("基本情况")
        self.add("字段", "用人单位", "单位")
        self.link("基本情况", self.page.locator("nav.crumb"))
        self.add("字段", "从业年限", "数")
        self.write("计量单位：中文", "年")
        self.tab("基本")
        self.part("单位管理员")
        self.choose("由谁产生", "用人单位")

    def ways(self) -> None:
        """Two levels; put forward by employers, five places each; twenty altogether."""
        self.tab("赛道与渠道")
        self.add("类别", "西湖首席工匠")
        self.part("个人申报")
        self.write("名称：中文", "单位推荐")
        self.choose("谁来填报", "推荐方或本人")
        nominator = self.frame("推荐方")
        self.tick("要这一项", nominator)
        self.choose("推荐角色", "单位管理员", nominator)
        self.write("几个名额", "5", self.unfold("每个推荐方的名额"))
        self.part("总名额")
        self.write("总名额", "20")

    def condition(self) -> None:
        self.tab("申报条件")
        self.add("条件", "从业满3年")
        self.write("依据：中文", "办法第四条")
        self.choose("第 1 条：看什么", "从业年限")
        self.write("第 1 条：和什么比", "3")

    def sheets(self) -> None:
        self.tab("指标与评分")
        self.sheet("实操评分表", PRACTICAL)
        self.button("用优、良、中、差四级")
        expect(self.page.get_by_role("columnheader", name="优 90-100")).to_be_visible()
        self.link("等级、加评分表")
        self.sheet("专家评分表", BLIND)

    def sheet(self, name: str, criteria: tuple[tuple[str, str], ...]) -> None:
        self.add("评分表", name)
        for criterion, _ in criteria:
            self.write("新指标叫什么", criterion)
            self.button("加一个指标")
            expect(self.page.get_by_label(f"{criterion}：权重")).to_be_visible()
        for criterion, weight in criteria:
            self.write(f"{criterion}：权重", weight)

    def stages(self) -> None:
        self.tab("环节")
        self.add("环节", "单位推荐", "审核")
        self.button("单位推荐 上移", self.page.locator("#list"))
        expect(self.page.locator("#list li").first).to_contain_text("单位推荐")
        self.instead("单位管理员")
        self.part("形式审查")
        self.pick("在这里判的条件", "全部条件")
        self.add("环节", "实操考核", "评分")
        self.instead("考核员")
        self.raters("2", "实操评分表")
        self.add("环节", "专家盲评", "评分")
        self.instead("评审专家")
        self.raters("5", "专家评分表")
        self.choose("选评委的办法", "抽取")
        self.tick("盲评")
        self.choose("合分办法", "去最高最低后平均")
        self.add("环节", "评审会", "会议")
        self.instead("评委")
        self.choose("排序依据", "“专家评分表”的总分")
        self.add("环节", "公示", "公示")
        for shown in ("姓名", "用人单位", "申报类别"):
            self.tick(shown, self.frame("公示哪些内容"))
        self.part("发文发证")
        self.tick("要这一项", self.frame("证书"))
        self.write("证书名称：中文", "{track}", self.frame("证书"))
        self.write("证书编号", "XH-{year}-{seq:4}", self.frame("证书"))

    def raters(self, number: str, sheet: str) -> None:
        self.write("第 1 行：几名", number, self.unfold("评委人数"))
        self.choose("评分表", sheet)

    def pick(self, words: str, option: str) -> None:
        """The list that stands first in a control of several."""
        self.presses += 2
        self.frame(words).locator("select").first.select_option(label=option)
