"""The main job on a real site: five suspects, five verdicts, five reports.

    python examples/demo.py [FOLDER]            # default: build/demo

Brings a real documentation site here (`examples/sites.py`), registers its pages as ours, and lets a copyist make
four sites out of them: two that took whole pages, one that took a part, one that quotes. The fifth is another real
site that took nothing. Each is checked by the command line, as a user does it. Exit 1 if a verdict is not the one
expected.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import sites

from cloneward.sim import Page, copyist, read_page, render, write_web
from cloneward.sim.text import make_page

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261124
BASE = "https://docs.owner.example/"
AUTHOR = "the documentation at docs.owner.example"
OWNER, OTHER = "python", "git"
PAGES = 5  # of a suspect that takes whole pages
PAGES_UNRELATED = 20
WORDS = (700, 4000)  # of a page worth copying
EXCERPT_SHARE = 0.2
HOST_FACTOR = 2  # the host has so many times the words of the excerpt, or more


@dataclass(frozen=True)
class Suspect:
    """What is to be checked, and what must come out."""

    name: str
    what: str
    verdict: str
    standing: str
    pages: Mapping[str, str]  # file name → HTML


def main() -> int:
    options = _read_options()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for part in ("workspace", "suspects", "reports", "world"):
        shutil.rmtree(options.folder / part, ignore_errors=True)
    site, others = _bring_sites(options.cache, options.folder / "world")
    print(f"protected: {sum(1 for _ in sites.list_pages(site))} pages of {_show(site)} as {BASE}")
    workspace = options.folder / "workspace"
    _call("init", str(workspace), "--site", BASE)
    _call("protect", "add", str(site), "--base", BASE, "--workspace", str(workspace))
    reports = options.folder / "reports"
    reports.mkdir(parents=True)
    print(f"{'suspect':12} {'expected':13} {'verdict':13} {'of target':>9} {'of item':>8}  report")
    wrong = 0
    for suspect in make_suspects(site, others):
        folder = options.folder / "suspects" / suspect.name
        _write_pages(folder, suspect.pages)
        report = reports / f"{suspect.name}.html"
        line = _check(folder, workspace, report)
        (reports / f"{suspect.name}.json").write_text(json.dumps(line, indent=2) + "\n", encoding="utf-8")
        is_right = line["verdict"] == suspect.verdict and line["standing"] == suspect.standing
        wrong += not is_right
        print(
            f"{suspect.name:12} {suspect.verdict:13} {line['verdict']:13} {_show_share(line['share_of_target']):>9} "
            f"{_show_share(line['share_of_item_max']):>8}  {_show(report)}{'' if is_right else '  WRONG'}"
        )
        print(f"{'':12} {suspect.what}")
    print(f"{wrong} of 5 wrong" if wrong else "all five as expected")
    return 1 if wrong else 0


def make_suspects(site: Path, others: Sequence[Path]) -> list[Suspect]:
    """The five suspects, made from real pages of the protected site and of another."""
    rng = Random(SEED)
    pages = {
        path.relative_to(site).as_posix(): page
        for path in sites.list_pages(site)
        if not path.name.startswith(("genindex", "search", "py-modindex"))
        and WORDS[0] <= (page := read_page(path.read_bytes())).words <= WORDS[1]
    }
    chosen = rng.sample(sorted(pages), 2 * PAGES + 2)
    whole, changed, (part, quoted) = chosen[:PAGES], chosen[PAGES : 2 * PAGES], chosen[2 * PAGES :]
    host = _choose_host(others, round(pages[part].words * EXCERPT_SHARE * HOST_FACTOR), rng)
    mixed = copyist.copy_excerpt(pages[part], host, EXCERPT_SHARE, rng)
    blog = make_page(rng, 900)
    quoting = copyist.quote_page(pages[quoted], blog, BASE + quoted, AUTHOR, rng)

    def show(template: str, names: Sequence[str], edit: Callable[[Page], Page]) -> dict[str, str]:
        edited = [edit(pages[name]) for name in names]
        return {f"{at:02}.html": render(template, page.title, page.blocks, rng) for at, page in enumerate(edited)}

    taken = mixed.words - host.words
    return [
        Suspect(
            "verbatim",
            f"{PAGES} whole pages in the template of a viewer site",
            "copy",
            "none_known",
            show("viewer", whole, copyist.copy_verbatim),
        ),
        Suspect(
            "excerpt",
            f"{taken} words of {part} within a page of another site",
            "partial_copy",
            "none_known",
            {"page.html": render("mobile", host.title, mixed.blocks, rng)},
        ),
        Suspect(
            "reworded",
            f"{PAGES} whole pages, every seventh word another, in the template of a news portal",
            "copy",
            "none_known",
            show("news", changed, lambda page: copyist.change_words(page, 0.15, rng)),
        ),
        Suspect(
            "quotation",
            f"a blog that quotes {quoting.words - blog.words} words of {quoted}, names us and links to us",
            "benign",
            "quotation",
            {"post.html": render("blog", quoting.title, quoting.blocks, rng)},
        ),
        Suspect(
            "unrelated",
            f"{PAGES_UNRELATED} pages of another site as they are",
            "unrelated",
            "none_known",
            {path.name: path.read_text(encoding="utf-8", errors="replace") for path in others[:PAGES_UNRELATED]},
        ),
    ]


def _bring_sites(cache: Path, world: Path) -> tuple[Path, list[Path]]:
    """The protected site, and pages of another; simulated ones where only the wheel can be had."""
    try:
        site = sites.fetch_site(OWNER, cache)
        return site, list(sites.list_pages(sites.fetch_site(OTHER, cache)))
    except LookupError as error:
        print(f"{error}; taking the site that needs no apt", file=sys.stderr)
    write_web(world, SEED, pages_of_others=PAGES_UNRELATED)
    return sites.fetch_wheel(cache), list(sites.list_pages(world / "unrelated-blog.test"))


def _choose_host(others: Sequence[Path], words: int, rng: Random) -> Page:
    hosts = [page for path in others if WORDS[1] >= (page := read_page(path.read_bytes())).words >= words]
    return rng.choice(hosts)


def _write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, html in pages.items():
        (folder / name).write_text(html, encoding="utf-8")


def _check(folder: Path, workspace: Path, report: Path) -> dict[str, Any]:
    output = _call("check", str(folder), "--json", "--html", str(report), "--workspace", str(workspace))
    return json.loads(output)


def _call(*arguments: str) -> str:
    """What the program prints on stdout; the demo ends if it fails."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "cloneward", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"cloneward {' '.join(arguments)}\nexit {done.returncode}\n{done.stderr}")
    return done.stdout


def _show(path: Path) -> str:
    """A path as short as it can be said."""
    for top, name in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.resolve().is_relative_to(top.resolve()):
            return name + path.resolve().relative_to(top.resolve()).as_posix()
    return str(path)


def _show_share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "demo", help="for all that is made")
    parser.add_argument("--cache", type=Path, default=sites.find_cache(), help="where the real sites are kept")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
