"""Trials of drafts: a message is only a wake-up, the row says what is to be done."""

from datetime import UTC, datetime

from celery import shared_task

from workflow.services.studio import background


@shared_task(name="tasks.studio.carry_out")
def carry_out() -> None:
    background.carry_out(datetime.now(UTC))
