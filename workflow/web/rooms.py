"""Every room of the front door. A new one is one line here; without it none of its pages exists."""

from workflow.web import (
    account,
    admin,
    applicant,
    auditor,
    duties,
    files,
    health,
    manager,
    nominator,
    public,
    reviewer,
    studio,
)

ROOMS = (
    public.blueprint,
    account.blueprint,
    applicant.blueprint,
    duties.blueprint,
    nominator.blueprint,
    reviewer.blueprint,
    files.blueprint,
    manager.blueprint,
    admin.blueprint,
    studio.blueprint,
    auditor.blueprint,
    health.blueprint,
)
