"""The page of codes for docs/reference: the words of a verdict, reasons, problems; called by make/reference.py."""

import ast
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cloneward.govern.roles import WHY
from cloneward.judge import wording
from cloneward.judge.reasons import CODES
from cloneward.model import case
from cloneward.seal import verify

SOURCE: Final = Path(__file__).parent.parent / "src" / "cloneward"

# What `verdict` says, in the order in which the policy looks.
VERDICTS: Final = {
    "unknown": "Nothing could be read and compared.",
    "unrelated": "Likeness is none.",
    "authorised": "Our content, and a right to show it is on record: standing is own or licensed.",
    "benign": "Our content, shown in a way the policy leaves alone: for instance a quotation.",
    "copy": "At least half of the target's words that count stand in spans.",
    "partial_copy": "Less than that, but a passage of ours that is long enough, or a picture, record or video of ours.",
    "impersonation": "Our name, logo or login form, and not our content. To come.",
    "harvester": "It asks people for their credentials. To come with discovery.",
}

STAGES: Final = {
    "registered": "No such item is registered.",
    "read": "No page of the target had any text.",
    "fingerprinted": "The item has no fingerprint that retrieves: it is too short, or all of it is hot.",
    "retrieved": "No page shares a fingerprint with the item.",
    "aligned": "A page shares fingerprints, but no passage that is long enough.",
    "judged": "Not lost: the item is among the matches, and the policy decided.",
}

