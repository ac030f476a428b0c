"""What gunicorn, Celery and the `flask` command load."""

from tasks import make_celery
from workflow.app import create_app

app = create_app()
celery = make_celery(app)
