"""How fast evidence is verified, and whether every attack on a package is found: each named one, and flipped bits.

    python benchmarks/run.py seal
    python benchmarks/run.py seal --flips 500 --megabytes 20     # a quick look

The attacks are those of tests/seal/attacks.py, which was written before the verifier. Bits are flipped anywhere in a
package, and, apart from that, in its files, with the ZIP made anew around them so that no CRC can tell. The
authorities are real ones, `openssl ts` on this machine; what openssl says of one reply and digest is asked once.
"""

import argparse
import functools
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import corpus
from corpus import SEED, say
from text import ROOT

sys.path.insert(0, str(ROOT))

from cloneward.seal import verify
from cloneward.seal.sealing import tell_state
from tests.authority import StampServer
from tests.seal.attacks import ATTACKS, Field, flip_bits, flip_files
from tests.seal.owner import Owner, hand_over, make_field

FLIPS = 10_000
KILLS = 250
MEGABYTES = 200
CAPTURES = 4
AIM_MB_S = 200


def measure_speed(owner: Owner, megabytes: int, rounds: int) -> dict[str, Any]:
    """MB a second of CPU, as many bytes as a package has; its bodies are random, so nothing is smaller packed."""
    rng = Random(SEED)
    sizes = [megabytes * 1_000_000 // CAPTURES] * CAPTURES
    ids = [
        owner.capture(f"https://large.test/{number}", body=rng.randbytes(size)).subject
        for number, size in enumerate(sizes)
    ]
    package = owner.export(ids, "large")
    path = owner.folder / "large.zip"
    speeds = []
    for number in range(rounds + 1):
        taken = corpus.time_cpu(lambda: expect_sound(path, owner.trust))
        if number:
            speeds.append(len(package) / 1e6 / taken)
    return {"bytes": len(package), "mb_per_s": corpus.spread(speeds)}


def measure_kills(owner: Owner, kills: int) -> dict[str, Any]:
    """What `kill -9` at random moments of a sealing leaves behind: broken is what is listed and is not as it says.

    Each run captures, seals and stamps in a process of its own, killed after a time drawn anew; what was listed before
    must be listed after. Counted as lost too is what the run itself said was under seal.
    """
    rng = Random(SEED)
    whole_s = _time_capture(owner, "https://copy.test/whole")
    counts, kept = Counter[str](), set(owner.evidence.list_sealed())
    for number in range(kills):
        url = f"https://copy.test/{number}"
        told = _run_and_kill(owner, url, rng.uniform(0, 1.2 * whole_s))
        owner = Owner(owner.folder, owner.servers)
        listed = {name: tell_state(owner.evidence.folder / name).state for name in owner.evidence.list_sealed()}
        counts["broken"] += sum(state == "broken" for state in listed.values())
        counts["lost"] += len(kept - listed.keys()) + (told and owner.describe(url).id not in listed)
        counts[listed.get(owner.describe(url).id, "not there")] += 1
        kept |= listed.keys()
    for name in owner.evidence.list_pending():
        owner.evidence.stamp(name, owner.ask, who="ana", at=owner.now())
    unsound = [name for name in kept if not verify.verify(owner.evidence.folder / name, owner.trust).is_sound]
    ledger = verify.verify(owner.ledger.folder / "ledger.jsonl", owner.trust).is_sound
    return {"kills": kills, **dict(counts), "unsound_in_the_end": len(unsound) + (not ledger)}


def _time_capture(owner: Owner, url: str) -> float:
    begun_s = time.perf_counter()
    owner.capture(url)
    return time.perf_counter() - begun_s


def _run_and_kill(owner: Owner, url: str, after_s: float) -> bool:
    """Capture in a process of its own and kill that; whether it said before that the capture is under seal."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        capture = owner.describe(url)
        owner.write(capture)
        owner.evidence.seal(capture, owner.now())
        os.write(writing, b"sealed")
        owner.evidence.stamp(capture.id, owner.ask, who="ana", at=owner.now())
        os._exit(0)
    os.close(writing)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as file:
        return file.read(6) == b"sealed"


def expect_sound(path: Path, trust: verify.Trust) -> None:
    report = verify.verify(path, trust)
    if not report.is_sound:
        raise ValueError("\n".join(verify.tell_report(report)))


def make_check(folder: Path, trust: verify.Trust) -> Callable[[bytes], frozenset[str]]:
    """Gives the names of what is found in the bytes of a package."""
    path = folder / "attacked.zip"

    def check(package: bytes) -> frozenset[str]:
        path.write_bytes(package)
        report = verify.verify(path, trust)
        return frozenset() if report.is_sound else report.codes

    return check


def count_flips(
    flipped: Iterator[tuple[Any, bytes]], check: Callable[[bytes], frozenset[str]], aside: frozenset[str]
) -> dict[str, Any]:
    """How many flips are found by what is not `aside`, those that are not, and what names them."""
    names: Counter[str] = Counter()
    missed, count = [], 0
    for place, changed in flipped:
        found = check(changed) - aside
        missed += [] if found else [str(place)]
        names.update(found)
        count += 1
        if count % 1000 == 0:
            say(f"{count:,} flips, {len(missed)} missed")
    return {"flips": count, "found": count - len(missed), "missed": missed, "names": dict(names.most_common())}


def try_attacks(field: Field, check: Callable[[bytes], frozenset[str]]) -> list[dict[str, Any]]:
    rows = []
    for attack in ATTACKS:
        found = check(attack.make(field))
        rows.append({"attack": attack.name, "found": sorted(found), "named": bool(found & attack.codes)})
    return rows


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("seal", arguments, ("cryptography",))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers = tuple(StampServer(one, folder / one) for one in ("one", "two"))
        owner, package, other = hand_over(folder, servers)
        speed = measure_speed(Owner(folder / "large", servers), options.megabytes, options.rounds)
        kills = measure_kills(Owner(folder / "killed", servers), options.kills)
        verify.ask_openssl = functools.cache(verify.ask_openssl)
        check = make_check(folder, owner.trust)
        if check(package):
            raise ValueError("the package that is attacked is not sound")
        attacks = try_attacks(make_field(folder / "stranger", owner, package, other), check)
        anywhere = count_flips(flip_bits(package, options.flips, SEED), check, frozenset())
        inside = count_flips(flip_files(package, options.flips, SEED), check, frozenset({"container"}))
    result = {
        **run,
        "rounds": options.rounds,
        "speed": speed,
        "package_bytes": len(package),
        "attacks": attacks,
        "flips": {"anywhere in the package": anywhere, "in its files, the ZIP made anew": inside},
        "kills": kills,
        "gates": [*judge_gates(attacks, anywhere, inside), *judge_kills(kills)],
    }
    corpus.write_results(options.results, "seal", result, _write_report(result))
    for gate in result["gates"]:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']}, must be {gate['must']}")
    say(f"tracked: {speed['mb_per_s']['median']} MB/s, aim {AIM_MB_S}")
    return 0 if all(gate["held"] for gate in result["gates"]) else 1


def judge_gates(
    attacks: Sequence[dict[str, Any]], anywhere: dict[str, Any], inside: dict[str, Any]
) -> list[dict[str, Any]]:
    pairs = [
        ("named attacks found and named", sum(row["named"] for row in attacks), len(attacks)),
        ("bits flipped anywhere, found", anywhere["found"], anywhere["flips"]),
        ("bits flipped in files, found by more than the ZIP", inside["found"], inside["flips"]),
    ]
    return [{"name": name, "value": value, "must": must, "held": value == must} for name, value, must in pairs]


def judge_kills(kills: dict[str, Any]) -> list[dict[str, Any]]:
    told = {
        "killed while sealing: listed and broken": kills.get("broken", 0),
        "killed while sealing: sealed and lost": kills.get("lost", 0),
        "killed while sealing: not sound when completed": kills["unsound_in_the_end"],
    }
    return [{"name": name, "value": value, "must": 0, "held": value == 0} for name, value in told.items()]


def _write_report(result: dict[str, Any]) -> list[str]:
    speed = result["speed"]["mb_per_s"]
    lines = [
        "# Seal: verification, and attacks on a package",
        "",
        corpus.tell_run(result),
        "",
        (
            f"A package of {result['speed']['bytes'] / 1e6:,.0f} MB in {CAPTURES} captures is verified at "
            f"{speed['median']} MB a second of CPU, median of {result['rounds']} rounds ({speed['min']} to "
            f"{speed['max']}); the aim is {AIM_MB_S}. openssl, a process of its own, is not counted."
        ),
        "",
        (
            f"Attacked is a package of {result['package_bytes']:,} bytes with two captures. An attack is named where "
            "one of the names that it was given beforehand is among those found."
        ),
        "",
        "| gate | value | must be | held |",
        "|--|--:|--:|--|",
    ]
    lines += [
        f"| {gate['name']} | {gate['value']:,} | {gate['must']:,} | {'yes' if gate['held'] else '**no**'} |"
        for gate in result["gates"]
    ]
    told = ", ".join(f"{result['kills'].get(state, 0):,} {state}" for state in ("not there", "pending", "sealed"))
    lines += ["", f"Killed (`kill -9`) {result['kills']['kills']:,} times while sealing; the capture was then: {told}."]
    lines += ["", "| flips | found | of | by |", "|--|--:|--:|--|"]
    for name, told in result["flips"].items():
        names = ", ".join(f"{code} {count:,}" for code, count in told["names"].items())
        lines.append(f"| {name} | {told['found']:,} | {told['flips']:,} | {names} |")
    lines += ["", "| attack | named | found |", "|--|--|--|"]
    for row in result["attacks"]:
        lines.append(f"| {row['attack']} | {'yes' if row['named'] else '**no**'} | {', '.join(row['found'])} |")
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py seal", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--flips", type=int, default=FLIPS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help="size of the package whose speed is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
