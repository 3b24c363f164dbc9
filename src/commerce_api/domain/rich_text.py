"""HTML that people wrote or pasted, made harmless: formatting stays, whatever could act or imitate the shop goes."""

import re
from functools import cache
from typing import Any, Final

_TAGS: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_ATTRIBUTES: Final = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_DROPPED: Final = re.compile(r"<pre>\n+")


@cache
def _cleaner() -> Any:
    """Loaded with the first text: most processes only show texts."""
    import nh3  # noqa: PLC0415 - as above

    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def sanitized(html: str) -> str:
    """What may be shown on any page. Cleaning again changes nothing: line ends that the next reader would drop are dropped."""
    cleaned = str(_cleaner().clean(html)).replace("\r", "\n")
    return _DROPPED.sub("<pre>", cleaned).strip()
