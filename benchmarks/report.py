"""The figures of the text benchmark as a page of Markdown."""

from typing import Any


def write_report(result: dict[str, Any]) -> str:
    """The figures as a page of Markdown."""
    machine, speed = result["machine"], result["speed"]
    lines = [
        "# Text: copies found and false alarms",
        "",
        (
            f"`{result['command']}` on {result['measured_at']}, seed {result['seed']}, "
            f"{result['versions']['cloneward']} at {result['versions']['commit']}, "
            f"Python {result['versions']['python']}, "
            f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, "
            f"{result['took_s']:.0f} s."
        ),
        "",
        (
            "A copy is found if its own item is among the matches and the verdict is copy or partial_copy; "
            "intervals are Wilson's at 95 %. Sites, never pages, are split: thresholds may be set on the tuning sites "
            f"({', '.join(result['split']['tuning'])}); all others are only reported."
        ),
        "",
        "## Gates",
        "",
        "| figure | count | of | value | 95 % | must be | held |",
        "|--|--:|--:|--:|--|--|--|",
    ]
    lines += [
        f"| {gate['name']} | {gate['count']} | {gate['of']} | {gate['value']:.4f} | "
        f"{gate['low']:.4f} to {gate['high']:.4f} | {gate['must']} | {'yes' if gate['held'] else '**no**'} |"
        for gate in result["gates"]
    ]
    edits = list(dict.fromkeys(row["edit"] for row in result["recall"]))
    lines += ["", "## Recall by owner", "", "| owner | part | " + " | ".join(edits) + " |"]
    lines.append("|--|--|" + "--:|" * len(edits))
    for owner in dict.fromkeys(row["owner"] for row in result["recall"]):
        rows = {row["edit"]: row for row in result["recall"] if row["owner"] == owner}
        cells = [f"{rows[edit]['found']}/{rows[edit]['of']}" for edit in edits if edit in rows]
        lines.append(f"| {owner} | {next(iter(rows.values()))['part']} | {' | '.join(cells)} |")
    lines += [
        "",
        "## False alarms by site",
        "",
        "| owner | site | part | alarms | of | share | with a shared run | identical |",
    ]
    lines.append("|--|--|--|--:|--:|--:|--:|")
    lines += [
        f"| {row['owner']} | {row['site']} | {row['part']} | {row['alarms']} | {row['of']} | "
        f"{row['share'] or 0:.4f} | {row['shared']} | {row['identical']} |"
        for row in result["false_alarms"]
    ]
    alarms = [(row, page) for row in result["false_alarms"] for page in row["pages"]]
    lines += ["", "### Each alarm", ""]
    kinds = (
        ("Documents that both sites ship, word for word", (True, True)),
        (f"A run of {result['run_shared']} words or more stands on both pages", (False, True)),
        ("No such run", (False, False)),
    )
    for title, kind in kinds:
        chosen = [(row, page) for row, page in alarms if (page["is_identical"], page["is_shared"]) == kind]
        lines += [f"**{title}: {len(chosen)}**", ""]
        lines += [_tell_page(row, page) for row, page in chosen] or ["None."]
        lines.append("")
    lines += ["## Copies missed", ""]
    missed = [
        f"- {row['owner']}, {row['edit']}: `{miss['item']}` ({miss['words']} words, {miss['template']}): {miss['why']}"
        for row in result["recall"]
        for miss in row["missed"]
    ]
    lines += missed or ["None."]
    lines += [
        "",
        "## Speed (tracked)",
        "",
        (
            f"`check --each`: {speed['check_pages_per_s']} pages/s over {speed['check_pages']} pages, start of the "
            f"program included; {speed['pages_per_s_without_start']} pages/s by the lines' own `took_s`; "
            f"greatest memory {speed['peak_mib']} MiB; `--help` {speed['help_median_s']} s "
            f"(median of {speed['help_runs']})."
        ),
        "",
    ]
    return "\n".join(lines)


def _tell_page(row: dict[str, Any], page: dict[str, Any]) -> str:
    best = max(page["matches"], key=lambda match: match["longest_common_run"], default=None)
    line = f"- {row['site']} `{page['page']}` ({page['words']} words): {page['verdict']}"
    if best is None:
        return line
    text = best["text"].replace("`", "'").replace("|", "\\|")[:400]
    return (
        f"{line} of {row['owner']} `{best['item']}`, {best['words_in_spans']} words in spans; longest run in both "
        f"{best['longest_common_run']} words: “{text}”"
    )
