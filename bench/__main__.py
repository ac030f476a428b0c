"""`python3 manage.py bench [OP…] [--json] [--backend sqlite|postgresql] [--sizes 1000,10000,100000]`"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from time import perf_counter

from bench.grounds import Ground, grounds
from bench.measuring import Measured, measure
from bench.operations import OPERATIONS
from bench.seeding import Town, fill, found
from bench.whole import WHOLE, run

SIZES = (1_000, 10_000, 100_000)
_EVERY = tuple(OPERATIONS)


def main(arguments: Sequence[str]) -> int:
    wishes = _understood(arguments)
    run([name for name in wishes.operations if name in WHOLE], wishes.backend)
    wishes.operations = [name for name in wishes.operations if name in OPERATIONS]
    if not wishes.operations:
        return 0
    with grounds(wishes.backend) as made:
        first = made.fresh()
        with first.app.app_context():
            town = found(datetime.now(UTC), made.folder / "files")
        sized = {n: made.copy_of(first) for n in wishes.sizes}
        for n, ground in sized.items():
            _fill(ground, town, n)
            made.settle(ground)
        measured = [line for name in wishes.operations for line in measure(OPERATIONS[name], sized, town)]
    (_as_json if wishes.json else _as_table)(measured, wishes.backend)
    return 0


def _fill(ground: Ground, town: Town, n: int) -> None:
    began = perf_counter()
    with ground.app.app_context():
        fill(ground.url, town, n)
    _say(f"{n:,} applications in {perf_counter() - began:.0f} s")


def _understood(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("manage.py bench", description="How long it takes beside a bare page.")
    parser.add_argument(
        "operations",
        nargs="*",
        metavar="OP",
        help=f"of {', '.join((*_EVERY, *WHOLE))}; without any: {', '.join(_EVERY)}",
    )
    parser.add_argument("--json", action="store_true", help="one line per operation and size")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="how many applications, such as 1000,10000")
    wishes = parser.parse_args(arguments)
    unknown = set(wishes.operations) - {*_EVERY, *WHOLE}
    if unknown:
        parser.error(f"there is no operation {', '.join(sorted(unknown))}; there are {', '.join((*_EVERY, *WHOLE))}")
    wishes.operations = wishes.operations or list(_EVERY)
    return wishes


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(each) for each in text.replace("_", "").split(","))
    if min(sizes) < SMALLEST:
        raise argparse.ArgumentTypeError(f"a page of fifty needs {SMALLEST} applications at least")
    return sizes


SMALLEST = 500


def _as_json(measured: Sequence[Measured], _backend: str) -> None:
    for line in measured:
        rounded = {**asdict(line), "p50_ms": round(line.p50_ms, 4), "ratio": round(line.ratio, 3)}
        print(json.dumps(rounded))


def _as_table(measured: Sequence[Measured], backend: str) -> None:
    print(f"{backend}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'operation':<12} {'applications':>12} {'p50 ms':>9} {'queries':>8} {'x bare page':>12} {'x smallest':>11}")
    smallest: dict[str, Measured] = {}
    for line in measured:
        first = smallest.setdefault(line.op, line)
        growth = line.ratio / first.ratio
        print(f"{line.op:<12} {line.n:>12,} {line.p50_ms:>9.3f} {line.queries:>8} {line.ratio:>12.2f} {growth:>11.2f}")


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
