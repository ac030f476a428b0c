import pytest

from models import secrets
from models.secrets import Keyring, Place, Unreadable
from tests import keys

NUMBER = "11010519491231002X"
HERE = Place("sealed_value", "abc:1:id_no:0", "ciphertext")


def test_sealed_text_opens_only_in_its_place() -> None:
    sealed = secrets.seal(NUMBER, HERE)
    assert NUMBER.encode() not in sealed
    assert secrets.unseal(sealed, HERE) == NUMBER
    with pytest.raises(Unreadable):
        secrets.unseal(sealed, HERE._replace(row="abd:1:id_no:0"))


def test_two_seals_of_one_text_differ() -> None:
    assert secrets.seal(NUMBER, HERE) != secrets.seal(NUMBER, HERE)


def test_changed_byte_is_noticed() -> None:
    sealed = bytearray(secrets.seal(NUMBER, HERE))
    sealed[-1] ^= 1
    with pytest.raises(Unreadable):
        secrets.unseal(bytes(sealed), HERE)


def test_person_key_erases_all_when_destroyed() -> None:
    wrapped = secrets.new_person_key("p1")
    sealed = secrets.seal(NUMBER, HERE, secrets.person_key(wrapped, "p1"))
    assert secrets.key_id_of(sealed) == secrets.PERSON_KEY
    assert secrets.unseal(sealed, HERE, secrets.person_key(wrapped, "p1")) == NUMBER
    with pytest.raises(Unreadable):
        secrets.person_key(None, "p1")
    with pytest.raises(Unreadable):
        secrets.unseal(sealed, HERE)
    with pytest.raises(Unreadable):
        secrets.person_key(wrapped, "p2")


def test_new_master_key_opens_what_the_old_one_sealed() -> None:
    old, new = Keyring.of("old", "i", "a"), Keyring.of("new, old", "j, i", "a")
    try:
        secrets.configure(old)
        wrapped, sealed, index = secrets.new_person_key("p1"), secrets.seal(NUMBER, HERE), secrets.blind("id", NUMBER)
        digest = secrets.digest("joint_answer", "words")
        secrets.configure(new)
        assert secrets.digest("joint_answer", "words") == digest, "what an event proves outlives a key"
        assert secrets.unseal(sealed, HERE) == NUMBER
        assert index in list(secrets.every_blind("id", NUMBER))
        assert secrets.blind("id", NUMBER) != index
        again = secrets.rewrapped(wrapped, "p1")
        assert secrets.key_id_of(again) != secrets.key_id_of(wrapped)
        assert secrets.person_key(again, "p1") == secrets.person_key(wrapped, "p1")
        secrets.configure(Keyring.of("new", "j", "a"))
        with pytest.raises(Unreadable):
            secrets.unseal(sealed, HERE)
    finally:
        keys.hand_in()


def test_blind_index_tells_kinds_apart() -> None:
    assert secrets.blind("passport", "E12345678") != secrets.blind("bank_account", "E12345678")
    assert secrets.blind("passport", "E12345678") == secrets.blind("passport", "E12345678")
