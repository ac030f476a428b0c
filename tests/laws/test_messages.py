"""Who reads English reads all of it: each text has one translation, with the same places to fill."""

from functools import cache

import pytest

from tests.laws import texts


@cache
def all_translated() -> dict[str, str]:
    return {source: said for room in texts.translated().values() for source, said in room.items()}


@pytest.mark.parametrize("path", texts.sources())
def test_every_text_of_a_file_is_in_english(path: str) -> None:
    known = all_translated()
    missing = sorted(text for text in texts.said_in(path) if not known.get(text))
    assert not missing, "\n".join([f"{path} says what translations/en does not:", *missing])


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    said = frozenset[str]().union(*map(texts.said_in, texts.sources()))
    left = [f"{room}: {source}" for room, pairs in texts.translated().items() for source in pairs if source not in said]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("room", sorted(texts.translated()))
def test_a_translation_fills_the_same_places(room: str) -> None:
    wrong = [
        source
        for source, said in texts.translated()[room].items()
        if set(texts.PLACE.findall(source)) != set(texts.PLACE.findall(said))
    ]
    assert not wrong, f"{room}: {wrong}"


def test_english_holds_no_chinese_punctuation() -> None:
    wrong = [
        f"{room}: {said}"
        for room, pairs in texts.translated().items()
        for said in pairs.values()
        if any(sign in said for sign in "，。；：？！、（）“”")
    ]
    assert not wrong, "\n".join(wrong)
