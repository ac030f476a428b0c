import pytest

from tests import keys


@pytest.fixture(autouse=True)
def _keys() -> None:
    keys.hand_in()
