"""Videos as a hostile or careless uploader may send them, made from pictures; nothing here reads the product.

`make_clip` gives a clip of several scenes, `EDITS` what a copier does to it so that it is not found, `encode_video` the
bytes. `make_hostile_videos` gives files that harm a reader, all small; `make_long_video` weighs more and is asked for.
"""

import io
import struct
import tempfile
import wave
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.hostile_images import HTML, Hostile

SIZE = (320, 180)
FPS = 12.5
SCENE_S = 2.5
ZOOM = 1.3  # of the picture beyond the frame: the room that a pan has
GREATEST = 65535  # px, as 16 bits tell a size
HELD_TICKS = 0x7FFFFFFF
ELSEWHERE = "http://127.0.0.1:{port}/part.ts"
CODES = {"mp4": "mp4v", "webm": "VP80"}


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames, uint8 of shape (rows, columns, 3) in the order blue, green, red, and how many there are a second."""

    frames: list
    fps: float


def make_clip(pictures, seed=1, *, size=SIZE, fps=FPS, scene_s=SCENE_S):
    """Each picture as a scene of its own: a slow pan and zoom over it, and a hard cut to the next."""
    chance = np.random.default_rng(seed)
    frames = []
    for picture in pictures:
        frames += _pan(picture.convert("RGB"), chance, size, round(fps * scene_s))
    return Clip(frames, fps)


def _pan(picture, chance, size, count):
    width, height = size
    room = np.array(size) * (ZOOM - 1)
    start, end = chance.random((2, 2)) * room
    wide = _cover(picture, (round(width * ZOOM), round(height * ZOOM)))
    nearer = 1 + 0.2 * chance.random()
    frames = []
    for step in np.linspace(0, 1, count):
        zoom = 1 + (nearer - 1) * step
        left, top = start + (end - start) * step
        matrix = np.array([[zoom, 0, -left * zoom], [0, zoom, -top * zoom]])
        frames.append(cv2.warpAffine(wide, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT))
    return frames


def _cover(picture, size):
    """The picture scaled and cut to that size."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    scaled = picture.resize((round(picture.width * scale) + 1, round(picture.height * scale) + 1))
    left, top = (scaled.width - size[0]) // 2, (scaled.height - size[1]) // 2
    return np.asarray(scaled.crop((left, top, left + size[0], top + size[1])))[:, :, ::-1].copy()


def encode_video(clip, kind="mp4"):
    """The clip as a file: MPEG-4 in MP4, VP8 in WebM, or an animated GIF or WebP."""
    if kind in {"gif", "webp"}:
        return _encode_animation(clip, kind)
    height, width = clip.frames[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"clip.{kind}"
        code = cv2.VideoWriter.fourcc(*CODES[kind])
        writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, code, clip.fps, (width, height))
        for frame in clip.frames:
            writer.write(np.ascontiguousarray(frame))
        writer.release()
        return file.read_bytes()


def _encode_animation(clip, kind):
    pictures = [Image.fromarray(frame[:, :, ::-1]) for frame in clip.frames]
    file = io.BytesIO()
    options = {"quality": 60, "method": 0} if kind == "webp" else {}
    held_ms = round(1000 / clip.fps)
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=held_ms, loop=0, **options)
    return file.getvalue()


def _change_each(clip, change):
    return replace(clip, frames=[change(frame) for frame in clip.frames])


def shrink(clip, side=0.5):
    """Half as wide and as high."""
    return _change_each(clip, lambda frame: cv2.resize(frame, None, fx=side, fy=side, interpolation=cv2.INTER_AREA))


def lower_quality(clip, quality=8):
    """Blocks and smear, as of a very low rate of bits."""

    def compress(frame):
        written = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(written, cv2.IMREAD_COLOR)

    return _change_each(clip, compress)


def trim_start(clip, start_s=3.3):
    """What comes first is left out: all times move, and so do the encoder's own key frames."""
    return replace(clip, frames=clip.frames[round(start_s * clip.fps) :])


def trim_ends(clip, start_s=1.7, end_s=2.1):
    """A little is left out at both ends."""
    return replace(clip, frames=clip.frames[round(start_s * clip.fps) : -round(end_s * clip.fps)])


