"""The clock: one Celery app, one timetable. A task is three lines that call a service.

The broker carries no truth. A message is a wake-up and may be lost or repeated; what is due stands in the database.
"""

from typing import Any

from celery import Celery, Task
from flask import Flask

from models.base import refuse_open_transaction
from tasks.timetable import TIMETABLE
from tasks.watch import stand_beside
from workflow.config import Settings


def make_celery(app: Flask) -> "Celery[Task[Any, Any]]":
    """The Celery app of this Flask app, also as `app.extensions["celery"]`."""

    class InApp(Task[Any, Any]):
        """Runs in an app context of its own, so with a session of its own."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                try:
                    return self.run(*args, **kwargs)
                finally:
                    refuse_open_transaction()

    settings: Settings = app.extensions["settings"]
    celery: Celery[Task[Any, Any]] = Celery("talent", task_cls=InApp, include=["tasks.clock", "tasks.studio"])
    celery.conf.update(
        broker_url=settings.broker_url,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=30,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        timezone="UTC",
        enable_utc=True,
        beat_schedule=TIMETABLE,
        beat_schedule_filename=str(settings.data_dir / "run" / "beat"),
        beat_max_loop_interval=5,
    )
    if settings.embedded_broker:
        celery.conf.update(_embedded(settings))
    celery.set_default()
    stand_beside(app)
    app.extensions["celery"] = celery
    return celery


def _embedded(settings: Settings) -> dict[str, Any]:
    folders = {name: settings.broker_dir / name for name in ("in", "done", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "worker_enable_remote_control": False,
        "broker_transport_options": {
            "data_folder_in": str(folders["in"]),
            "data_folder_out": str(folders["in"]),
            "processed_folder": str(folders["done"]),
            "control_folder": str(folders["control"]),
            "store_processed": False,
            "polling_interval": 0.5,
        },
    }
