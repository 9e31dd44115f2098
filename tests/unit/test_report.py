"""The one-page report: everything in one file, every figure with its sentences."""

import html
import re

import pytest
from support import ready_result, result_of

from retrain_sim.captions import caption
from retrain_sim.figures import FIGURES
from retrain_sim.report import write_report


@pytest.fixture(scope="module")
def result():
    return ready_result("two-tribes")


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(result, folder)
    return folder


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def plain(page):
    """Read the page as people do: no tags, no entities."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_the_page_needs_nothing_from_elsewhere(page):
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:|//|file:)", page)
    assert not re.search(r"@import|url\(", page)
    assert "<script" not in page
    for source in re.findall(r"src=\"([^\"]*)", page):
        assert source.startswith("data:image/png;base64,")


def test_every_figure_is_on_the_page_and_in_the_folder(result, folder, page):
    shown = [name for name, draw in FIGURES.items() if draw(result)]
    assert re.findall(r"<figure id=\"(\w+)\"", page) == shown
    assert page.count("data:image/png;base64,") == len(shown)
    assert {p.stem for p in (folder / "figures").glob("*.png")} == set(shown)
    for path in (folder / "figures").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")


def test_every_figure_has_its_three_sentences(result, page):
    text = plain(page)
    for name in re.findall(r"<figure id=\"(\w+)\"", page):
        for sentence in caption(name, result):
            assert sentence in text
    for heading in ("What you see.", "Why.", "What to change next."):
        assert text.count(heading) == page.count("<figure id=")


def test_the_page_has_verdicts_claims_and_assumptions(result, page):
    text = plain(page)
    for arm, verdict in result.verdicts.items():
        assert f"{arm}: {verdict.verdict} ({verdict.reason})" in text
    for claim in result.claims:
        assert claim.subject in text
    for audit in result.audits.values():
        for assumption in audit:
            assert assumption.text in text
    assert result.spec.title in text


def test_the_page_says_how_to_make_it_again(result, page):
    assert result.spec.to_toml().strip() in plain(page)
    for name, version in result.versions.items():
        assert f"<th>{name}</th><td>{version}</td>" in page


def test_what_the_user_names_is_escaped(tmp_path):
    title = "<script>alert(1)</script>"
    named = result_of("coin-drift", run__rounds=1, run__seeds=1, title=title)
    write_report(named, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.slow
def test_an_animation_is_written_on_request(tmp_path):
    from PIL import Image

    found = result_of("gaussian-decay", run__rounds=3, run__seeds=3)
    written = write_report(found, tmp_path, gif=True)
    path = tmp_path / "figures" / "samples.gif"
    assert path in written
    with Image.open(path) as image:
        assert image.n_frames == found.spec.run.rounds + 1


def test_no_animation_is_promised_where_there_is_nothing_to_show(tmp_path):
    found = ready_result("coin-drift")
    written = write_report(found, tmp_path, gif=True)
    assert all(path.exists() for path in written)
    assert not (tmp_path / "figures" / "samples.gif").exists()
