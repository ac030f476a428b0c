"""Events in words for the auditor: the sentence of `domain/facts.py`, who did it, and what belongs to it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from models.queries.records import Named, Record
from workflow.domain.actor import ADMINISTRATOR
from workflow.domain.facts import FACTS, OF_A_CASE, Fact
from workflow.domain.program.schema import Definition, Label
from workflow.domain.sentences import name_of_place, sentence
from workflow.domain.words import Words
from workflow.services import offices
from workflow.services.timeline import Names
from workflow.web.dates import until

STREAMS: Mapping[str, Words] = {
    "application": Words("申报件"),
    "application_access": Words("敏感查看"),
    "account": Words("账号"),
    "round": Words("批次"),
    "meeting": Words("会议"),
    "program": Words("方案"),
    "notice": Words("公示单"),
    "organization": Words("单位"),
    "person": Words("人才"),
    "person_access": Words("人才的敏感查看"),
    "installation": Words("整个系统"),
}
_DECISIONS = frozenset(
    {
        "proposed", "confirmed", "proposal_rejected", "list_signed", "passed", "refused", "returned", "deferred",
        "sent_back", "scored", "results_published", "reopened", "appeal_settled", "organization_approved",
        "organization_refused", "round_opened", "round_closed", "round_extended", "recognized", "reissued",
        "duty_confirmed", "duty_rejected", "recognition_ended", "revoked", "revocation_dropped",
    }
)  # fmt: skip
_PEOPLE = frozenset(
    {
        "account_invited", "account_created", "account_activated", "account_registered", "account_changed",
        "account_disabled", "account_enabled", "office_granted", "office_ended", "role_bound", "role_ended",
        "substitution_set", "substitution_revoked", "nominator_admitted",
    }
)  # fmt: skip
_DOORS = frozenset(
    {
        "signed_in", "sign_in_failed", "session_ended", "sessions_ended", "password_changed", "password_reset",
        "reset_asked",
    }
)  # fmt: skip
GROUPS: Mapping[str, tuple[Words, frozenset[str]]] = {
    "decisions": (Words("决定"), _DECISIONS),
    "corrections": (Words("补正"), frozenset({"returned", "corrected", "correction_lapsed"})),
    "people": (Words("账号与授权"), _PEOPLE),
    "doors": (Words("登录"), _DOORS),
    "looks": (
        Words("敏感查看"),
        frozenset({"file_opened", "joint_detail_read", "objector_read", "queue_exported", "sealed_read"}),
    ),
}
UNKNOWN = Words("申报人")
VERDICTS: Mapping[Any, Words] = {"ok": Words("符合"), "flag": Words("要补正")}
_WHY: Mapping[Any, Words] = {
    "replaced": Words("同一浏览器重新登录"),
    "signed_out": Words("本人退出"),
    "ended_by_owner": Words("本人在别处结束"),
    "ended_by_office": Words("管理员结束"),
    "reset_by_office": Words("管理员重置密码"),
    "password_reset": Words("找回密码"),
    "password_changed": Words("改了密码"),
    "disabled": Words("账号停用"),
    "erased": Words("个人信息已删除"),
    "issued": Words("首次发证"),
    "lost": Words("遗失补发"),
    "corrected": Words("更正姓名"),
    "renewed": Words("延期换发"),
    "restored": Words("恢复认定后换发"),
}
_ROWS: Mapping[str, Words] = {
    "new": Words("新增"),
    "same": Words("没有变化"),
    "changed": Words("更新"),
    "conflict": Words("有冲突"),
    "wrong": Words("有错"),
}
_NUMBERS: Mapping[str, Words] = {
    "number": Words("编号"),
    "receipt": Words("回执"),
    "revision": Words("第几次提交"),
    "stage": Words("环节"),
    "places": Words("名额"),
    "value": Words("数值"),
    "as_of": Words("截至"),
    "fact": Words("数据"),
    "field": Words("字段"),
    "key": Words("代号"),
    "list": Words("名单"),
    "why": Words("原因"),
    "track": Words("类别"),
    "channel": Words("渠道"),
    "verdict": Words("结论"),
}


_SAID: Mapping[str, tuple[str, ...]] = {
    "stage": ("stage",),
    "what": ("key", "verdict"),
    "key": ("key", "verdict"),
    "number": ("number",),
}
"""What a sentence holds already -> what then need not stand beside it."""


def fact_of(record: Record, names: Names) -> Fact:
    """Of a case in its program's words, as its thread tells it, where the event itself says at which stage it was."""
    fact = FACTS.get(record.kind) or Fact("unknown", Words("%(kind)s", kind=record.kind))
    words = names.words_of(record)
    if words is None or not _told_whole(record, fact):
        return fact
    people = {number: account.name for number, account in names.accounts.items()}
    shape, told = sentence(words, record.kind, record.body, record.body.get("stage"), people)
    return Fact(shape, told)


