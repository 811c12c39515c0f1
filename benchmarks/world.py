"""Whether each site and page of the simulated web gets the verdict that is true of it.

python benchmarks/run.py world --seeds 5
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from text import ROOT, Bench, bound_share

from cloneward.sim import write_web

RIGHT_MIN = 0.98  # of sites, and of pages of each edit
SEEDS = 3


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="run.py world", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many webs")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench" / "world")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args(list(arguments))
    counts: dict[str, list[int]] = {}
    wrong: list[dict[str, Any]] = []
    for seed in range(1, options.seeds + 1):
        _judge_web(options.build / str(seed), seed, counts, wrong)
    rows = []
    for name, (right, total) in sorted(counts.items()):
        low, high = bound_share(right, total)
        held = right / total >= RIGHT_MIN
        rows.append({"name": name, "right": right, "of": total, "low": low, "high": high, "held": held})
        print(f"{'ok  ' if held else 'FAIL'} {name}: {right} of {total}, {low:.3f} to {high:.3f}", file=sys.stderr)
    result = {"command": " ".join(["python", "benchmarks/run.py", "world", *arguments]), "rows": rows, "wrong": wrong}
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "world.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["held"] for row in rows) else 1


def _judge_web(folder: Path, seed: int, counts: dict[str, list[int]], wrong: list[dict[str, Any]]) -> None:
    """Checks one web, each site as a whole and each page alone, and adds to the counts."""
    shutil.rmtree(folder, ignore_errors=True)
    facts = write_web(folder / "web", seed)
    about = json.loads((folder / "web" / "web.json").read_text(encoding="utf-8"))
    bench, workspace = Bench(folder, folder), folder / "workspace"
    bench.run("init", str(workspace), "--site", about["url"])
    with (workspace / "cloneward.toml").open("a", encoding="utf-8") as settings:
        settings.writelines(f'\n[[partners]]\ndomain = "{partner}"\n' for partner in about["partners"])
    where = ("--workspace", str(workspace))
    bench.run("protect", "add", str(folder / "web" / about["owner"]), "--base", about["url"], *where)
    hosts = [str(folder / "web" / site) for site in dict.fromkeys(fact.site for fact in facts)]
    lines: dict[tuple[str, str | None], dict[str, Any]] = {}
    for line in bench.run("check", *hosts, "--json", *where).lines:
        lines[Path(line["target"]).name, None] = line
    for line in bench.run("check", *hosts, "--each", "--json", *where).lines:
        page = Path(line["target"])
        lines[page.parent.name, page.name] = line
    for fact in facts:
        got = lines.get((fact.site, fact.page), {})
        name = f"pages, {fact.edit}, {fact.standing}" if fact.page else "sites"
        is_right = (got.get("verdict"), got.get("standing")) == (fact.verdict, fact.standing)
        count = counts.setdefault(name, [0, 0])
        count[0] += is_right
        count[1] += 1
        if not is_right:
            told = {key: got.get(key) for key in ("verdict", "standing", "share_of_target", "share_of_item_max")}
            wrong.append({"seed": seed, "site": fact.site, "page": fact.page, "expected": fact.verdict, **told})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
