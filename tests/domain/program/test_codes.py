"""Every code of the language's list is shown by a broken file, and nothing else is ever said."""

import re

from tests.domain.program.broken import ROWS
from tests.domain.program.broken.rows import OTHERS, sound
from tests.domain.program.test_load import PROGRAMS
from workflow.domain.program.load import load

CODES = set(
    re.findall(
        r"\w+",
        """
    S01 S02 S03 S04 H00 H02 H03 H04 H05 H06 H07 R01 R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13
    C01 C02 C03 C04 C05 C06 C07 C08 F01 F02 F03 F04 F05 F06 F07 E01 E02 E03 T01 T02 T03 T04
    W01 W02 W03 W04 W05 W06 W07 W08 W10 W13 W14 W15 X00 X01 X02 X03 X04 X06 X07 X08 X09 X10 X11 X12 X13 X14 X15 X16 X20
    U01 U02 U03 U04 U05 U06 U07 U08 N10 B01 B02 Q01 Q02 Q03 Q04 Q05 D01 D02 D03 D04 D05 D06 N01 N02 N03
    I01 I02 I03 I04 I05 M01 M02 M03 M04 M05 K01 K02 G01 G02
    """,
    )
)
OURS = {"S00", "S05"}  # what cannot be read at all, and what is written in a wrong way
WARNINGS = set(
    re.findall(r"\w+", "H04 H05 R03 R06 F03 F06 F07 E03 T03 W10 W15 X03 X06 X09 X14 X20 U04 B01 Q04 I04 M05")
)


def test_every_code_is_shown_by_a_broken_file() -> None:
    assert CODES - {row.code for row in ROWS} == set()
    assert {row.code for row in ROWS} - CODES <= OURS


def test_only_the_named_codes_let_a_program_be_published() -> None:
    severities: dict[str, set[str]] = {}
    for row in ROWS:
        for problem in row.problems:
            severities.setdefault(problem.code, set()).add(problem.severity)
    assert {code for code, found in severities.items() if found == {"warning"}} == WARNINGS
    assert [code for code, found in severities.items() if len(found) > 1] == []


def test_every_sentence_is_chinese_and_filled_in() -> None:
    for row in ROWS:
        for problem in row.problems:
            sentence = str(problem.words)
            assert re.search(r"[\u4e00-\u9fff]", sentence)
            assert "%(" not in sentence


def test_the_programs_are_sound_but_for_one_honest_warning() -> None:
    """Two channels of 永宁骏才 share the total with ranked ones and meet in no ranking: first come, first served."""
    found = [
        (path.stem, problem.code, problem.path)
        for path in PROGRAMS
        for problem in load(path.read_text(encoding="utf-8"), OTHERS).problems
    ]
    assert found == [
        ("yongning_juncai", "Q04", ("channels", "own")),
        ("yongning_juncai", "Q04", ("channels", "enterprise")),
    ]
    assert load(sound("model_tutor")).ok
