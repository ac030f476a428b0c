"""Where a case is, in the office's words: a shape and what it is called."""

from collections.abc import Mapping

from workflow.domain.words import Words

STATUS: Mapping[str, tuple[str, Words]] = {
    "draft": ("todo", Words("草稿")),
    "awaiting_confirmation": ("now", Words("等本人确认")),
    "open": ("now", Words("办理中")),
    "correcting": ("back", Words("等补正")),
    "held": ("hold", Words("停表")),
    "alternate": ("todo", Words("候补")),
    "not_called": ("no", Words("未递补")),
    "refused": ("no", Words("没有通过")),
    "lapsed": ("no", Words("补正过期")),
    "withdrawn": ("no", Words("已撤回")),
    "recognized": ("seal", Words("已认定")),
    "ended": ("done", Words("已办结")),
}