def mirror(clip):
    """Left and right swapped."""
    return _change_each(clip, lambda frame: frame[:, ::-1])


def hasten(clip, speed=1.1):
    """Played a tenth faster: as many frames a second, of which some are left out."""
    places = np.arange(0, len(clip.frames), speed).astype(int)
    return replace(clip, frames=[clip.frames[place] for place in places])


def slow(clip):
    """Played a tenth slower."""
    return hasten(clip, 1 / 1.1)


def add_bars(clip, share=0.2):
    """Black above and below."""
    rows = round(clip.frames[0].shape[0] * share)
    return _change_each(clip, lambda frame: cv2.copyMakeBorder(frame, rows, rows, 0, 0, cv2.BORDER_CONSTANT))


def add_sides(clip, share=0.2):
    """White left and right."""
    columns = round(clip.frames[0].shape[1] * share)
    white = (255, 255, 255)
    return _change_each(
        clip, lambda frame: cv2.copyMakeBorder(frame, 0, 0, columns, columns, cv2.BORDER_CONSTANT, value=white)
    )


def write_over(clip):
    """A name across the lower edge and a mark in the corner of each frame."""

    def write(frame):
        picture = Image.fromarray(frame[:, :, ::-1])
        draw = ImageDraw.Draw(picture)
        width, height = picture.size
        draw.rectangle((0, height * 0.9, width * 0.4, height), fill="black")
        draw.text((4, height * 0.92), "seen first on another site", fill="white")
        draw.ellipse((width * 0.9, height * 0.02, width * 0.98, height * 0.12), fill="red")
        return np.asarray(picture)[:, :, ::-1]

    return _change_each(clip, write)


def brighten(clip):
    """Brighter, with more contrast."""
    return _change_each(clip, lambda frame: cv2.convertScaleAbs(frame, alpha=1.2, beta=20))


def thin_out(clip):
    """Every second frame is left out, and time goes on as before."""
    return Clip(clip.frames[::2], clip.fps / 2)


def flash(clip, every_s=1.0):
    """A black frame each second, so that no two neighbours are alike there."""
    every = round(every_s * clip.fps)
    return replace(
        clip, frames=[frame if place % every else np.zeros_like(frame) for place, frame in enumerate(clip.frames)]
    )


