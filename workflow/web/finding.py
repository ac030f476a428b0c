"""From what somebody typed to the one organization they mean."""

from workflow.domain.errors import InvalidInput, Reason
from workflow.domain.words import Words
from workflow.services import organizations
from workflow.web import page

SEVERAL = Words("找到几个单位，请写全称或统一社会信用代码")
NONE = Words("没有登记过这个单位，请写全称或统一社会信用代码")


def organization_of(typed: str, where: str) -> str:
    """The organization of a whole name or credit code, or the only one that the search finds."""
    told = " ".join(typed.split())
    found = organizations.search(page.actor(), told, limit=5)
    exact = [line for line in found if told in (line.name, line.credit_code)]
    meant = exact or (found if len(found) == 1 else [])
    if len(meant) != 1:
        raise InvalidInput([Reason(SEVERAL if found else NONE, where)])
    return meant[0].ref
