"""XML as others write it, element by element, without what makes XML dangerous.

No entity that a document declares is expanded, and a document that declares one is not read further. Nothing is
fetched. Elements nest so deep and no deeper. What authors get wrong most is mended first: characters that XML does
not allow, ampersands that stand alone, names of entities that only HTML has.
"""

import html
import html.entities
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from resiliparse.parse.encoding import map_encoding_to_html5

from cloneward.fingerprint.charset import decode
from cloneward.model.content import Problem

# The protocol of sitemaps allows as much; feeds are a hundred times smaller.
MAX_BYTES = 50 * 1024 * 1024
# Sitemaps nest 4 deep and feeds 6; XHTML in a feed some dozen.
MAX_DEPTH = 200
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


class _Stop(Exception):
    """Ends the reading of a document that is not to be read further."""


@dataclass
class Element:
    """An element while it is open. `name` has no prefix where the document's root has the same one.

    `texts`: its text so far, without that of elements in it; of one that is `verbatim`, its markup, with them.
    """

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    verbatim: bool = False

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.texts)


@dataclass
class Visitor:
    """What is called for each element: the path of the open ones, outermost first, its own last."""

    opened: Callable[[list[Element]], None] = lambda path: None  # noqa: ARG005
    closed: Callable[[list[Element]], None] = lambda path: None  # noqa: ARG005


def read_xml(content: bytes, visitor: Visitor) -> tuple[Problem, ...]:
    """Walk a document from its beginning as far as it can be read; give what is wrong with it."""
    if len(content) > MAX_BYTES:
        text = f"it has {len(content):,} bytes; the first {MAX_BYTES:,} were read"
        cut = (Problem(code="page_truncated", page=None, text=text),)
        return cut + read_xml(content[:MAX_BYTES], visitor)
    walk = _Walk(visitor)
    try:
        walk.parser.Parse(_mend(_decode(content)).encode(), True)  # noqa: FBT003  its parameter has no name
    except expat.ExpatError as error:
        text = f"it is not well-formed from line {error.lineno} on: {expat.ErrorString(error.code)}"
        return (Problem(code="xml_broken", page=None, text=text, hint="what stood before that was read"),)
    except _Stop as stop:
        return (Problem(code="xml_refused", page=None, text=str(stop), hint="what stood before that was read"),)
    return ()


def root_name(head: bytes) -> str:
    """Give the name of the root element, without prefix, as the first bytes of a document show it; empty for none."""
    found = _ROOT.match(_decode(head))
    return found[1].rpartition(":")[2] if found else ""


_ROOT = re.compile(
    r"\s*+(?><\?[^>]{0,500}\?>\s*+|<!--.{0,2000}?-->\s*+|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,2000}\]\s*)?>\s*+)*+"
    r"<([A-Za-z_][\w.:-]{0,60})[\s/>]",
    re.DOTALL,
)


class _Walk:
    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._path: list[Element] = []
        self._prefix = ""
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._add
        parser.EntityDeclHandler = self._refuse_entities

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path:
            self._prefix = name[: name.find(":") + 1]
        if len(self._path) >= MAX_DEPTH:
            raise _Stop(f"its elements nest more than {MAX_DEPTH} deep")
        is_verbatim = bool(self._path) and self._path[-1].verbatim
        self._path.append(Element(name.removeprefix(self._prefix), attributes, verbatim=is_verbatim))
        self._visitor.opened(self._path)

    def _close(self, _: str) -> None:
        self._visitor.closed(self._path)
        last = self._path.pop()
        if self._path and self._path[-1].verbatim:
            name = last.name.rpartition(":")[2]
            attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in last.attributes.items())
            self._path[-1].texts += [f"<{name}{attributes}>", last.text, f"</{name}>"]

    def _add(self, text: str) -> None:
        last = self._path[-1]
        last.texts.append(html.escape(text, quote=False) if last.verbatim else text)

    def _refuse_entities(self, name: str, *_: object) -> None:
        raise _Stop(f"it declares an entity of its own, {name[:40]!r}")


def _decode(content: bytes) -> str:
    """Give the text; its own declaration is believed where the bytes are no UTF-8 and the web knows the charset."""
    found = _DECLARED.match(content[:1024])
    encoding = map_encoding_to_html5(found[1].decode("ascii"), fallback_utf8=False) if found else None
    if encoding and not encoding.startswith("utf") and not content.startswith((b"\xfe\xff", b"\xff\xfe")):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode(encoding, errors="replace")
    return decode(content)[0]


def _mend(text: str) -> str:
    """Mend what authors get wrong, outside CDATA, where an ampersand is only itself."""
    text = _FORBIDDEN.sub("", text).lstrip()  # an XML declaration must be the very first
    parts: list[str] = []
    at = 0
    while (begin := text.find(_CDATA, at)) >= 0:
        end = text.find(_CDATA_END, begin)
        end = len(text) if end < 0 else end
        parts += [_AMPERSAND.sub(_mend_entity, text[at:begin]), text[begin:end]]
        at = end
    return "".join([*parts, _AMPERSAND.sub(_mend_entity, text[at:])])


def _mend_entity(found: re.Match[str]) -> str:
    meant = html.entities.html5.get(f"{found[1]};") if found[1] else None
    return "".join(f"&#{ord(sign)};" for sign in meant) if meant else f"&amp;{found[0][1:]}"
