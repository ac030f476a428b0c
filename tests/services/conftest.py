import pytest

from tests import keys
from workflow.services import passwords


@pytest.fixture(autouse=True)
def _keys() -> None:
    keys.hand_in()
    passwords.configure(passwords.CHEAP)
