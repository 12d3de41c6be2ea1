"""Plain arrays in and out of the student's array library, and nothing taken for an array that is not one."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np

from harness.wire import DTYPES, ArraySpec, dtype_name
from harness.worker.inside.bystanders import name_of

Array = np.ndarray[Any, Any]
_PLAIN = frozenset(map(np.dtype, DTYPES))
"""What most results are; another byte order, say, is looked at more closely."""


class Numpy:
    """For assignments on numpy arrays."""

    own: Any = np.ndarray
    """What a result may be, that has nothing to be made plain unless its dtype is another than usual."""

    def inputs(self, arrays: dict[str, Array], layout: str) -> dict[str, Any]:
        """Fresh arrays in the memory layout asked for: C, F, strided or read_only."""
        if layout == "C":
            return {name: array.copy() for name, array in arrays.items()}
        return {name: _laid_out(array, layout) for name, array in arrays.items()}

    def seed(self, seed: int, numpys: bool = True, pythons: bool = True) -> None:
        """Fix the global generators, which differ from process to process: those that may be drawn from, as fixing
        both takes as long as a short call."""
        if pythons:
            random.seed(seed)
        if numpys:
            np.random.seed(seed % 2**32)

    def copy(self, value: Any) -> Any:
        """An independent copy."""
        return value.copy()

    def same(self, before: Any, after: Any) -> bool:
        """Whether two of the inputs are equal, byte for byte."""
        return bool(before.shape == after.shape and before.tobytes() == after.tobytes())

    def strict_complex(self) -> None:
        """Where complex numbers are passed through, dropping their imaginary part is an error, not a warning."""
        warnings.simplefilter("error", np.exceptions.ComplexWarning)

    def outputs(self, values: dict[str, Any]) -> tuple[tuple[ArraySpec, ...], list[Array]]:
        """Headers for every output, and the arrays of those that are arrays."""
        specs, arrays = [], []
        for name, value in values.items():
            array: Array | str = value if type(value) is self.own and value.dtype in _PLAIN else self.plain(value)
            if isinstance(array, str):
                specs.append(ArraySpec(name, instead=array[:120]))
            else:
                specs.append(ArraySpec(name, dtype_name(array.dtype), array.shape))
                arrays.append(array)
        return tuple(specs), arrays

    def plain(self, value: Any) -> Array | str:
        """`value` as an array of a plain dtype, or in words what it is instead."""
        if isinstance(value, (bool, int, float, complex, np.generic)):
            value = np.asarray(value)
        if type(value) is not np.ndarray:
            return _kind(value)
        if value.dtype.kind in "fc" and dtype_name(value.dtype) not in DTYPES:
            value = value.astype("complex128" if value.dtype.kind == "c" else "float64")  # extended precision
        if dtype_name(value.dtype) not in DTYPES:
            return f"an array of dtype {value.dtype}"
        native: Array = value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("="))
        return native


class Torch(Numpy):
    """For assignments on torch tensors."""

    own = None

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        torch.set_warn_always(True)
        self.torch = torch
        torch.compile = torch.jit.script = torch.jit.trace = _uncompiled

    def inputs(self, arrays: dict[str, Array], layout: str) -> dict[str, Any]:
        """Fresh tensors; a read-only tensor does not exist, so that layout is plain C order."""
        layout = "C" if layout == "read_only" else layout
        return {name: self.torch.from_numpy(_laid_out(array, layout)) for name, array in arrays.items()}

    def seed(self, seed: int, numpys: bool = True, pythons: bool = True) -> None:
        """Fix the global generators, torch's too."""
        super().seed(seed)
        self.torch.manual_seed(seed)

    def copy(self, value: Any) -> Any:
        """An independent copy."""
        return value.clone()

    def same(self, before: Any, after: Any) -> bool:
        """Whether two of the inputs are equal."""
        return bool(before.shape == after.shape and self.torch.equal(before, after))

    def strict_complex(self) -> None:
        """Where complex numbers are passed through, dropping their imaginary part is an error, not a warning."""
        warnings.filterwarnings("error", message=".*[Cc]omplex.*")

    def plain(self, value: Any) -> Array | str:
        """`value` as an array of a plain dtype, or in words what it is instead."""
        if type(value) in (self.torch.Tensor, self.torch.nn.Parameter):
            value = value.detach().resolve_conj().resolve_neg().cpu()
            if value.dtype is self.torch.bfloat16:
                return "a tensor of dtype bfloat16"
            return super().plain(value.numpy())
        if isinstance(value, (bool, int, float)):
            return super().plain(value)
        return _kind(value)


def _uncompiled(function: Any = None, *args: Any, **options: Any) -> Any:
    """A function as it was written: compiling changes no result and takes seconds. Serves `@f` and `@f(option=…)`."""
    return function if callable(function) else _uncompiled


def _laid_out(array: Array, layout: str) -> Array:
    if layout == "F":
        return np.array(array, order="F")
    if layout == "strided" and array.ndim:
        room = np.zeros(tuple(2 * size for size in array.shape), array.dtype)
        view = room[tuple(slice(None, None, 2) for _ in array.shape)]
        view[...] = array
        return view
    fresh = array.copy()
    if layout == "read_only":
        fresh.flags.writeable = False
    return fresh


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if name_of(value):
        return f"the value of {name_of(value)}, which is not there when this is graded"
    article = "an instance of" if isinstance(value, np.ndarray) else "a value of type"
    return f"{article} {type(value).__module__}.{type(value).__name__}".replace("builtins.", "")
