"""A program with the command line of the real one that captures badly: one request, no scripts, no judgement.

It proves that the bench of captures tells what is there from what is not. Standard library only; runs by its path.
"""

import gzip
import http.client
import json
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

Body = tuple[str, int, Sequence[tuple[str, str]], bytes]  # address, status, headers, bytes as they are to be kept


def write_record(body: Body) -> bytes:
    """One response as a record of WARC 1.1, in a gzip member of its own."""
    address, status, headers, content = body
    told = "".join(f"{name}: {value}\r\n" for name, value in headers if name.lower() != "transfer-encoding")
    block = f"HTTP/1.1 {status} OK\r\n{told}\r\n".encode("latin-1") + content
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http;msgtype=response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\nWARC-Date: 2026-11-24T00:00:00Z\r\n"
        f"WARC-Target-URI: {address}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def write_wacz(file: Path, bodies: Iterable[Body], text: str = "", pictures: Sequence[bytes] = ()) -> None:
    """A package of these bodies, with the text of one page and screenshots."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pages = [{"format": "json-pages-1.0"}, {"text": text}]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.warc.gz", b"".join(map(write_record, bodies)))
        archive.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, pages)))
        for number, picture in enumerate(pictures):
            archive.writestr(f"screens/{number}.png", picture)


def capture(url: str, workspace: Path) -> None:
    """Ask for one address, keep what came, and say that there is nothing to say."""
    host, _, path = url.partition("://")[2].partition("/")
    link = http.client.HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]), timeout=10)
    link.request("GET", f"/{path}", headers={"Host": host})
    answer = link.getresponse()
    content = answer.read()
    link.close()
    number = len(list(workspace.glob("evidence/*")))
    kept = [(url, answer.status, answer.getheaders(), content)]
    write_wacz(workspace / "evidence" / str(number) / "capture.wacz", kept, content.decode("utf-8", "replace"))
    sys.stdout.write(json.dumps({"problems": [], "recipe": None, "state": "live", "cause": "none"}) + "\n")


def main(verb: str, first: str, *rest: str) -> None:
    """Make a workspace, or capture."""
    if verb == "init":
        Path(first).mkdir(parents=True)
    else:
        capture(first, Path(rest[rest.index("--workspace") + 1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
