"""Lists of who holds which role in a round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.queries import accounts as queries
from models.queries import bindings
from workflow.domain import identifiers
from workflow.domain.actor import Actor
from workflow.domain.errors import NotReady, Reason
from workflow.domain.words import Words
from workflow.services import accounts, roles
from workflow.services.imports import Column, Line, Raw, Verdict
from workflow.services.imports_people import employers_named
from workflow.services.roles import Seat, Setting


@dataclass(frozen=True)
class Given:
    account_id: int
    seat: Seat


class BindingList:
    """Of one round, or of a whole program where `round_ref` is None."""

    name = "角色名单"
    columns: tuple[Column, ...] = (
        Column("role", ("角色", "role"), required=True),
        Column("account", ("账号", "用户名", "手机号", "手机号码", "手机", "邮箱", "account", "login"), required=True),
        Column("name", ("姓名", "名字", "name")),
        Column("organization", ("单位", "所属单位", "单位名称", "统一社会信用代码", "organization")),
        Column("track", ("赛道", "类别", "工种", "track")),
    )

    def __init__(self, actor: Actor, round_ref: str | None = None, program_ref: str | None = None) -> None:
        self._actor, self._round_ref, self._program_ref = actor, round_ref, program_ref

    def require(self, session: Session, actor: Actor, found: Sequence[Column]) -> None:
        roles.open_setting(session, actor, self._round_ref, self._program_ref)

    def shown(self, key: str, typed: str) -> str:
        number = identifiers.mobile(typed) if key == "account" else None
        return identifiers.mask("mobile", number) if isinstance(number, str) else typed

    def parse(self, raw: Raw, now: datetime) -> tuple[Raw | None, list[Reason]]:
        missing = [key for key in ("role", "account") if not raw.get(key)]
        return (None if missing else raw), [Reason(Words("这一格要填"), key) for key in missing]

    def judge(
        self, session: Session, rows: Sequence[tuple[Raw, Raw]], now: datetime
    ) -> list[tuple[Verdict, list[Reason], object]]:
        setting = roles.open_setting(session, self._actor, self._round_ref, self._program_ref)
        places = employers_named(session, {raw.get("organization") for raw, _ in rows if raw.get("organization")})
        held = {
            (line.account_id, line.role, line.organization, line.track)
            for line in bindings.bound(session, setting.program_id, setting.round_id, now)
            if line.of_this_round == (setting.round_id is not None)
        }
        seen: set[Given] = set()
        answers: list[tuple[Verdict, list[Reason], object]] = []
        for raw, _ in rows:
            verdict, reasons, given = _judged(session, setting, raw, places, held)
            if given is not None and given in seen:
                verdict, reasons, given = "same", [Reason(Words("与前面的行重复"))], None
            if given is not None:
                seen.add(given)
            answers.append((verdict, reasons, given))
        return answers

    def write(self, session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> Sequence[int]:
        for line in lines:
            if isinstance(line.thing, Given):
                roles.give(session, actor, now, line.thing.account_id, line.thing.seat, basis="导入的角色名单")
        return ()  # each binding is told in the chain of its round


Held = set[tuple[int, str, str | None, str | None]]


def _judged(
    session: Session, setting: Setting, raw: Raw, places: dict[str, list[int]], held: Held
) -> tuple[Verdict, list[Reason], Given | None]:
    reasons: list[Reason] = []
    role = _role(setting, raw, reasons)
    track = _track(setting, raw, reasons)
    account = _account(session, raw, reasons)
    place = _place(raw, places, reasons)
    if role is not None and setting.definition.roles[role].of is not None and not raw.get("organization"):
        reasons.append(Reason(Words("这个角色由单位出人，请填单位"), "organization"))
    if reasons or role is None or account is None:
        return "wrong", reasons, None
    name = place[1] if place else None
    if (account.id, role, name, track) in held:
        return "same", [], None
    seat = Seat(role, setting.program_id, setting.round_id, place[0] if place else None, track)
    return "new", [], Given(account.id, seat)


def _role(setting: Setting, raw: Raw, reasons: list[Reason]) -> str | None:
    typed = raw.get("role")
    for key, role in setting.definition.roles.items():
        if typed in (key, role.name.zh, role.name.en):
            return key
    reasons.append(Reason(Words("方案里没有角色“%(role)s”", role=typed), "role"))
    return None


def _track(setting: Setting, raw: Raw, reasons: list[Reason]) -> str | None:
    typed = raw.get("track")
    for key, track in setting.definition.tracks.items():
        if typed in (key, track.name.zh, track.name.en):
            return key
    if typed:
        reasons.append(Reason(Words("方案里没有类别“%(track)s”", track=typed), "track"))
    return None


def _account(session: Session, raw: Raw, reasons: list[Reason]) -> Account | None:
    typed = identifiers.tidy(raw.get("account")).lower()
    number = identifiers.mobile(typed)
    found = queries.by_address(session, number if isinstance(number, str) else typed)
    if found is None or found.state == AccountState.DISABLED:
        reasons.append(Reason(Words("没有这个账号，或者它已停用；请先在“账号”里邀请"), "account"))
        return None
    if raw.get("name") and raw.get("name") != found.name:
        reasons.append(Reason(Words("这个账号不叫这个姓名，请核对"), "name"))
    try:
        accounts.refuse_apart(session, found.id)
    except NotReady as fault:
        reasons += [Reason(each.words, "account") for each in fault.reasons]
    return found


def _place(raw: Raw, places: dict[str, list[int]], reasons: list[Reason]) -> tuple[int, str] | None:
    typed = raw.get("organization")
    if not typed:
        return None
    matches = places.get(" ".join(identifiers.tidy(typed).split()), [])
    if len(matches) == 1:
        return matches[0], typed
    reasons.append(Reason(Words("没有登记过这个单位，或者有几个同名，请改填统一社会信用代码"), "organization"))
    return None
