"""The standard fields: what a section may list by name, with type, check, level, purpose and blind rule settled."""

from collections.abc import Mapping
from typing import Any

STANDARD: Mapping[str, Mapping[str, Any]] = {
    "name": {"name": {"zh": "姓名", "en": "Name"}, "length": "1-60", "purpose": "核对身份", "blind": "hide"},
    "id_type": {
        "name": {"zh": "证件类型", "en": "Type of ID"},
        "type": "choice",
        "options": [
            {"key": "居民身份证", "name": {"zh": "居民身份证", "en": "Resident identity card"}},
            {
                "key": "港澳台居民居住证",
                "name": {"zh": "港澳台居民居住证", "en": "Residence permit for Hong Kong, Macao and Taiwan residents"},
            },
            {
                "key": "港澳居民来往内地通行证",
                "name": {"zh": "港澳居民来往内地通行证", "en": "Hong Kong and Macao travel permit"},
            },
            {"key": "台湾居民来往大陆通行证", "name": {"zh": "台湾居民来往大陆通行证", "en": "Taiwan travel permit"}},
            {"key": "外国人永久居留身份证", "name": {"zh": "外国人永久居留身份证", "en": "Permanent resident card"}},
            {"key": "护照", "name": {"zh": "护照", "en": "Passport"}},
        ],
        "purpose": "核对身份",
        "blind": "hide",
    },
    "id_no": {
        "name": {"zh": "证件号码", "en": "ID number"},
        "format": "id_no",
        "level": "L4",
        "purpose": "核对身份、防止重复申报",
        "blind": "hide",
    },
    "gender": {
        "name": {"zh": "性别", "en": "Gender"},
        "type": "choice",
        "options": [
            {"key": "男", "name": {"zh": "男", "en": "Male"}},
            {"key": "女", "name": {"zh": "女", "en": "Female"}},
        ],
        "purpose": "核对身份、统计",
        "blind": "hide",
    },
    "mobile": {
        "name": {"zh": "手机号", "en": "Mobile phone"},
        "format": "mobile",
        "level": "L3",
        "purpose": "联系本人",
        "blind": "hide",
    },
    "email": {
        "name": {"zh": "电子邮箱", "en": "E-mail"},
        "format": "email",
        "level": "L3",
        "purpose": "联系本人",
        "blind": "hide",
    },
    "bank_account": {
        "name": {"zh": "收款账号", "en": "Bank account"},
        "format": "bank_account",
        "level": "L4",
        "purpose": "发放待遇",
        "blind": "hide",
    },
    "org_name": {"name": {"zh": "单位名称", "en": "Organization"}, "length": "2-100", "level": "L1", "blind": "hide"},
    "credit_code": {
        "name": {"zh": "统一社会信用代码", "en": "Unified social credit code"},
        "format": "credit_code",
        "level": "L1",
        "blind": "hide",
    },
    "education": {
        "name": {"zh": "学历", "en": "Education"},
        "type": "choice",
        "options": ["初中及以下", "高中或中专", "大专", "本科", "研究生"],
        "level": "L3",
        "purpose": "统计",
        "credential": True,
    },
    "title": {"name": {"zh": "职称", "en": "Professional title"}, "level": "L3", "purpose": "统计", "credential": True},
}

MASKS = {
    "name": "name",
    "id_no": "id_no",
    "mobile": "mobile",
    "email": "email",
    "bank_account": "bank_account",
    "credit_code": "none",
}