# What a problem means, and what to do. A code that is missing here fails the tests.
PROBLEMS: Final = {
    "backlog_unread": "A line or record of a backlog holds no address. The others were read.",
    "address_invalid": "An address is none of the web, in a sitemap, an archive or a record. The others were read.",
    "addresses_only": "A sitemap, or entries of a feed, name pages and do not hold them. Nothing was fetched.",
    "answer_broken": "The connection broke off, or the body made no sense. Its beginning was read.",
    "answer_slow": "An answer did not end within `fetch.timeout_s`. What came until then was read.",
    "answer_too_large": "A body is too large, or unfolds to far more than it weighs. Its beginning was read.",
    "authority_false": "What a time-stamp authority sent does not hold, and was not kept. Look at its `roots`.",
    "authority_silent": "A time-stamp authority did not answer, or may not be asked. The seal is pending; try later.",
    "charset_broken": "Some bytes make no sense in the page's charset. They were replaced; the rest was read.",
    "coding_broken": "A body is not in the content coding that its server declared. What could be undone was read.",
    "coding_unknown": "A body is in a content coding that is not undone here. Its bytes are as they came.",
    "entry_skipped": "A WARC in a WACZ was not read: it is encrypted, a bomb, there twice, or lies over another.",
    "entry_unnamed": "Entries of a feed have neither an id nor an address, and were left out.",
    "field_unknown": "A field of items in a file is none that we know, and was left out. Look for a slip of the pen.",
    "file_too_large": "A file is larger than the largest that is read. Split it into its pages.",
    "file_unreadable": "A file cannot be opened. Check its permissions.",
    "folder_unreadable": "A folder cannot be opened. Check its permissions.",
    "id_repeated": "Two items in a file have one id. The last one counts. Give each its own.",
    "item_invalid": "A line or row of a file is no item: what is wrong with it is told. The others were read.",
    "image_animated": "An image file holds several pictures. The first one was read.",
    "image_damaged": "An image file is damaged or cut, and was not compared: half a picture is another one.",
    "image_too_large": "An image has more pixels, or is more work, than is decoded. Give a smaller copy of your own.",
    "image_unknown": "An image file is none of a kind that is read: JPEG, PNG, GIF, WebP, AVIF or BMP.",
    "image_unread": "A picture or video that a record or folder names cannot be read. The item goes without it.",
    "items_damaged": "A file of items cannot be read to its end. The items before that were read.",
    "json_broken": "What should be JSON is none. Look whether the file came over whole.",
    "line_too_long": "A line is longer than what is read of one item, and was passed over.",
    "link_outside": "A link in the folder leads out of it and was not followed. Copy the file into the folder.",
    "markup_cut": "Tags nest deeper, hold more attributes or pile up more formats than is read. The text was kept.",
    "material_withheld": "Something on a stop list was served. Its bytes are not kept here, nor pictures of the visit.",
    "media_capped": "A record names more pictures and videos than are read of one item. The first ones were read.",
    "no_pages": "There is no page or item in the folder or file. Look how its files are named, and what they hold.",
    "not_a_file": "What is named like a page is a pipe, a device or a folder, and was not read.",
    "not_text": "The bytes are neither HTML nor plain text.",
    "page_empty": "The page has no bytes but white space.",
    "page_truncated": "The page is longer than what is read of one page. Its beginning was read.",
    "payload_damaged": "The coding that an archived page was sent in is unknown or damaged. What was decoded was read.",
    "problems_left_out": "One file gave more problems than are told one by one; the others were counted.",
    "proof_absent": "No proof of control stands there yet. Publish the line that `protect prove` shows.",
    "proof_elsewhere": "A redirect leads the proof's file to another domain. Serve it on the domain itself.",
    "proof_other": "A proof of control stands there with another token, as of another workspace or key.",
    "proof_refused": "The place of the proof lies where we must not go, as a private network.",
    "proof_unanswered": "Nothing answered where the proof should stand, or not in time. Try later.",
    "redirect_broken": "A redirect says nowhere, or leads to what is no web address. It was not followed.",
    "redirect_limit": "More than ten redirects in a row. The last one was not followed.",
    "redirect_loop": "A redirect leads back to where it came from. It was not followed.",
    "redirect_refused": "A redirect leads where we must not go, as a private network. It was not followed.",
    "redirect_unavailable": "Nothing answered where a redirect led, or not in time. Try later.",
    "revisit_unresolved": "Records of a WARC point to pages that it does not hold. Join the files of the crawl.",
    "several_sites": "The matching pages of an archive come from several sites. Judge each alone, with --each.",
    "sitemap_too_long": "A sitemap names more addresses than the protocol allows. The others were not read.",
    "address_unreadable": "An address that a sitemap, feed or page names cannot be read. The others were read.",
    "pages_capped": "More pages are named or linked than one run reads of a stranger's site. See --pages.",
    "target_refused": "The address lies where we must not go, as a private network. The exit code is 5.",
    "target_unavailable": "Nothing answered at the address, or not in time. Try later; the exit code is 75.",
    "capture_cut": "The time, bytes or connections that a visit may take ran out. What came until then is kept.",
    "capture_ended": "A run was ended from outside between two pages. What was received until then was sealed.",
    "no_browser": "There is no browser on this machine: a plain request was made. The hint says how to get one.",
    "page_elsewhere": "A page of the site led to another one, and was not compared. Check that one by itself.",
    "challenge": "A page asks whether we are human. Challenges are never solved: it is kept as it stands.",
    "dialog_dismissed": "A page showed dialogs. They were dismissed, and are told in the notes of the capture.",
    "document_cut": "The documents of a page are longer than what is kept of them. Their beginning is kept.",
    "download_refused": "A page offers a file. It was not taken.",
    "exchanges_left_out": "A page exchanged more with servers than is kept without the recording proxy.",
    "frames_left_out": "A page has more frames than are read. The first ones are kept.",
    "host_unreached": "A page asked a host for something that was not reached, or must not be. The reason is told.",
    "login_wall": "A page asks for a password. None is ever typed: it is kept as it stands.",
    "page_crashed": "A page crashed its tab. What came until then is kept.",
    "page_failed": "The browser could not show a page, or not take a picture of it. What it says is told.",
    "picture_cut": "A page is longer than a picture of it may be. The picture shows its beginning.",
    "pictures_left_out": "A target shows more pictures or videos than are looked at. The first ones were compared.",
    "pictures_missing": "Pages show pictures or videos that are not at hand and not compared. Save pages with them.",
    "pictures_unread": "Pictures or videos of pages could not be compared; how many, and why, is told.",
    "popup_closed": "A page opened windows. They were closed at once.",
    "target_missing": "No such file or folder, or an error page. The other targets went on; the exit code is 2.",
    "two_kinds": "A file can be read as two kinds. It was read as the one that its first bytes show. Be wary of it.",
    "video_cut": "Only the beginning of a video was read: it is damaged, cut or too much work. That part counts.",
    "video_damaged": "A video brought its decoder to an end, and was not compared. Look whether it came over whole.",
    "video_too_large": "A video has more bytes, or its frames more pixels, than are decoded. Give a smaller copy.",
    "video_unknown": "A video file is none of a kind that is read: MP4, WebM, Ogg, MPEG-TS, animations; no AV1.",
    "wacz_damaged": "A WACZ, or a WARC in it, cannot be read as a zip says. What could be found was read.",
    "warc_damaged": "A record of a WARC is damaged, cut, or states a length that is not true. The next ones were read.",
    "xml_broken": "A document is not well-formed XML from some line on. What stood before was read.",
    "xml_refused": "A document declares entities of its own or nests too deep. What stood before was read.",
}

