"""The accessibility statement: it stands without a release, and tells all known faults and no others."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import accessibility
from ui.text import LANGUAGES, sections, text, words

ROOT = Path(__file__).parent.parent.parent
# What Commission decision (EU) 2018/1523 wants in a statement, as sections of ours.
WANTED = ["site", "status", "faults", "tested", "feedback", "enforcement", "about"]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The words of the page in one language, where there is no release."""
    monkeypatch.setenv("VINK_RELEASES", str(tmp_path))

    def run(lang: str) -> str:
        app = AppTest.from_file(str(ROOT / "pages" / "accessibility.py"), default_timeout=60)
        app.query_params["lang"] = lang
        app.run()
        assert not app.exception
        return "\n".join(
            str(getattr(part, "value", "")) for kind in ("title", "subheader", "markdown") for part in app.get(kind)
        )

    return run


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_statement_has_every_part_that_the_law_asks_for(said, lang):
    assert [section.name for section in sections("accessibility", lang)] == WANTED
    shown = said(lang)
    for section in sections("accessibility", lang):
        assert section.heading in shown and section.body in shown
    assert "33 66 33 66" in shown and "kk.dk/kontakt" in shown  # in writing and by telephone
    assert "20 16 36 12" in shown and "https://digst.dk/" in shown  # where one can complain


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_statement_tells_every_known_fault_and_no_other(said, lang):
    keys = {key.rsplit(".", 1)[1] for key in words() if key.startswith("accessibility.fault.")}
    assert keys == {fault.key for fault in accessibility.FAULTS}
    shown = said(lang)
    for fault in accessibility.FAULTS:
        assert f"**{text(f'accessibility.fault.{fault.key}', lang)}**" in shown
        assert text(f"accessibility.why.{fault.key}", lang) in shown
        assert fault.criterion in shown


def test_the_statement_claims_no_more_than_the_list_of_faults_allows():
    """With known faults the site complies partly; without any, the words must be changed, and this test with them."""
    status = {lang: next(s.body for s in sections("accessibility", lang) if s.name == "status") for lang in LANGUAGES}
    assert len(accessibility.FAULTS) > 0
    assert "delvist" in status["da"] and "partly" in status["en"]
