"""Tests of material that must not be kept, with harmless drawings as stand-ins."""

import gzip
import hashlib
import io
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image, ImageOps

from cloneward.capture.page import list_attachments
from cloneward.capture.stop import FAILURE, Hit, Stop, make_stop_list, read_stop_list, spell_print
from cloneward.errors import InputError
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Document, Rendering

AT = "2026-11-24T12:00:00.000Z"


def draw(seed, size=(320, 240)):
    """A picture of soft shapes that only its seed decides."""
    cells = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)


def save(image, kind="PNG", **options):
    """The bytes of a file of it."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


BAD, GOOD = save(draw(1)), save(draw(2))


def visit(*exchanges, html="<p>a page"):
    """A visit in which this was exchanged."""
    return Rendering(
        url="https://copy.test/",
        final_url="https://copy.test/",
        started_at=AT,
        ended_at=AT,
        documents=(Document(url="https://copy.test/", html=html),),
        exchanges=exchanges,
        viewport=save(draw(3)),
        full_page=save(draw(4)),
        console=("log: hello",),
    )


def answer(body, url="https://copy.test/a.png", **fields):
    """One exchange."""
    return Exchange(url=url, requested_at=AT, status=200, body=body, **fields)


def list_all(rendering):
    """All bytes that would be written of a visit."""
    kept = [one.content for one in list_attachments(rendering)]
    return b"\n".join([*kept, *(one.body + one.request_body for one in rendering.exchanges)])


@pytest.mark.parametrize("kind", ["sha256", "sha1", "md5"])
def test_by_digest(kind):
    """Bytes whose digest is on a list are withheld, with all pictures of the visit; the rest stays as it is."""
    stop = Stop([make_stop_list("list", [(kind, hashlib.new(kind, BAD).hexdigest())])])
    screened = stop.check(visit(answer(BAD), answer(GOOD, url="https://copy.test/b.png")))
    first, second = screened.rendering.exchanges
    assert (first.body, first.failure, first.is_whole, first.status) == (b"", FAILURE, False, 200)
    assert second.body == GOOD
    assert screened.rendering.viewport == screened.rendering.full_page == b""
    assert [one.hit.measure for one in screened.withheld] == ["digest", "beside", "beside"]
    assert screened.withheld[0].digest == hashlib.sha256(BAD).hexdigest()
    assert screened.withheld[0].content == BAD
    assert [one.code for one in screened.rendering.problems] == ["material_withheld"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: save(image, "JPEG", quality=40),
        lambda image: save(image.resize((160, 120))),
        lambda image: save(ImageOps.mirror(image)),
        lambda image: save(image.rotate(90, expand=True)),
    ],
    ids=["compressed", "scaled", "mirrored", "turned"],
)
def test_by_likeness(edit):
    """A picture on a list by its PDQ is found again when it was edited, and another one is let through."""
    stop = Stop([make_stop_list("pictures", [("pdq", spell_print(BAD))])])
    screened = stop.check(visit(answer(edit(draw(1)))))
    assert screened.withheld[0].hit.list_name == "pictures"
    assert screened.withheld[0].hit.measure == "hamming"
    assert stop.check(visit(answer(GOOD))).withheld == ()


def test_radius():
    """With a radius of none only the very same bits count."""
    stop = Stop([make_stop_list("pictures", [("pdq", spell_print(BAD))])], radius=0)
    assert stop.find(BAD) == Hit("pictures", "hamming", 0)
    assert stop.find(save(draw(1).resize((100, 90)), "JPEG", quality=5)) is None


@pytest.mark.parametrize(
    "exchange",
    [
        answer(gzip.compress(BAD), response_headers=(("Content-Encoding", "gzip"),)),
        answer(b"<img src='data:image/png;base64," + b64encode(BAD) + b"'>", url="https://copy.test/"),
        answer(b'{"a": "data:image\\/png;base64,' + b64encode(BAD).replace(b"/", b"\\/") + b'"}'),
        answer(b"", url="data:image/png;base64," + b64encode(BAD).decode()),
        answer(b"thanks", request_body=BAD),
        answer(BAD, response_headers=(("Content-Type", "text/html"),)),
    ],
    ids=["coded", "inline", "escaped", "address", "sent", "mislabelled"],
)
def test_hidden(exchange):
    """It is found under a coding, in a page, in an address, in what a page sends, and under another type."""
    screened = Stop([make_stop_list("list", [("sha256", hashlib.sha256(BAD).hexdigest())])]).check(visit(exchange))
    assert screened.withheld
    written = list_all(screened.rendering)
    assert BAD not in written
    assert b64encode(BAD)[:200] not in written
    assert gzip.compress(BAD)[20:200] not in written


def test_in_the_document():
    """A page that a script filled with it has no document left, and nothing that is written holds it."""
    html = f"<p>words<img src='data:image/png;base64,{b64encode(BAD).decode()}'>"
    screened = Stop([make_stop_list("list", [("pdq", spell_print(BAD))])]).check(visit(html=html))
    assert screened.rendering.documents[0].html == ""
    assert b64encode(BAD)[:200] not in list_all(screened.rendering)


def test_nothing_on_the_list():
    """A visit with nothing on a list, or without lists, is given as it was."""
    seen = visit(answer(GOOD))
    assert Stop([]).check(seen).rendering is seen
    assert Stop([make_stop_list("list", [("md5", "0" * 32)])]).check(seen).rendering is seen


def test_hostile_bytes():
    """Broken codings, pictures and addresses stop nothing and are no hits."""
    stop = Stop([make_stop_list("list", [("pdq", spell_print(BAD)), ("md5", "0" * 32)])])
    broken = [
        answer(BAD[:300]),
        answer(b"\x1f\x8b nothing", response_headers=(("content-encoding", "gzip, br"),)),
        answer(b"data:;base64,A data:image/png;base64,%%% data:a;base64,====" * 50),
        answer(b"data:" * 100_000, url="data:"),
    ]
    assert stop.check(visit(*broken)).withheld == ()


def test_reads_a_list(tmp_path):
    """A file gives its entries, whatever its case and comments; its name is that of the list."""
    file = tmp_path / "stand-in.txt"
    file.write_text(f"# harmless\n\nPDQ:{spell_print(BAD).upper()}  # a drawing\nmd5:{'0' * 32}\n")
    read = read_stop_list(file)
    assert (read.name, len(read.prints), read.digests) == ("stand-in.txt", 1, {"0" * 32})
    assert Stop([read]).find(BAD) == Hit("stand-in.txt", "hamming", 0)


@pytest.mark.parametrize("line", ["0" * 64, "sha256:00", "pdq:" + "g" * 64, "md5:" + "0" * 64, "crc:00"])
def test_refuses_half_a_list(tmp_path, line):
    """A line that is no entry refuses the list, and so does a file that is not there."""
    file = tmp_path / "list.txt"
    file.write_text(f"md5:{'0' * 32}\n{line}\n")
    with pytest.raises(InputError, match="line 2"):
        read_stop_list(file)
    with pytest.raises(InputError, match="cannot read"):
        read_stop_list(tmp_path / "missing.txt")


def test_too_plain():
    """A picture in which there is nothing to see has no likeness."""
    assert spell_print(save(Image.new("RGB", (200, 200), "white"))) is None
    assert spell_print(b"no picture") is None
