"""`cloneward check`: the main job."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, make_gatherer, read_path, read_target
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.cli.visits import Visit, open_capture
from cloneward.errors import InputError, Unavailable

if TYPE_CHECKING:
    from cloneward.model.case import Verdict
    from cloneward.store.items import ItemStore
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.check import Check, Checked
    from cloneward.workflows.library import Library

_EXITS = {"target_missing": 2, "target_refused": 5, "target_unavailable": 75}
_EXIT_FAIL_ON = 3


def check(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="TARGET", help="Folders, files or web addresses to judge; - is a page on stdin."),
    ],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="SOURCE",
            help="Folder, file or web address of ours; instead of a workspace. May be repeated.",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help="Address of the --against folder's top; tells which domain is ours."),
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Judge every page alone, by its words and not its looks.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", parser=read_path, metavar="FILE", help="Write a report that a lawyer can read."),
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Show people's pictures and values in the report as they are.")
    ] = False,
    texts: Annotated[
        Path | None,
        typer.Option(
            "--texts", parser=read_path, metavar="DIR", help="Write the extracted texts, which all offsets count in."
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Verdicts that give exit code 3, by commas; copy counts partial_copy."),
    ] = None,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="ITEM", help="Say at which stage a match with this item was lost."),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Visit addresses by plain requests, without a browser.")
    ] = False,
    vantage: Annotated[
        str | None,
        typer.Option("--vantage", metavar="NAME", help="From where and as whom; capture --list names them."),
    ] = None,
    pages: Annotated[
        int | None,
        typer.Option("--pages", min=1, max=1000, help="Most pages of a site that are visited; see [capture] pages."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether sites copy ours, what they share with it, and what speaks for and against.

    A target is judged as one site and gives one line. It is compared with the items of the workspace, or with
    folders given by --against. In a workspace a web address is captured: visited with a browser, and put under seal.

    \b
    Examples:
      cloneward check https://copy.example/ --pages 20
      cloneward check suspect/ --against mysite/ --html report.html
      cloneward check saved/*.html --json --fail-on copy
      cloneward check - --against mysite/ < page.html
    """
    failing = _parse_verdicts(fail_on)  # before what takes seconds to import

    chosen = [read_target(target) for target in targets]

    from cloneward.clock import SystemClock
    from cloneward.workflows.check import Check
    from cloneward.workflows.gather import CHECKED_PAGES

    kept: list[Checked] = []
    worst = 0
    keep = _open_texts(texts) if texts else None
    visit = Visit(is_plain=plain, vantage=vantage, pages=pages)
    with ExitStack() as stack:
        library, opened = stack.enter_context(_open_library(against, base, workspace))
        settings = opened.settings if opened else None
        if opened and any(isinstance(target, str) for target in chosen):
            capture = stack.enter_context(open_capture(opened, visit))
        else:
            capture = None
        job = Check(
            library=library,
            clock=SystemClock(),
            each=each,
            # what is not registered is looked for as it is, which says so
            why_not=(library.find_id(why_not) or why_not) if why_not else None,
            keep=keep,
            gatherer=make_gatherer(settings, "check", CHECKED_PAGES),
            capture=capture,
            keeps_pictures=html is not None,
        )
        for target in chosen:
            for checked in _run(job, target):
                _show(checked.verdict, as_json=as_json)
                worst = max(worst, _grade(checked.verdict, failing))
                if html is not None:
                    kept.append(checked)
                if keep is not None:
                    for item in sorted({match.item for match in checked.verdict.matches}):
                        keep("", item, library.read_text(item))
        if html is not None:
            _write_report(html, kept, library, shows_people=people)
    if worst:
        raise typer.Exit(worst)


def _run(job: "Check", target: Path | str) -> "Iterator[Checked]":
    """Judge a target; `-` is one page of HTML from stdin."""
    if str(target) != "-":
        return job.run(target)
    from cloneward.archive.folder import MAX_FILE_BYTES, RawPage

    return iter([job.judge_page(RawPage("-", sys.stdin.buffer.read(MAX_FILE_BYTES), is_html=True))])


@contextmanager
def _open_library(
    against: list[str] | None, base: str | None, workspace: Path | None
) -> "Iterator[tuple[Library, Workspace | None]]":
    from cloneward.workflows.library import open_folders, open_store

    if against:
        library, problems = open_folders(
            [read_target(source) for source in against], base, make_gatherer(None, "check")
        )
        for problem in problems:
            tell(f"{problem.code}: {problem.page or '-'}: {problem.text}")
        if not library.items:
            raise InputError(f"no page could be read in {against[0]}", hint="give a folder of HTML or text files")
        yield library, None
        return
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace

    opened = Workspace.find(Path.cwd(), workspace)
    with opened.reader(SystemClock()) as store:
        _catch_up(opened, store)
        library = open_store(store, opened.settings, opened.index_folder)
        if not library.items:
            raise InputError(f"nothing is protected in {opened.folder}", hint="cloneward protect add DIR, first")
        yield library, opened


