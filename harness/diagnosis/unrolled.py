"""The unrolled computational graph of a recurrence, with the gradients that come out wrong on its edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.assignments.contract import Group, Recurrence, Tensor
from harness.diagnosis.wrongness import failing
from harness.evidence import Evidence
from harness.report import Edge, Graph, Influence, Node

STEPS, LAYERS = 3, 2
"""What is drawn of a sequence, and of a stack of layers: the lowest and the highest."""
BACK, DOWN = "carried back", "carried down"
"""What an edge between two steps or two layers passes on besides the gradients of parameters."""


def graph(group: Group, evidence: Evidence, influence: Influence | None) -> Graph | None:
    """The drawing; None for entry points that are no recurrence, or that have no wrong gradient to mark."""
    if group.recurrence is None:
        return None
    drawing = _Drawing(group, group.recurrence, evidence, influence)
    return Graph(list(drawing.nodes()), list(drawing.edges())) if any(drawing.wrong.values()) else None


class _Drawing:
    """A recurrence of one entry point, and in which of the layers drawn its gradients are wrong."""

    def __init__(self, group: Group, recurrence: Recurrence, evidence: Evidence, influence: Influence | None) -> None:
        self.recurrence = recurrence
        self.steps = STEPS if "T" in group.dims else 1
        self.layers = LAYERS if "L" in group.dims else 1
        self.gradients = {t.wrt: t for t in evidence.entry.tensors if t.wrt}
        self.wrong = {wrt: _wrong_layers(evidence, t, self.layers) for wrt, t in self.gradients.items()}
        self.lost_back = influence is not None and _lost_between_steps(influence)
        self.lost_down = self.layers > 1 and _lost_between_layers(self.gradients, self.wrong)

    def nodes(self) -> Iterator[Node]:
        for step in range(1, self.steps + 1):
            yield Node(self._data(step), step, 0)
        for layer in range(self.layers):
            for step in range(self.steps + 1):
                yield Node(self._state(layer, step), step, layer + 1)
        for step in self._outputs():
            yield Node(_output(step), step, self.layers + 1)

    def edges(self) -> Iterator[Edge]:
        for layer in range(self.layers):
            for step in range(1, self.steps + 1):
                yield self._inward(layer, step)
                yield self._along(layer, step)
        for step in self._outputs():
            top = self.layers - 1
            yield self._edge(self._state(top, step), _output(step), self.recurrence.outward, top)

    def _inward(self, layer: int, step: int) -> Edge:
        names = [*self.recurrence.inward, *self.recurrence.bias]
        if layer == 0:
            return self._edge(self._data(step), self._state(0, step), [self.recurrence.data, *names], 0)
        lost = DOWN if self.lost_down else ""
        return self._edge(self._state(layer - 1, step), self._state(layer, step), names, layer, lost)

    def _along(self, layer: int, step: int) -> Edge:
        names = [*(self.recurrence.state if step == 1 else ()), *self.recurrence.along]
        lost = BACK if self.lost_back and step > 1 else ""
        return self._edge(self._state(layer, step - 1), self._state(layer, step), names, layer, lost)

    def _edge(self, source: str, target: str, names: Sequence[str], layer: int, lost: str = "") -> Edge:
        known = [(self.gradients[n].name, layer in self.wrong[n]) for n in names if n in self.gradients]
        right, bad = ([name for name, wrong in known if wrong is kind] for kind in (False, True))
        if self.lost_back or self.lost_down:
            return Edge(source, target, right, [lost] if lost else [], bad)
        return Edge(source, target, right, bad)

    def _data(self, step: int) -> str:
        return self.recurrence.data if self.steps == 1 else f"{self.recurrence.data}[{step - 1}]"

    def _state(self, layer: int, step: int) -> str:
        stack = f"[{layer}]" if self.layers > 1 else ""
        if step == 0:
            return self.recurrence.state[0] + stack
        return f"h{stack}[{step - 1}]" if self.steps > 1 else "h"

    def _outputs(self) -> range:
        """Steps that have an output: in a stack of layers, which classifies, the last one alone."""
        if not any(n in self.gradients for n in self.recurrence.outward):
            return range(0)
        return range(self.steps if self.layers > 1 else 1, self.steps + 1)


def _output(step: int) -> str:
    return f"y[{step - 1}]"


def _wrong_layers(evidence: Evidence, tensor: Tensor, layers: int) -> set[int]:
    """The layers drawn, the lowest and the highest, in which a gradient is wrong on some case."""
    found = set()
    for truth, _, wrong in failing(evidence, tensor):
        if not (tensor.per_layer or "L" in tensor.dims):
            return set(range(layers))
        masks = list(wrong.values()) if tensor.per_layer else list(wrong[tensor.name])
        bad = [place for place, mask in enumerate(masks) if mask.any()]
        if layers == 1 or truth.case.dims["L"] > 1:
            found |= {int(place == truth.case.dims["L"] - 1) if layers > 1 else 0 for place in bad}
    return found


def _lost_between_steps(influence: Influence) -> bool:
    """Whether every step is right by itself, and what should come back from later ones is not."""
    first = next((i for i, c in enumerate(influence.columns) if c.endswith("[0]")), None)
    if first is None:  # a map of layers
        return False
    size = len(influence.rows)
    alone = any(influence.wrong[t][first + t] for t in range(size))
    return not alone and any(influence.wrong[t][first + s] for t in range(size) for s in range(t))


def _lost_between_layers(gradients: dict[str, Tensor], wrong: dict[str, set[int]]) -> bool:
    """Whether everything is right in the highest layer, and everything wrong below it."""
    stacked = [wrt for wrt, t in gradients.items() if t.per_layer]
    return bool(stacked) and all(wrong[wrt] == {0} for wrt in stacked)
