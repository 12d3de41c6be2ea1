"""A report as one HTML file that needs nothing else: no network, no other files."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from harness.report import EntryPointReport, Report
from harness.reporting import content, drawing, wording
from harness.reporting.cleaning import block, plain

TEMPLATES = Path(__file__).parent / "templates"
TONES = {"pass": "good", "precision": "warn", "not_judged": "calm", "missing": "calm", "not_attempted": "calm"}
"""Colours of statuses; what is not here is wrong."""
_NAMES = re.compile(r"\b[A-Za-z]\w*(?:\.[a-z]\w*)+\b|\b[A-Za-z]\w*_\w+\b|\bd[A-Z]\w*\b|\b[A-Z]=\d+\b")
"""What looks like code inside a sentence: names with a dot or underscore, dWh, N=2."""


def report_html(report: Report) -> str:
    """The page about one submission, most important things first."""
    right = content.right(report)
    return render(
        "report.html.jinja",
        "report.js",
        report=report,
        right=right,
        rough=[(e, t) for e in right for t in content.troubles(e)],
        # Where nothing could be loaded, one explanation says it for all entry points.
        shown=content.wrong(report) if report.status == "graded" else [],
        unjudged=content.unjudged(report),
    )


def render(template: str, script: str, **values: Any) -> str:
    """Fill a template; `script` is the only script the page's policy lets a browser run."""
    source = (TEMPLATES / script).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    # The script is a file of ours without any value put into it, hence safe as it is.
    return environment().get_template(template).render(script=Markup(source), script_hash=f"sha256-{digest}", **values)


@functools.cache
def environment() -> Environment:
    """Jinja with escaping always on; every text is cleaned of control characters on its way out."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        plain=plain,
        named=named,
        breakable=breakable,
        tone=tone,
        status_tone=status_tone,
        report_tone=report_tone,
        capitalize_first=lambda text: text[:1].upper() + text[1:],
    )
    env.globals.update(words=wording, content=content, drawing=drawing)
    return env


def _cleaned(value: Any) -> Any:
    return block(value) if type(value) is str else value


def named(text: str) -> Markup:
    """`text` escaped, with what looks like code set as code."""
    return Markup(_NAMES.sub(lambda m: f"<code>{m[0]}</code>", str(escape(plain(text)))))  # matches hold no markup


def breakable(name: str) -> Markup:
    """A long name that may be broken after a dot or an underscore, and before a capital."""
    return Markup(re.sub(r"(?<=[._])(?=.)|(?<=[a-z])(?=[A-Z])", "<wbr>", str(escape(plain(name)))))


def tone(entry: EntryPointReport) -> str:
    """The colour of an entry point; a wrong one that keeps its points is not shown in red."""
    return "warn" if wording.entry_words(entry) == wording.BLAMELESS else status_tone(entry.status)


def status_tone(status: str) -> str:
    """The colour of a status."""
    return TONES.get(status, "bad")


def report_tone(report: Report) -> str:
    """The colour of a whole report."""
    if report.status == "grader_fault" or report.score.earned is None:
        return "calm"
    if report.status == "load_error":
        return "bad"
    return "good" if report.passed else "bad" if content.wrong(report) else "calm"