def _catch_up(workspace: "Workspace", store: "ItemStore") -> None:
    """Bring the index up, as after a crash; beside a running import, say that the newest items are not in it yet."""
    from cloneward.clock import SystemClock
    from cloneward.workflows.reindex import is_behind, reindex

    if not is_behind(store, workspace.index_folder):
        return
    try:
        with workspace.writer(SystemClock()) as writer:
            for problem in reindex(writer, workspace.index_folder):
                tell(describe_problem(problem))
    except Unavailable as error:
        tell(f"items of an import that is under way are not compared yet: {error}")


def _parse_verdicts(text: str | None) -> frozenset[str]:
    from cloneward.model.case import VerdictName

    names = {name.strip() for name in (text or "").split(",")} - {""}
    unknown = names - set(get_args(VerdictName))
    if unknown:
        raise InputError(f"no such verdict: {min(unknown)!r}", hint=f"one of {', '.join(get_args(VerdictName))}")
    return frozenset(names | ({"partial_copy"} if "copy" in names else set()))


def _grade(verdict: "Verdict", failing: frozenset[str]) -> int:
    if verdict.verdict in failing:
        return _EXIT_FAIL_ON
    return max((_EXITS.get(problem.code, 0) for problem in verdict.problems), default=0)


def _open_texts(folder: Path) -> Callable[[str, str, str], None]:
    """Give what keeps a text under its digest, and in `index.tsv` whose it is: file, target, page.

    The text of an item has no target, and its id in place of the page.
    """
    from cloneward.model.ids import digest_text

    told: set[str] = set()

    def keep(target: str, page: str, text: str) -> None:
        # the digest keeps hostile path names out of ours
        name = f"{digest_text(text)}.txt"
        line = f"{name}\t{_one_line(target)}\t{_one_line(page)}\n"
        if line in told:
            return
        told.add(line)
        with _translate_errors(folder), (folder / "index.tsv").open("a", encoding="utf-8", errors="replace") as index:
            (folder / name).write_text(text, "utf-8", errors="replace", newline="")
            index.write(line)

    with _translate_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return keep


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", hint="choose another place") from error


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _write_report(file: Path, kept: "list[Checked]", library: "Library", *, shows_people: bool) -> None:
    from cloneward.clock import SystemClock
    from cloneward.judge.report import render_report
    from cloneward.workflows.exhibits import make_exhibit

    exhibits = [make_exhibit(checked, library, shows_people=shows_people) for checked in kept]
    text = render_report(exhibits, made_at=SystemClock().now(), shows_people=shows_people)
    with _translate_errors(file):
        file.write_text(text, "utf-8", errors="replace")
    tell(f"report: {file.resolve()}")


def _sum_up(verdict: "Verdict") -> str:
    """Say what a target shares with us, by words and by what it shows."""
    from cloneward.judge.report import count_shown
    from cloneward.judge.wording import print_share

    shown = count_shown(verdict)
    parts = [f"shows {shown} of ours"] if shown else []
    if verdict.score is not None or not shown:
        item_share = print_share(verdict.share_of_item_max)
        parts.append(f"{print_share(verdict.share_of_target)} of it shared, {item_share} of one item")
    return f"{', '.join(parts)}; items matched: {verdict.items_matched:,}, pages: {verdict.pages:,}"


def _show(verdict: "Verdict", *, as_json: bool) -> None:
    if as_json:
        from cloneward.model.codec import encode_verdict

        write_record(encode_verdict(verdict))
        return
    from cloneward.judge.wording import print_share

    write_line(f"{verdict.verdict:<13} {verdict.target}  ({_sum_up(verdict)})")
    if verdict.score is not None and verdict.base_rate is not None:
        write_line(
            f"    score    {print_share(verdict.score)} that the shared words were taken from our items, where "
            f"{print_share(verdict.base_rate)} of the targets that share words took them"
        )
    if verdict.harms:
        people = f"; people affected: {verdict.persons_affected:,}" if verdict.persons_affected else ""
        write_line(f"    harms    {', '.join(verdict.harms)}{people}")
    for reason in verdict.reasons:
        write_line(f"    {'for' if reason.pro else 'against':<8} {reason.text}")
    for kind in verdict.not_compared:
        write_line(f"    not compared: {kind}")
    for problem in verdict.problems:
        hint = f" (hint: {problem.hint})" if problem.hint else ""
        write_line(f"    problem  {problem.code}: {problem.page or '-'}: {problem.text}{hint}")
    if verdict.why_not is not None:
        write_line(f"    why not  {verdict.why_not.item}: {verdict.why_not.stage}: {verdict.why_not.text}")
