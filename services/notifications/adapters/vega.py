"""Charts as SVG and PNG by Vega, in this process. Only a worker draws: it takes CPU, and a second to get going."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from services.notifications.domain import one_line
from services.notifications.ports import Picture

_SVG = "http://www.w3.org/2000/svg"
_SCALE = 2.0
# All that a picture of bars, lines and words needs; a page's rules let in no style, and nothing here runs or fetches.
_ELEMENTS = frozenset(f"{{{_SVG}}}{name}" for name in ("g", "path", "line", "rect", "text", "tspan"))
_ATTRIBUTES = frozenset(
    "d transform x y x1 y1 x2 y2 dx dy width height fill stroke stroke-width stroke-linejoin font-family font-size "
    "font-weight text-anchor".split()
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONTS = (Path("/usr/share/fonts/opentype/inter"), Path("/usr/share/fonts/truetype/inter"))


class VegaPainter:
    """The same chart gives the same bytes."""

    def __init__(self) -> None:
        # It holds the processor, not a wire: threads that took turns are done sooner.
        self._turn = Lock()
        self._ready = False

    def svg(self, spec: Mapping[str, Any], alt: str) -> Picture:
        import vl_convert

        with self._turn:
            self._get_ready()
            made = vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[])
        return _cleaned(made, one_line(alt))

    def png(self, picture: Picture) -> bytes:
        import vl_convert

        ground = f'<rect width="{picture.width}" height="{picture.height}" fill="#ffffff"/>'
        head, end, rest = picture.svg.partition(">")
        with self._turn:
            self._get_ready()
            return bytes(vl_convert.svg_to_png(head + end + ground + rest, scale=_SCALE))

    def _get_ready(self) -> None:
        import vl_convert

        if not self._ready:
            for folder in _FONTS:
                if folder.is_dir():
                    vl_convert.register_font_directory(str(folder))
            self._ready = True


def _cleaned(made: str, alt: str) -> Picture:
    """The picture with what is known to draw, and nothing else; numbers to a hundredth of a pixel."""
    source = ET.fromstring(made)  # noqa: S314  (our own renderer's, which escapes all text; it has no entities)
    width, height = (round(float(source.get(name) or 0)) for name in ("width", "height"))
    root = ET.Element("svg", {"xmlns": _SVG, "width": str(width), "height": str(height)})
    root.set("viewBox", f"0 0 {width} {height}")
    root.set("role", "img")
    root.set("aria-label", alt)
    _copy(source, root)
    return Picture(ET.tostring(root, encoding="unicode"), width, height)


def _copy(source: ET.Element, target: ET.Element) -> None:
    for child in source:
        if child.tag not in _ELEMENTS or child.get("display") == "none" or _is_ground(child):
            continue
        name = str(child.tag).rpartition("}")[2]
        copied = ET.Element(name, {key: _short(value) for key, value in child.items() if key in _ATTRIBUTES})
        copied.text = child.text
        _copy(child, copied)
        if name != "g" or len(copied):
            target.append(copied)


def _is_ground(element: ET.Element) -> bool:
    """What Vega puts behind and before groups, whether or not there is anything to see."""
    return element.get("class") in ("background", "foreground") or element.get("fill") == "transparent"


def _short(value: str) -> str:
    return _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)
