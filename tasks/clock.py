"""The wake-ups."""

from datetime import UTC, datetime

from celery import shared_task

from workflow.services import clock


@shared_task(name="tasks.clock.tick")
def tick() -> None:
    clock.tick(datetime.now(UTC))
