"""Reading source code without running it."""

import textwrap

import pytest

from harness import source


def parsed(text):
    return source.parse(textwrap.dedent(text))


def skeleton(body):
    text = "def f(x, cache):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return source.not_attempted(source.parse(text), "f")


def test_finds_functions_classes_and_assignments_of_the_top_level():
    found = parsed("""
        import numpy
        def rnn_forward(x, h0): return x
        class RNNCell:
            def forward(self, x): return x
        step = back = rnn_forward
        a, b = 1, 2
        annotated: int = 3
        declared: int
    """)
    assert set(found.definitions) == {"rnn_forward", "RNNCell", "step", "back", "a", "b", "annotated"}
    assert found.problem == ""


def test_finds_definitions_inside_if_and_try_but_not_under_the_main_guard():
    found = parsed("""
        try:
            def rnn_forward(x): return x
        except ImportError:
            def fallback(x): return x
        if True:
            def chosen(x): return x
        else:
            def other(x): return x
        if __name__ == "__main__":
            def trial(x): return x
    """)
    assert set(found.definitions) == {"rnn_forward", "fallback", "chosen", "other"}


def test_names_inside_functions_are_not_definitions():
    assert "inner" not in parsed("def f():\n    def inner(): return 1\n    return inner\n").definitions


def test_the_last_definition_counts_as_it_does_at_run_time():
    found = parsed("def f(x):\n    pass\n\ndef f(x, y):\n    return x @ y\n")
    assert source.line_of(found, "f") == 4
    assert source.parameters(found, "f") == ("x", "y")
    assert not source.not_attempted(found, "f")


def test_lines_of_functions_methods_and_inherited_methods():
    found = parsed("""\
        def rnn_forward(x): return x
        class RNNCell(Base):
            def forward(self, x, h_prev_t):
                return x
    """)
    assert source.line_of(found, "rnn_forward") == 1
    assert source.line_of(found, "RNNCell.forward") == 3
    assert source.line_of(found, "RNNCell.backward") == 2
    assert source.line_of(found, "rnn_backward") is None
    assert source.parameters(found, "RNNCell.forward") == ("self", "x", "h_prev_t")


def test_imports_are_listed_with_their_dots():
    found = parsed("""
        import numpy as np, torch.nn.functional as F
        from cs231n.layers import *
        from ..layers import affine_forward
        def f():
            import pdb
    """)
    assert found.imports == {"numpy", "torch.nn.functional", "cs231n.layers", "..layers", "pdb"}


def test_a_definition_tells_which_modules_it_uses():
    found = parsed("""
        import numpy as np
        import torch
        from torch import tanh as squash
        def with_numpy(x): return np.tanh(x)
        def with_torch(x): return squash(x)
        def with_none(x): return x @ x
    """)
    assert {name: set(d.uses) for name, d in found.definitions.items()} == {
        "with_numpy": {"numpy"},
        "with_torch": {"torch"},
        "with_none": set(),
    }


@pytest.mark.parametrize(
    "data",
    [
        "import numpy as np\ndef rnn_forward(x):\n    print 'python 2'\nclass RNNCell:\n    pass\n",
        b"import numpy as np\ndef rnn_forward(x):\n    return '\xff'\nclass RNNCell:\n    pass\n",
        b"import numpy as np\n\0\ndef rnn_forward(x):\n    return 1\nclass RNNCell:\n    pass\n",
        "import numpy as np\ndef rnn_forward(x):\n    return " + "(" * 5000 + "\nclass RNNCell:\n    pass\n",
        "import numpy as np\ndef rnn_forward(x):\n    return " + "-" * 200_000 + "1\nclass RNNCell:\n    pass\n",
        "import numpy as np\ndef rnn_forward(x):\n    return x\nclass RNNCell:\n    pass\n#" + "x" * source.PARSE_LIMIT,
    ],
    ids=["python 2", "undecodable", "null byte", "brackets without end", "nested without end", "huge"],
)
def test_what_cannot_be_parsed_is_searched(data):
    found = source.parse(data)
    assert set(found.definitions) == {"rnn_forward", "RNNCell"}
    assert found.definitions["rnn_forward"].line in (2, 3)
    assert found.imports == {"numpy"}
    assert found.problem
    assert not source.not_attempted(found, "rnn_forward")


def test_warnings_about_a_students_strings_stay_out_of_the_terminal(recwarn):
    source.parse("x = '\\d'  # seen for the first time\n")
    assert not recwarn.list


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        '"""Docstring."""',
        "# TODO\npass",
        "return None",
        "return",
        "return ...",
        "raise NotImplementedError",
        'raise NotImplementedError("TODO")',
        "return NotImplementedError",
        "dx, dh, dc = None, None, None\npass\nreturn dx, dprev_h, dprev_c",
        'return NotImplemented("TODO")',
        "raise NotImplementedError('TODO')\nreturn x",
        "for t in range(T):\n    pass\nraise NotImplementedError",
        "next_h, cache = None, None\nreturn next_h, cache",
        "next_h, cache = None, None\nN, D = x.shape\nreturn next_h, cache",
        "dx, dh0, dWx = None, None\nreturn dx, dh0, dWx",
        "dx = dh0 = None\nreturn [dx, dh0]",
        "dz = None\nself.dW_ih += None\ndx = None\ndh = None\nreturn dx, dh",
        "dz = None\nself.dW_ih += None",
        "h_t: float = None\nreturn h_t",
        "batch = x.shape[0]\ndh = np.zeros(batch)\ndh[-1] = self.layer.backward(cache)\nraise NotImplementedError",
        "logits = None\nraise NotImplementedError\nreturn logits",
        "raise NotImplementedError\nh = x @ x\nreturn h",
        "h = None\ndef helper(y):\n    return y\nreturn h",
    ],
)
def test_unfilled_skeletons_are_not_attempted(body):
    assert skeleton(body)


@pytest.mark.parametrize(
    "body",
    [
        "return x @ cache",
        "return x",
        "h = None\nreturn x",
        "return CONSTANT",
        "h = x @ cache\nreturn h, None",
        "next_h, cache = None, None\nnext_h = np.tanh(x)\nreturn next_h, cache",
        "next_h, cache = None, (x,)\nreturn next_h, cache",
        "h = None\nfor h in x:\n    pass\nreturn h",
        "h = None\nif (h := x): pass\nreturn h",
        "h = None\nh += x\nreturn h",
        "h = np.tanh(x)\nreturn h\nraise NotImplementedError",
        "if cache:\n    return x @ x\nraise NotImplementedError",
        "h = np.tanh(x)",  # the return was forgotten: an attempt, and an error
        "h = np.tanh(x)\nreturn None",
        "global_state.append(x)",
        "if x is None:\n    raise NotImplementedError\nself.h = x @ x",
        "yield x",
        "for t in range(T):\n    h = np.tanh(x[t])\nraise NotImplementedError",
        "if cache:\n    return NotImplemented\nreturn x @ x",
    ],
)
def test_real_computation_is_an_attempt(body):
    assert not skeleton(body)


def test_methods_are_told_apart():
    found = parsed("""
        class RNNCell:
            def forward(self, x): return x @ self.W
            def backward(self, delta): raise NotImplementedError
    """)
    assert not source.not_attempted(found, "RNNCell.forward")
    assert source.not_attempted(found, "RNNCell.backward")
    assert not source.not_attempted(found, "RNNCell.step")
