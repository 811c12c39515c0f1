"""The evidence of a workspace, opened with its keys and its authorities."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cloneward.archive.package import SOFTWARE, write_wacz
from cloneward.archive.recorder import FILE_NAME, Recorder
from cloneward.clock import Clock
from cloneward.fetch.stamp import Stamper
from cloneward.model.evidence import Attachment, Capture, Exchange, Seal
from cloneward.seal.custody import Ledger
from cloneward.seal.keys import KeyFolder
from cloneward.seal.sealing import Evidence
from cloneward.seal.stamps import Ask, Authority
from cloneward.seal.verify import Trust, read_system_roots
from cloneward.store.keys import draw_seed, find_keys, find_seal_keys
from cloneward.store.workspace import Workspace


def open_evidence(workspace: Workspace, clock: Clock) -> Evidence:
    """Open the evidence of a workspace to seal and to stamp; its first key is made when it is first asked for.

    Raises:
        InputError: the keys or an authority in the settings cannot be used.
    """
    keys = _open_keys(workspace)
    signer = keys.load() or keys.add_key(draw_seed(), clock.now())
    ledger = Ledger(workspace.folder / "custody", signer)
    return Evidence(workspace.folder / "evidence", ledger, signer, list_authorities(workspace))


def keep_capture(
    evidence: Evidence, capture: Capture, exchanges: Iterable[Exchange], attachments: Iterable[Attachment], clock: Clock
) -> Seal:
    """Pack what was captured into a web archive, and seal it; its tokens are asked for by `Evidence.stamp`.

    One exchange is held at a time. Run twice for one capture, what was sealed first stays.

    Raises:
        InputError: there is more than a package takes.
        Unavailable, EvidenceError: as the ledger raises them.
    """
    folder = evidence.begin(capture.id)
    warc = folder / FILE_NAME
    told = {
        "software": SOFTWARE,
        "operator": capture.operator,
        "description": capture.purpose,
        "vantage": capture.vantage,
        "mode": capture.mode,
        "bodies": capture.bodies,
        **{f"tool-{name}": version for name, version in capture.tools.items()},
        **{f"not-recorded-{name}": why for name, why in capture.not_recorded.items()},
    }
    with warc.open("wb") as file:
        recorder = Recorder(file, capture.id)
        recorder.write_info(capture.started_at, told)
        for exchange in exchanges:
            recorder.write_exchange(exchange)
        texts = _TextKeeper(visit.url for visit in capture.visits)
        for attachment in attachments:
            recorder.write_attachment(attachment)
            texts.add(attachment)
    with (folder / "capture.wacz").open("wb+") as file:
        write_wacz(file, capture, warc, recorder.write_index(), evidence.signer.sign_wacz, texts=texts.give())
    warc.unlink()
    return evidence.seal(capture, clock.now())


class _TextKeeper:
    """Gathers the visible text of each page: its own, and that of the frames that come after it."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._texts: dict[str, list[str]] = {page: [] for page in pages}
        self._page = next(iter(self._texts), "")

    def add(self, attachment: Attachment) -> None:
        """Add what an attachment holds, if it is text that was seen."""
        if attachment.url in self._texts:
            self._page = attachment.url
        if attachment.kind == "text" and self._page:
            self._texts[self._page].append(attachment.content.decode("utf-8", "replace"))

    def give(self) -> dict[str, str]:
        """Give the text of each page that has any."""
        return {page: "\n".join(texts) for page, texts in self._texts.items() if texts}


def rotate_key(workspace: Workspace, clock: Clock) -> str:
    """Put a new key into use, for which the one before vouches, and give its public part.

    Raises:
        InputError: the keys cannot be used.
    """
    return _open_keys(workspace).add_key(draw_seed(), clock.now()).public


def list_authorities(workspace: Workspace) -> tuple[Authority, ...]:
    """Give the authorities that the settings name; a file of roots is looked for from the workspace on."""
    return tuple(
        Authority(one.name, one.url, workspace.folder / one.roots if one.roots else None)
        for one in workspace.settings.authorities
    )


def make_ask(workspace: Workspace, clock: Clock) -> Ask:
    """Give what asks an authority over the network, as the settings allow."""
    stamper = Stamper(workspace.settings.fetch, clock)
    return lambda authority, request: stamper.ask(authority.url, request)


@contextmanager
def find_trust(workspace: Workspace, clock: Clock) -> Iterator[Trust]:
    """Give whom the owner of a workspace trusts: their own keys, and the roots of their authorities."""
    keys = frozenset(entry["record"]["public"] for entry in _open_keys(workspace).read_history())
    authorities = list_authorities(workspace)
    roots = [one.roots.read_bytes() for one in authorities if one.roots and one.roots.is_file()]
    if any(one.roots is None for one in authorities):
        roots.append(read_system_roots())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roots.pem"
        file.write_bytes(b"\n".join(roots))
        yield Trust(keys, file if roots else None, clock.now())


def _open_keys(workspace: Workspace) -> KeyFolder:
    folder = find_keys(workspace.settings.keys, workspace.folder)
    return KeyFolder(find_seal_keys(folder, workspace.settings.site))