PARTS: Final[Mapping[str, tuple[Any, Mapping[Any, str]]]] = {
    "likeness": (case.Likeness, wording.LIKENESS),
    "standing": (case.Standing, wording.STANDING),
    "direction": (case.Direction, wording.DIRECTION),
    "harms": (case.Harm, wording.HARMS),
    "host": (case.Host, wording.HOST),
}


def write_codes(note: str) -> str:
    """One table for each set of words that a program may rely on."""
    about = "The words that records use, those to come among them. They are stable; the texts beside them may change."
    lines = ["# Codes", note, about]
    lines += _table("Verdicts", "`verdict`, the summary, in the order in which the policy looks.", VERDICTS)
    for name, (_, words) in PARTS.items():
        texts = {word: text.removeprefix(f"{word.replace('_', ' ')}: ") for word, text in words.items()}
        lines += _table(name.capitalize(), f"What `{name}` may say.", texts)
    lines += _table("Reasons", "`code` of a reason.", dict(sorted(CODES.items())))
    lines += _table("Not compared", "`not_compared`: what the verdict does not speak of.", wording.NOT_COMPARED)
    lines += _table("Problems", "`code` of a problem: what could not be read; the rest went on.", PROBLEMS)
    lines += _table("Verification", "What `verify` finds: `codes` of a step.", verify.CODES)
    lines += _table("Permissions", "`why` somebody may or may not, as the ledger says it.", WHY)
    lines += _table("Stages", "`stage` of `--why-not`: where an item was lost.", STAGES)
    return "\n".join([*lines, ""])


def _table(title: str, about: str, words: Mapping[Any, str]) -> list[str]:
    rows = (f"| `{word}` | {text[:1].upper()}{text[1:].rstrip('.')}. |" for word, text in words.items())
    return ["", f"## {title}", "", about, "", "| code | what it says |", "|---|---|", *rows]


def find_codes(noun: str) -> Iterator[str]:
    """Every code that the source gives to a noun, `Problem` or `Reason`; one it cannot follow comes as written."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef):
                for call in _calls(function, noun):
                    yield from _follow(
                        next(word.value for word in call.keywords if word.arg == "code"), function, module
                    )


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def _follow(value: ast.expr, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """The texts that an expression may be: written there, set in the function, or given by its callers."""
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.IfExp):
        yield from _follow(value.body, function, module)
        yield from _follow(value.orelse, function, module)
    elif isinstance(value, ast.Name):
        names = [argument.arg for argument in function.args.args]
        sources = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id
        ]
        if value.id in names:
            place = names.index(value.id)
            for call in _calls(module, function.name):
                keywords = {word.arg: word.value for word in call.keywords}
                sources += [keywords[value.id]] if value.id in keywords else call.args[place : place + 1]
        for source in sources:
            yield from _follow(source, function, module)
    else:
        yield ast.unparse(value)


def list_words(kind: Any) -> set[str]:
    """The words of a Literal."""
    return set(typing.get_args(kind))