def lead_in(clip, seconds=4.0):
    """A title of the copier's own comes first."""
    height, width = clip.frames[0].shape[:2]
    title = Image.new("RGB", (width, height), "navy")
    ImageDraw.Draw(title).text((width // 4, height // 2), "WATCH THIS", fill="yellow")
    return replace(clip, frames=[np.asarray(title)[:, :, ::-1]] * round(seconds * clip.fps) + clip.frames)


def crop(clip, share=0.9):
    """The outer parts are cut away."""

    def cut(frame):
        rows, columns = frame.shape[:2]
        top, left = round(rows * (1 - share) / 2), round(columns * (1 - share) / 2)
        return frame[top : rows - top, left : columns - left]

    return _change_each(clip, cut)


def insert(clip, share=0.6):
    """Shown smaller, before a pattern that does not move."""

    def place(frame):
        rows, columns = frame.shape[:2]
        ground = np.indices((rows, columns)).sum(0) // 12 % 2 * 200
        ground = np.repeat(ground[:, :, np.newaxis], 3, axis=2).astype(np.uint8)
        small = cv2.resize(frame, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        ground[10 : 10 + small.shape[0], 10 : 10 + small.shape[1]] = small
        return ground

    return _change_each(clip, place)


def turn_back(clip):
    """Played backwards."""
    return replace(clip, frames=clip.frames[::-1])


EDITS = {
    "same": lambda clip: clip,
    "lower quality": lower_quality,
    "shrink": shrink,
    "start left out": trim_start,
    "both ends left out": trim_ends,
    "mirror": mirror,
    "a tenth faster": hasten,
    "a tenth slower": slow,
    "bars above and below": add_bars,
    "bars at the sides": add_sides,
    "writing over it": write_over,
    "brighter": brighten,
    "half the frames": thin_out,
    "black frames": flash,
    "title before it": lead_in,
    "all small": lambda clip: lower_quality(shrink(trim_ends(hasten(clip)))),
    "crop": crop,
    "inserted": insert,
    "backwards": turn_back,
}
"""What a copier does, by name. The last three move or reorder all of it."""


def make_hostile_videos(clip, port=9):
    """Every file that is small, by name; those that point elsewhere point at that port of this machine."""
    return {
        **_make_broken(clip),
        **_make_bombs(clip),
        **_make_pointers(clip, ELSEWHERE.format(port=port)),
        **_make_odd(clip),
    }


def _make_broken(clip):
    """Cut off, empty, overwritten, or no video at all."""
    mp4, webm, gif = (encode_video(clip, kind) for kind in ("mp4", "webm", "gif"))
    noise = np.random.default_rng(5)
    return {
        "empty.mp4": Hostile(b""),
        "zeros.mp4": Hostile(bytes(100_000)),
        "noise.mp4": Hostile(noise.bytes(100_000)),
        "html.mp4": Hostile(HTML),
        "index_last.mp4": Hostile(mp4[: len(mp4) // 2]),
        "index_first.mp4": Hostile(_cut_data(move_index(mp4), 0.6), shows_picture=True),
        "half.webm": Hostile(webm[: len(webm) * 6 // 10], shows_picture=True),
        "half.gif": Hostile(gif[: len(gif) * 6 // 10], shows_picture=True),
        "head.mp4": Hostile(mp4[:64]),
        "head.webm": Hostile(webm[:64]),
        "smeared.mp4": Hostile(_overwrite(mp4, noise)),
        "smeared.webm": Hostile(_overwrite(webm, noise)),
        "named.webm": Hostile(mp4, shows_picture=True),
        "tail.mp4": Hostile(mp4 + HTML * 100, shows_picture=True),
    }


def _make_bombs(clip):
    """Sizes, lengths and depths that the bytes do not hold."""
    mp4, webm = encode_video(clip), encode_video(clip, "webm")
    return {
        "wide.mp4": Hostile(_widen_mp4(mp4)),
        "wide.webm": Hostile(_widen_vp8(webm)),
        "years.mp4": Hostile(_stretch(mp4, HELD_TICKS)),
        "no_time.mp4": Hostile(_stretch(mp4, 0)),
        "many.mp4": Hostile(_promise_frames(mp4, 0x7FFFFFFF)),
        "deep.mp4": Hostile(mp4[: mp4.find(b"moov") - 4] + _nest(b"moov", 20_000)),
        "endless.mp4": Hostile(struct.pack(">I4sQ", 1, b"ftyp", 0x7FFFFFFFFFFFFFFF) + b"isom" * 100),
        "wide.gif": Hostile(_write_gif(GREATEST, GREATEST, 50)),
        "busy.gif": Hostile(_write_gif(4000, 4000, 50_000)),
    }


def _make_pointers(clip, address):
    """Files that are only a way to others: here, and on the network."""
    mp4 = encode_video(clip)
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="" '
        'mediaPresentationDuration="PT4S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
        f'bandwidth="9" codecs="avc1"><BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>'
    )
    sdp = (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )
    return {
        "network.m3u8": Hostile(hls.format(address).encode()),
        "file.m3u8": Hostile(hls.format("file:///etc/passwd").encode()),
        "network.ffconcat": Hostile(f"ffconcat version 1.0\nfile '{address}'\n".encode()),
        "file.ffconcat": Hostile(b"ffconcat version 1.0\nfile /etc/passwd\n"),
        "network.mpd": Hostile(dash.encode()),
        "session.sdp": Hostile(sdp.format(5004).encode()),
        "reference.mp4": Hostile(_refer(mp4, address)),
        "drawing.svg": Hostile(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>'.encode()),
    }


def _make_odd(clip):
    """Whole, and yet nothing to compare, or not as it was a moment ago."""
    height, width = clip.frames[0].shape[:2]
    black = [np.zeros((height, width, 3), np.uint8)] * 30
    tiny = [frame[:16, :16] for frame in clip.frames]
    return {
        "black.mp4": Hostile(encode_video(replace(clip, frames=black))),
        "tiny.mp4": Hostile(encode_video(replace(clip, frames=tiny))),
        "still.mp4": Hostile(encode_video(replace(clip, frames=clip.frames[:1] * 100))),
        "one.mp4": Hostile(encode_video(replace(clip, frames=clip.frames[:1]))),
        "sound.wav": Hostile(_write_sound()),
        "sound.mp4": Hostile(_drop_pictures(encode_video(clip))),
    }


def make_long_video(frames=60_000):
    """So many frames of noise, 16 px wide: forty minutes, each second another picture, in a few megabytes."""
    noise = np.random.default_rng(3).integers(0, 256, (frames // 25 + 1, 16, 16, 3), np.uint8)
    return encode_video(Clip([noise[place // 25] for place in range(frames)], 25.0))


def list_boxes(content, start=0, end=None):
    """The boxes of an MP4 at one level: where each begins and ends, and its type."""
    end = len(content) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        if size < 8:
            return
        yield start, start + size, kind
        start += size


def move_index(mp4):
    """The file with its index before its data, as sites keep it: what comes over first can be shown at once."""
    boxes = {kind: content for start, end, kind in list_boxes(mp4) for content in [mp4[start:end]]}
    index, data = boxes[b"moov"], boxes[b"mdat"]
    before = mp4.find(b"mdat") - 4
    moved = len(boxes[b"ftyp"]) + len(index) - before
    return boxes[b"ftyp"] + _move_chunks(index, moved) + data


def _move_chunks(index, by):
    at = index.find(b"stco") + 4
    (count,) = struct.unpack_from(">I", index, at + 4)
    places = struct.unpack_from(f">{count}I", index, at + 8)
    return index[: at + 8] + struct.pack(f">{count}I", *(place + by for place in places)) + index[at + 8 + 4 * count :]


def _cut_data(mp4, share):
    at = mp4.find(b"mdat")
    return mp4[: at + round((len(mp4) - at) * share)]


def _overwrite(content, noise):
    """A byte of noise in a hundred, behind the head."""
    smeared = bytearray(content)
    for place in noise.integers(300, len(content), len(content) // 100):
        smeared[place] = noise.integers(0, 256)
    return bytes(smeared)


def _widen_mp4(mp4):
    """Another size in the index, and in the head of the stream, of 13 bits."""
    wide = bytearray(mp4)
    at = mp4.find(b"mp4v") + 4
    struct.pack_into(">HH", wide, at + 24, GREATEST, GREATEST)
    return bytes(wide)


def _widen_vp8(webm):
    """Each key frame says that it is 16,383 px wide and high."""
    mark, wide = b"\x9d\x01\x2a", bytearray(webm)
    at = webm.find(mark)
    while at >= 0:
        struct.pack_into("<HH", wide, at + 3, 16383, 16383)
        at = webm.find(mark, at + 3)
    return bytes(wide)


def _stretch(mp4, ticks):
    """Each frame is held so many ticks."""
    held = bytearray(mp4)
    struct.pack_into(">I", held, mp4.find(b"stts") + 16, ticks)
    return bytes(held)


def _promise_frames(mp4, count):
    """All frames are of one size, and there are so many of them."""
    many = bytearray(mp4)
    at = mp4.find(b"stsz") + 4
    struct.pack_into(">II", many, at + 4, 100, count)
    struct.pack_into(">I", many, mp4.find(b"stts") + 12, count)
    return bytes(many)


def _refer(mp4, address):
    """The data are said to lie at an address."""
    at = mp4.find(b"dref") + 12
    (size,) = struct.unpack_from(">I", mp4, at)
    entry = struct.pack(">I4sI", 12 + len(address) + 1, b"url ", 0) + address.encode() + b"\0"
    grown, content = len(entry) - size, bytearray(mp4[:at] + entry + mp4[at + size :])
    for kind in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        place = content.find(kind) - 4
        struct.pack_into(">I", content, place, struct.unpack_from(">I", content, place)[0] + grown)
    return bytes(content)


def _drop_pictures(mp4):
    """The track says that it holds sound."""
    return mp4.replace(b"vide", b"soun", 1)


def _nest(kind, depth):
    return b"".join(struct.pack(">I4s", 8 * (depth - level), kind) for level in range(depth))


def _write_gif(width, height, frames):
    """Frames of one pixel on a canvas of that size."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\0"
    return head + frame * frames + b";"


def _write_sound():
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes((np.sin(np.arange(8000) / 9) * 9000).astype("<i2").tobytes())
    return file.getvalue()
