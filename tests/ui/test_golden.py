"""Every chart form in both languages is what golden/ says it is.

A change that is meant is shown by `VINK_RENEW_GOLDEN=1 .venv/bin/pytest tests/ui/test_golden.py` and `git diff`: keys
are sorted, a row of data is one line. The look that all charts share stands once a language, in look.<language>.json.
"""

import json
import os
from pathlib import Path
from typing import Any

import altair as alt
import pytest
import vl_convert

from tests.ui.drawings import FORMS
from ui import locale, theme

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("da", "en")
RENEW = os.environ.get("VINK_RENEW_GOLDEN") == "1"
WIDTHS = (340, 1000)


def told(part: Any, indent: int = 0) -> str:
    """JSON with sorted keys, in which whatever fits stands on one line."""
    line = json.dumps(part, ensure_ascii=False, sort_keys=True, allow_nan=False)
    rows = isinstance(part, list) and len(part) > 1 and all(isinstance(row, dict) for row in part)
    if not isinstance(part, dict | list) or (indent + len(line) <= 110 and not rows):
        return line
    inner = "\n" + " " * (indent + 2)
    if isinstance(part, list):
        data = rows and all(not isinstance(value, dict | list) for row in part for value in row.values())
        parts = [json.dumps(row, ensure_ascii=False, sort_keys=True) if data else told(row, indent + 2) for row in part]
        return f"[{inner}{f',{inner}'.join(parts)}\n{' ' * indent}]"
    parts = [f"{json.dumps(key, ensure_ascii=False)}: {told(part[key], indent + 2)}" for key in sorted(part)]
    return "".join(("{", inner, f",{inner}".join(parts), "\n", " " * indent, "}"))


def held(name: str, part: dict[str, Any]) -> None:
    path = FOLDER / f"{name}.json"
    if RENEW:
        path.write_text(told(part) + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told(part) + "\n", f"{name} is drawn otherwise: see {__name__}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_chart_form_is_as_its_golden_specification_says(form: str, lang: str):
    spec = FORMS[form](lang)
    assert spec["config"] == theme.config(locale.chart_locale(lang))
    held(f"{form}.{lang}", {key: part for key, part in spec.items() if key not in ("config", "$schema")})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_look_of_all_charts_is_as_its_golden_specification_says(lang: str):
    held(f"look.{lang}", theme.config(locale.chart_locale(lang)))


def test_no_golden_specification_is_left_without_its_chart():
    names = {f"{form}.{lang}" for form in (*FORMS, "look") for lang in LANGUAGES}
    assert {path.stem for path in FOLDER.glob("*")} == names


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_golden_specification_reads_as_the_same_json_and_has_one_row_of_data_a_line(form: str, lang: str):
    written = (FOLDER / f"{form}.{lang}.json").read_text("utf-8")
    spec = FORMS[form](lang)
    assert json.loads(written) == {key: part for key, part in spec.items() if key not in ("config", "$schema")}
    for layer in spec["layer"]:
        for row in layer["data"]["values"]:
            assert json.dumps(row, ensure_ascii=False, sort_keys=True) in written


@pytest.mark.parametrize("form", FORMS)
def test_every_chart_form_is_valid_vega_lite(form: str):
    alt.LayerChart.from_dict(FORMS[form]("da"), validate=True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_chart_form_is_drawn_as_wide_as_it_may_be(form: str, lang: str, width: int):
    """By vl-convert: nothing is left out of the specification, and nothing stands outside of the picture."""
    svg = vl_convert.vegalite_to_svg(FORMS[form](lang) | {"width": width})
    found = svg.split('width="', 1)[1].split('"', 1)[0]
    assert abs(float(found) - width) <= 2
    assert "NaN" not in svg and "undefined" not in svg