def _told_whole(record: Record, fact: Fact) -> bool:
    text = (fact.told or fact.words).text
    at_a_stage = "%(stage)s" in text or "%(effect)s" in text
    return record.stream == "application" and record.kind in OF_A_CASE and (not at_a_stage or "stage" in record.body)


def who(record: Record, names: Names) -> Words:
    """Who did it; an applicant is called that, without a name."""
    if record.actor_kind == "account":
        return named(names.accounts.get(record.actor_id or 0))
    return {
        "system": Words("系统"),
        "link": Words("持一次性链接的人"),
        "anonymous": Words("没有登录的人"),
    }[record.actor_kind]


def named(account: Named | None) -> Words:
    if account is None or not account.name:
        return UNKNOWN
    if account.place:
        return Words("%(name)s，%(place)s", name=account.name, place=account.place)
    return Words("%(name)s", name=account.name)


def on_behalf(record: Record, names: Names) -> Words | None:
    return Words("代%(name)s", name=named(names.accounts.get(record.for_id))) if record.for_id else None


def about(kind: str, subject: Named | None) -> Words:
    """What a chain is about, as far as the auditor is to know it."""
    if subject is None or kind == "installation":
        return STREAMS.get(kind, STREAMS["installation"])
    if subject.name:
        return Words("%(what)s %(name)s", what=STREAMS[kind], name=subject.name)
    return Words("%(what)s %(name)s", what=STREAMS[kind], name=subject.ref[:6])


def details(record: Record, names: Names) -> Iterator[tuple[Words, Any]]:
    """What belongs to the sentence: names, keys, counts. Whatever is not known here stays in the record."""
    fact, body = fact_of(record, names), record.body
    told = {key for place in fact.words.params for key in _SAID.get(place, ())}
    if isinstance(body.get("account"), int) and record.stream != "account":
        yield Words("账号"), named(names.accounts.get(body["account"]))
    if isinstance(body.get("substitute"), int):
        yield Words("代理人"), named(names.accounts.get(body["substitute"]))
    if isinstance(body.get("organization"), int) and record.stream != "organization":
        unit = names.organizations.get(body["organization"])
        yield Words("单位"), Words("%(name)s", name=unit.name if unit else "")
    if body.get("role"):
        yield Words("角色"), _role(str(body["role"]), names.words_of(record))
    if body.get("office"):
        yield Words("岗位"), offices.NAMES.get(body["office"], Words("%(key)s", key=body["office"]))
    for key, label in _NUMBERS.items():
        if key in told:
            continue
        value = _own_words(key, body.get(key), names.words_of(record))
        if isinstance(value, Label | Words):
            yield label, value
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            yield label, Words("%(value)s", value=value)
    yield from _dates(body)
    if isinstance(body.get("counts"), Mapping):
        counts = sorted(body["counts"].items())
        said = [Words("%(what)s %(n)s 行", what=_ROWS.get(name, name), n=n) for name, n in counts]
        yield Words("名单"), Words("%(list)s", list=said)


def _role(key: str, words: Definition | None) -> Words | Label:
    if key == ADMINISTRATOR:
        return Words("单位管理员")
    return words.roles[key].name if words is not None and key in words.roles else Words("%(key)s", key=key)


def _own_words(key: str, value: Any, words: Definition | None) -> Any:
    """What a verdict is called, and the program's name of a stage, a channel, a track or a field, where it is known."""
    if key == "verdict":
        return VERDICTS.get(value, value)
    if key == "why":
        return _WHY.get(value, value)
    if words is None:
        return value
    named: dict[str, Mapping[str, Any]] = {
        "stage": words.stages, "channel": words.channels, "track": words.tracks,
        "key": {**words.form_fields(), **words.eligibility.rules}, "field": words.form_fields(),
    }  # fmt: skip
    known = named.get(key, {})
    if key in ("key", "field") and isinstance(value, str) and "." in value:
        return name_of_place(words, value)
    return known[value].name if isinstance(value, str) and value in known else value


def _dates(body: Mapping[str, Any]) -> Iterator[tuple[Words, Any]]:
    for key, label in (("opens", Words("开始")), ("closes", Words("截止"))):
        if isinstance(body.get(key), str):
            yield label, Words("%(when)s", when=until(datetime.fromisoformat(body[key])))
