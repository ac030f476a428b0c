"""Looking around: one click, and one is somebody of the town. Only where it filled itself, never in a real house."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models.accounts import Account, AccountState
from models.applications import ApplicationRow
from models.awards import CertificateRow, RecognitionRow
from models.base import literal_state, reading, writing
from models.work import WorkItem
from workflow.domain.actor import Actor
from workflow.domain.errors import NotFound
from workflow.domain.words import Words
from workflow.services import queues, sessions
from workflow.services.demo import cast
from workflow.services.demo.filling import progress
from workflow.services.signing_in import Here, SignedIn

_PEOPLE = "person%"
Sought = Select[Account, Any]
"""An account, and the reference of the case that it is looked for because of, if any."""


@dataclass(frozen=True)
class Face:
    """Somebody one can be. `who`: a login, or where to look for somebody whose case stands so."""

    key: str
    title: Words
    does: Words
    who: str | Callable[[], Sought]


@dataclass(frozen=True)
class Entered:
    signed_in: SignedIn
    actor: Actor
    case: str | None


def _filler(condition: ColumnElement[bool]) -> Sought:
    found = select(Account, ApplicationRow.ref).join(ApplicationRow, ApplicationRow.filler_id == Account.id)
    return found.where(Account.login.like(_PEOPLE), condition).order_by(ApplicationRow.id)


def _returned() -> Sought:
    return _filler(ApplicationRow.status == "correcting")


def _writing() -> Sought:
    return _filler(ApplicationRow.status == "draft")


def _holding() -> Sought:
    valid = select(RecognitionRow.application_id).where(RecognitionRow.standing == "valid")
    return _filler(ApplicationRow.id.in_(valid))


def _judging() -> Sought:
    """An expert with a seat that is still to be filled: who gets one was drawn."""
    owes = (WorkItem.state == literal_state("open"), WorkItem.role_key == "expert")
    return (
        select(Account, null()).where(Account.id.in_(select(WorkItem.holder_id).where(*owes))).order_by(Account.login)
    )


OUTSIDE = (
    Face("applicant", Words("申报人"), Words("材料被退回了 2 处，改好交回"), _returned),
    Face("writer", Words("正在填表的人"), Words("草稿填了一半，接着填"), _writing),
    Face("holder", Words("持证人"), Words("看自己的证书，下载 PDF"), _holding),
    Face("employer", Words("用人单位"), Words("审核本单位的人，同意推荐"), cast.EMPLOYERS[0].login),
    Face("school", Words("培训机构"), Words("导入理论测试成绩"), cast.TRAINER.login),
)
INSIDE = (
    Face("clerk", Words("受理员"), Words("形式审查，退回补正"), "clerk"),
    Face("hr", Words("人社审核员"), Words("资格审查，双人复核"), "hr2"),
    Face("examiner", Words("考核员"), Words("给实操考核打分"), "examiner"),
    Face("expert", Words("评审专家"), Words("盲评，不知道是谁的作品"), _judging),
    Face("department", Words("公安部门"), Words("联审反馈，一次答一批"), "police"),
    Face("committee", Words("认定委员"), Words("会上表决"), "committee1"),
    Face("supervisor", Words("监督员"), Words("核查公示期间的异议"), "supervisor"),
    Face("manager", Words("项目管理员"), Words("看全局，办会议、公示和发证"), "manager"),
    Face("programs", Words("方案管理员"), Words("发布方案，开批次，绑角色"), "programs"),
    Face("sysadmin", Words("系统管理员"), Words("账号和单位"), "sysadmin"),
    Face("security", Words("安全管理员"), Words("谁担任什么管理岗位"), "security"),
    Face("audit", Words("审计管理员"), Words("核验记录链"), "audit"),
)
FACES: Mapping[str, Face] = {face.key: face for face in (*OUTSIDE, *INSIDE)}


def enter(key: str, now: datetime, here: Here, language: str | None = None) -> Entered:
    """Come in as this one. NotFound in a house that did not fill itself, and for whoever is not of its people.

    `language`: of whoever comes in, who goes on reading in it; everybody of the town was invited in Chinese.
    """
    face = FACES.get(key)
    if face is None or not progress().full:
        raise NotFound
    with writing() as session:
        account, case = _found(session, face)
        if account.state != AccountState.ACTIVE:
            raise NotFound
        if language is not None and account.settings.get("language") != language:
            account.settings = {**account.settings, "language": language}
        token = sessions.start(session, account, now, here.address, here.agent, here.token)
        signed_in = SignedIn(token, account.id, account.must_change)
    return Entered(signed_in, sessions.actor_of(signed_in.account_id, now), case)


def _found(session: Session, face: Face) -> tuple[Account, str | None]:
    if isinstance(face.who, str):
        return session.scalars(select(Account).where(Account.login == face.who)).one(), None
    row = session.execute(face.who().limit(1)).first()
    if row is None:
        raise NotFound
    account, ref = row
    return account, ref


def names() -> dict[str, str]:
    """Of the faces that are here now: key -> name. A case that was handed on leaves its face to the next one."""
    found = {}
    with reading() as session:
        for face in FACES.values():
            with suppress(NotFound, NoResultFound):
                found[face.key] = _found(session, face)[0].name
    return found


def first_item(actor: Actor, now: datetime) -> str | None:
    """What is due first in their list."""
    lines = queues.page(actor, now, queues.Wanted()).lines
    return lines[0].row.item_ref if lines else None


def certificates() -> dict[str, str]:
    """One certificate of each standing, to be verified: standing -> the token of its code."""
    with reading() as session:
        rows = session.execute(
            select(RecognitionRow.standing, CertificateRow.token)
            .join(CertificateRow, CertificateRow.recognition_id == RecognitionRow.id)
            .order_by(RecognitionRow.id.desc(), CertificateRow.no)
        )
        return dict(rows.all())
