"""How a program begins: with the least that can be played, or as a copy of another under its own key."""

from workflow.domain.program.editing.changes import Edit, Put, Remove
from workflow.domain.program.editing.emitting import scalar
from workflow.domain.program.editing.plain import NOTHING, at

_BLANK = """\
language: 1

program:
  key: {key}
  name: {name}

tracks:
  general: {name}

roles:
  manager: 项目管理员

channels:
  self:
    name: 个人申报
route: [formal, award]

form:
  person:
    name: 基本情况
    purpose: 核对身份、联系本人
    standard: [name, id_type, id_no, mobile]
  pledge:
    name: 承诺
    purpose: 留存告知与承诺
    fields:
      truth: {{name: 真实性承诺与个人信息告知, type: consent, text: 本人承诺所填属实，并已阅读个人信息处理告知。}}

stages:
  formal:
    name: 形式审查
    kind: check
    by: manager
  award:
    name: 发文发证
    kind: award
    by: manager
"""


def blank(key: str, name: str) -> str:
    """Whose program it is and on which policy it rests is left open: only an administrator can say."""
    return _BLANK.format(key=scalar(key, in_braces=False), name=scalar(name, in_braces=False))


def cloned(data: object, key: str, name: str) -> tuple[Edit, ...]:
    """What makes another program of a copy: its key and name, and numbers that are not the other's."""
    own = at(data, ("program", "key"))
    edits: list[Edit] = [Put(("program", "key"), key), Put(("program", "name"), name)]
    if at(data, ("program", "code")) is not NOTHING:
        edits.append(Remove(("program", "code")))
    channels = at(data, ("channels",))
    for channel in channels if isinstance(channels, dict) else ():
        for where in (("must_hold",), ("must_not_hold",), ("nominator", "must_hold"), ("nominator", "must_not_hold")):
            path = ("channels", channel, *where, "program")
            if at(data, path) == own:
                edits.append(Put(path, key))
    return tuple(edits)
