"""Expressions in plain Chinese: `years >= 3` becomes 本工种从业年限≥3."""

from collections.abc import Mapping

from workflow.domain.program.phrases import name_of, number_text
from workflow.domain.program.schema import ChoiceField, Definition, Field
from workflow.domain.rules import reading as tree

_SIGNS = {"==": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞", "*": "×", "/": "÷", "+": "＋", "-": "－"}
_SAID = {
    "person.age": "年龄",
    "person.birth_date": "出生日期",
    "as_of": "计算日期",
    "track": "类别",
    "channel": "渠道",
    "level": "等次",
    "tasks.done": "已完成任务数",
    "points.balance": "积分余额",
    "total.by_track": "本类别评分表的总分",
}
_GROUPS = {
    "total": ("sheets", "{}的总分"),
    "results": ("duties", "{}的历次得分"),
    "paid": ("benefits", "{}已付金额"),
    "payments": ("benefits", "{}已付次数"),
    "given": ("fields", "已填交“{}”"),
    "nominator": ("fields", "推荐方的{}"),
    "checks": ("fields", "已核验（{}）"),
}
_CHECKS = {"checks.id_online": "本人身份已核验"}
_FUNCTIONS = {
    "min": "{}中较小的",
    "max": "{}中较大的",
    "round": "{}（四舍五入）",
    "count": "{}的个数",
    "sum": "{}的合计",
    "length": "{}的字数",
    "years_between": "{}相隔的整年数",
    "months_between": "{}相隔的整月数",
    "days_between": "{}相隔的天数",
}
_MACROS = {
    "exists": "{}里有一行{}",
    "all": "{}里每一行都{}",
    "filter": "{}里{}的各行",
    "map": "{}各行的{}",
}


def say(definition: Definition, source: str) -> str:
    return _Speaker(definition, fields_of(definition)).said(tree.read(source))


def fields_of(definition: Definition) -> dict[str, Field]:
    """Every field a rule can name, under the path rules use."""
    fields = dict(definition.form_fields())
    fields |= {f"facts.{key}": fact.field for key, fact in definition.facts.items()}
    fields |= {f"round.{key}": field for key, field in definition.round.items()}
    for channel in definition.channels.values():
        known = channel.nominator.facts if channel.nominator else {}
        fields |= {f"nominator.{key}": field for key, field in known.items()}
    for stage in definition.stages.values():
        fields |= {f"records.{stage.key}.{key}": field for key, field in {**stage.record, **stage.asks}.items()}
    for item in definition.points.items.values() if definition.points else ():
        fields |= {f"entry.{key}": field for key, field in item.asks.items()}
    for session in definition.sessions.values():
        fields |= {f"entry.{key}": field for key, field in session.asks.items()}
    return fields


class _Speaker:
    def __init__(self, definition: Definition, fields: Mapping[str, Field]) -> None:
        self.definition = definition
        self.fields = fields
        self.rows: dict[str, Mapping[str, Field]] = {}

    def said(self, node: tree.Node) -> str:
        if isinstance(node, tree.Number):
            return number_text(node.value)
        if isinstance(node, tree.Text):
            return f"“{node.value}”"
        if isinstance(node, tree.Truth):
            return "是" if node.value else "否"
        if isinstance(node, tree.Name | tree.Select):
            return self.named(node)
        if isinstance(node, tree.Call):
            return self.called(node)
        if isinstance(node, tree.Binary):
            return self.joined(node)
        if isinstance(node, tree.Unary):
            return f"没有“{self.said(node.operand)}”" if node.op == "!" else f"－{self.said(node.operand)}"
        return self.composed(node)

    def composed(self, node: tree.Node) -> str:
        if isinstance(node, tree.Choose):
            return f"{self.said(node.condition)}时{self.said(node.yes)}，否则{self.said(node.no)}"
        if isinstance(node, tree.Listed):
            return "、".join(self.said(item) for item in node.items)
        if isinstance(node, tree.Mapped):
            return "，".join(f"{self.said(key)}{self.said(value)}" for key, value in node.entries)
        if isinstance(node, tree.Index):
            return f"{self.said(node.by)}对应的数（{self.said(node.of)}）"
        raise TypeError(type(node))

    def path(self, node: tree.Node) -> str:
        if isinstance(node, tree.Select):
            return f"{self.path(node.of)}.{node.name}"
        return node.name if isinstance(node, tree.Name) else ""

    def named(self, node: tree.Node) -> str:
        path = self.path(node)
        head, _, rest = path.partition(".")
        if head in self.rows:
            column = self.rows[head].get(rest)
            return column.name.zh if column else "这一项"
        if path in self.fields:
            return self.fields[path].name.zh
        if path in _SAID:
            return _SAID[path]
        section, phrase = _GROUPS.get(head, ("fields", f"{{}}（{path}）"))
        return _CHECKS.get(path) or phrase.format(name_of(self.definition, section, rest))

    def joined(self, node: tree.Binary) -> str:
        if node.op in ("&&", "||"):
            word = "，且" if node.op == "&&" else "，或"
            return word.join(self.inside(part, node.op) for part in (node.left, node.right))
        left, right = self.compared(node.left, node.right), self.compared(node.right, node.left)
        if node.op == "in":
            return f"{left}是{right}之一"
        if node.op in ("==", "!=") and isinstance(node.right, tree.Text):
            return f"{left}{'是' if node.op == '==' else '不是'}{right}"
        return f"{left}{_SIGNS[node.op]}{right}"

    def inside(self, node: tree.Node, op: str) -> str:
        """A part of another connective stands in brackets."""
        said = self.said(node)
        return f"（{said}）" if isinstance(node, tree.Binary) and node.op in ("&&", "||") and node.op != op else said

    def compared(self, node: tree.Node, other: tree.Node) -> str:
        """An option's key beside its field is said by its name."""
        path = self.path(other)
        names = self.options(path)
        if isinstance(node, tree.Text) and names:
            return f"“{names.get(node.value, node.value)}”"
        if isinstance(node, tree.Listed) and names:
            return "、".join(self.compared(item, other) for item in node.items)
        return self.said(node)

    def options(self, path: str) -> dict[str, str]:
        if path == "track":
            return {key: track.name.zh for key, track in self.definition.tracks.items()}
        if path == "channel":
            return {key: channel.name.zh for key, channel in self.definition.channels.items()}
        field = self.fields.get(path)
        return {option.key: option.name.zh for option in field.options} if isinstance(field, ChoiceField) else {}

    def called(self, node: tree.Call) -> str:
        if node.of is not None and node.name in _MACROS:
            return self.over_rows(node, node.of)
        if node.of is not None:
            return f"{self.said(node.of)}里有{self.said(node.args[0])}"
        if node.name == "date":
            return node.args[0].value if isinstance(node.args[0], tree.Text) else ""
        said = [self.said(argument) for argument in node.args]
        if node.name == "in_a_row_below":
            return f"{said[0]}最近连续低于{said[1]}的次数"
        return _FUNCTIONS[node.name].format("与".join(said))

    def over_rows(self, node: tree.Call, of: tree.Node) -> str:
        variable = node.args[0].name if isinstance(node.args[0], tree.Name) else ""
        outer = self.rows
        self.rows = {**outer, variable: getattr(self.fields.get(self.path(of)), "columns", {})}
        body = self.said(node.args[1])
        self.rows = outer
        return _MACROS[node.name].format(self.said(of), body)
