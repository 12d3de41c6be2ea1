"""The reference of everything that is looked at besides agreement: what it claims, how, and of which entry points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from documenting.markdown import NOTE, code, sentence, table
from harness.assignments import registry
from harness.assignments.contract import Assignment
from harness.properties.behaviour import BEHAVIOURS, How
from harness.properties.metamorphic import METAMORPHIC
from harness.properties.offered import offered
from harness.reporting.words import TITLES

INTRODUCTION = """\
# Properties

A property is a claim that every correct implementation satisfies on every case. Each has a name, which reports and
rubrics use, and two titles: what a report says where it holds, and where it does not. What each costs in time is
measured in [performance](../performance.md), what each catches in [the audit](../audit.md).

"""
ALWAYS = {
    "matches_definition": "on every case: compared with PyTorch's result and the model solution's, within the error "
    "bound; reports call it `matches_autograd`, as they do for gradients",
    "matches_autograd": "on every case: compared with PyTorch's and the model solution's, within the error bound",
    "matches_finite_differences": "slopes of the submission's own forward function along random directions; "
    "decides only whose mistake a wrong gradient is",
    "returns": "on every case",
    "runs": "on every case",
    "finishes": "on every case; what is late is tried once more in a fresh worker",
    "same_again": "a call or two, right and wrong, is made once more",
    "no_state_kept": "what is wrong after other calls is tried again in a fresh worker",
}
"""Properties without a place of their own in the code, and when each is looked at."""
DEMANDS = ("keeps_dtype", "gradients_accumulate", "zero_grad_resets")
LAYOUTS = {"strided": "arrays that are not contiguous in memory", "read_only": "arrays that must not be written to"}
VARIANTS = {
    "/forward_before": "after another forward call",
    "/forward_between": "with another forward call between its own and it",
    "/caches_interleaved": "two forward calls, then their two backward calls",
    "/cache_again": "twice with one cache",
}


def page() -> str:
    """The whole page."""
    about = _about()
    return "".join(
        [INTRODUCTION, *_always(), *_relations(about), *_behaviours(about), *_demands(about), *_rest(), NOTE]
    )


def _about() -> dict[str, str]:
    """For every property, the entry points that it is about, assignment by assignment."""
    asked = [registry.get(name) for name in registry.built_in()]
    names = dict.fromkeys(n for a in asked for e in a.entry_points for n in offered(a, e))
    return {name: _places(name, asked) for name in names}


def _places(name: str, asked: Sequence[Assignment]) -> str:
    found = {a.id: [e.name for e in a.entry_points if name in offered(a, e)] for a in asked}
    if all(len(found[a.id]) == len(a.entry_points) for a in asked):
        return "every entry point"
    return "; ".join(_of(a, found[a.id]) for a in asked if found[a.id])


def _of(assignment: Assignment, names: Sequence[str]) -> str:
    return f"{assignment.id}: " + ("all" if len(names) == len(assignment.entry_points) else ", ".join(map(code, names)))


def _always() -> Iterator[str]:
    yield "## Of every entry point\n\n"
    yield table(
        ["property", "where it holds, it", "where not, it", "when"],
        [(code(n), *TITLES[n], when) for n, when in ALWAYS.items()],
    )


def _relations(about: dict[str, str]) -> Iterator[str]:
    yield (
        "## Relations between several runs\n\n"
        "These need no answer key. They are looked at on a case or two where everything agrees with PyTorch, on more "
        "where it does not, and decide by themselves where an assignment has no model solution yet. One that fails for "
        "a tensor which is wrong anyway says more about the mistake and costs nothing.\n\n"
    )
    for each in METAMORPHIC:
        yield f"### {each.name}\n\n{sentence('it ' + each.title)}\n\n{_where(each.name, about)}"


def _behaviours(about: dict[str, str]) -> Iterator[str]:
    yield (
        "## Behaviour\n\n"
        "What an entry point does besides returning numbers. It warns, and costs points only where a rubric gives it "
        "some.\n\n"
    )
    for each in BEHAVIOURS:
        yield f"### {each.name}\n\n{sentence('it ' + each.title)} {_how(each.how)}\n\n{_where(each.name, about)}"


def _how(how: How) -> str:
    if how.layout in LAYOUTS:
        return f"Looked at with {LAYOUTS[how.layout]}."
    return f"Looked at by calling it {VARIANTS[how.variant]}." if how.variant else "Looked at around the call itself."


def _demands(about: dict[str, str]) -> Iterator[str]:
    yield "## Demanded by a handout\n\nBehaviour that a handout asks for by name: it fails, and does not only warn.\n\n"
    for name in DEMANDS:
        yield f"### {name}\n\n{sentence('the result ' + TITLES[name][0])}\n\n{_where(name, about)}"


def _where(name: str, about: dict[str, str]) -> str:
    return f"About {about[name]}.\n\n" if name in about else "No assignment of this package asks for it.\n\n"


def _rest() -> Iterator[str]:
    """What the reports have a title for and this page has not told; nothing, unless something was forgotten here."""
    told = {*ALWAYS, *DEMANDS, *(p.name for p in METAMORPHIC), *(b.name for b in BEHAVIOURS)}
    rest = [(code(name), *titles) for name, titles in TITLES.items() if name not in told]
    yield "## Others\n\n" + table(["property", "where it holds, it", "where not, it"], rest) if rest else ""
