"""The words in the installed Streamlit's own frontend, and those of them that it writes on the screen."""

import re
from functools import cache
from pathlib import Path

import streamlit

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
# Chunks that no page of ours loads: each draws a kind of element that we don't use.
FOREIGN = re.compile(
    r"PlotlyChart|DeckGl|EChart|elk-|GraphViz|chunk-|cytoscape|katex|mermaid|[Dd]iagram|treemap|wardley|Json"
    r"|SyntaxHighlighter|Audio|Video|Camera|ColorPicker|ChatInput|dagre|cose-|swimlanes|definition|Toast|Date|Time"
)
# Where the frontend writes something for the screen: the text of an element, or an attribute that is read out.
SHOWN = re.compile(
    r"\"?(?:aria-label|aria-roledescription|title|placeholder|label|children|message|alt)\"?:`([^`\\]*)`"
    r"|\),`([A-Z][^`\\]*)`\]"  # the words after an icon
)


@cache
def source() -> str:
    """All code of the frontend that our pages can load."""
    found = [path for path in sorted(SCRIPTS.glob("*.js")) if not FOREIGN.search(path.name)]
    return "\n".join(path.read_text("utf-8") for path in found).replace("\\u2014", "—").replace("\\u2019", "’")


@cache
def shown() -> frozenset[str]:
    """The words that the code writes on the screen; `${...}` for what is put in."""
    found = (match[1] or match[2] or "" for match in SHOWN.finditer(source()))
    return frozenset(one for one in found if re.search(r"[A-Za-z]{3}", re.sub(r"\$\{.*?\}", "", one)))
