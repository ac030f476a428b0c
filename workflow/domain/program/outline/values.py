"""What a value of the language is called where it may be chosen: by the word it stands behind, else in general."""

from collections.abc import Mapping

from workflow.domain.program.glossary import TYPES, VALUES
from workflow.domain.program.outline.choices import ACTIONS
from workflow.domain.program.outline.controls import name_of
from workflow.domain.program.schema import Retention
from workflow.domain.program.schema.base import Label
from workflow.domain.program.standard import STANDARD
from workflow.domain.words import Words

NAMED: Mapping[str, Mapping[str, Words]] = {
    # Class.word or word -> value -> what it is called
    "subject": {"person": Words("个人"), "team": Words("团队"), "organization": Words("单位")},
    "one_per_person": {
        "round": Words("每批一件"),
        "year": Words("每年一件"),
        "running": Words("同时只能一件"),
        "program": Words("一生一次"),
        "no": Words("不限"),
    },
    "visibility": {"public": Words("公开"), "internal": Words("内部")},
    "account": {
        "required": Words("必须有账号"),
        "optional": Words("可有可无"),
        "none": Words("没有账号，由别人代办"),
    },
    "confirm": {"before": Words("提交前"), "at_award": Words("发证时")},
    "mode": {"batch": Words("按批次"), "rolling": Words("常年受理"), "monthly": Words("每月一批")},
    "Intake.from": {"facts": Words("由部门数据找人")},
    "level": {
        "L1": Words("L1 公开"),
        "L2": Words("L2 经办人可看"),
        "L3": Words("L3 决定的人可看"),
        "L4": Words("L4 加密遮盖"),
    },
    "format": {
        "mobile": Words("手机号"),
        "email": Words("电子邮箱"),
        "id_no": Words("证件号码"),
        "credit_code": Words("统一社会信用代码"),
        "bank_account": Words("银行账号"),
        "url": Words("网址"),
        "patent_no": Words("专利号"),
    },
    "accept": {"pdf": Words("PDF"), "jpg": Words("JPG"), "png": Words("PNG"), "mp4": Words("MP4 视频（只能下载）")},
    "depth": {"county": Words("到区县"), "town": Words("到镇街"), "village": Words("到村社")},
    "blind": {"show": Words("给专家看"), "hide": Words("隐去")},
    "otherwise": {"fails": Words("不符合"), "look": Words("人工判断")},
    "Criterion.type": {
        "levels": Words("按等级"),
        "number": Words("按数折算"),
        "computed": Words("系统计算"),
        "veto": Words("一票否决"),
    },
    "beside": {"points": Words("积分")},
    "reveal": {"at_once": Words("马上看到"), "later": Words("等统一公布")},
    "may": {},
    "lapse": {"close": Words("视为放弃"), "stay": Words("留着"), "review": Words("研判")},
    "if_failed": {"hold_nominator": Words("暂停推荐方")},
    "if_silent": {"wait": Words("一直等"), "go_on": Words("往下走")},
    "ballot": {"secret": Words("无记名"), "open": Words("记名"), "minutes": Words("按会议纪要")},
    "VoteStage.of": {"present": Words("到会人数"), "members": Words("全体成员")},
    "pool": {"round": Words("一批的人一起排"), "meeting": Words("每次会议各排各的")},
    "rank_by": {"none": Words("不排序"), "votes": Words("按得票"), "total": Words("按总分")},
    "to": {"public": Words("公开"), "internal": Words("内部"), "organization": Words("本单位")},
    "lasts": {"valid": Words("到证书有效期满"), "open": Words("没有期限")},
    "tie_break": {"vote": Words("会上投票"), "first_criterion": Words("比第一项指标")},
    "verify": {"none": Words("不核验"), "files": Words("每份附件"), "all": Words("全部内容")},
    "rules": {"none": Words("不判"), "all": Words("全部条件")},
    "Channel.filled_by": {
        "person": Words("本人"),
        "nominator": Words("推荐方"),
        "either": Words("推荐方或本人"),
    },
    "Role.of": {"nominator": Words("推荐方"), "applicant": Words("申报人")},
    "every": {
        "month": Words("每月"),
        "quarter": Words("每季"),
        "half_year": Words("每半年"),
        "year": Words("每年"),
    },
    "per": {
        "round": Words("每批"),
        "year": Words("每年"),
        "month": Words("每月"),
        "case": Words("每件"),
        "organization": Words("每个单位"),
        "program": Words("整个项目"),
    },
    "once_per": {"year": Words("每年一次"), "term": Words("每学期一次")},
    "no_double": {"higher": Words("就高"), "first": Words("先享受的为准")},
    "roll": {"none": Words("不变")},
    "Duty.before": {"expiry": Words("到期前"), "stage_end": Words("阶段结束前")},
    "lock": {"month": Words("每月末"), "quarter": Words("每季末")},
    "PointItem.then": {"review": Words("打开研判")},
    "then": {
        "warn": Words("提醒"),
        "review": Words("研判"),
        "end": Words("终止"),
        "revoke": Words("撤销"),
    },
    "as_of": {"closes": Words("申报截止日"), "submitted": Words("提交日")},
    "majority": {"majority": Words("过半数")},
}


def value_name(owner: str, word: str, value: str) -> Words | Label:
    """`owner`: the part's name, as `Control.owner` has it."""
    for name in (f"{owner}.{word}", word):
        if value in NAMED.get(name, {}):
            return NAMED[name][value]
    if word == "standard":
        name_of_it = STANDARD[value]["name"]
        return Label.model_validate(name_of_it)
    if word == "class":
        return name_of(Retention, value)
    if word in ("type", "kind"):
        return TYPES.get(value) or Words("%(word)s", word=value)
    return VALUES.get(value) or ACTIONS.get(value) or TYPES.get(value) or Words("%(word)s", word=value)
