"""Reading source code without running it."""

import ast
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


def test_imports_are_found_wherever_a_statement_can_stand():
    found = parsed("""
        try:
            import a
        except ImportError:
            import b
        else:
            import c
        finally:
            import d
        for x in y:
            with z:
                while x:
                    import e
                else:
                    import f
        match x:
            case 1:
                import g
        class A:
            import h
            def method(self):
                async def inner():
                    if x: import i
                    elif y: import j
                    else: import k
    """)
    assert found.imports == set("abcdefghijk")
    assert found.problem == ""


def test_uses_are_found_in_whatever_belongs_to_a_definition():
    found = parsed("""
        import a, b, c, d, e, f, g
        @a.decorator
        def one(x: b.Array = c.zero, *rest: d.Array) -> e.Array:
            return [f(y) for y in x if (lambda: {**g})]
        class Two(a.Base, key=b):
            attribute = c.zero
            @d.decorator
            def method(self, x):
                def inner(): return f"{e.name}", x[f.all]
                return inner
        def three(a, x, b=None):
            import g
            c = x.d
            f = "e"
    """)
    assert found.definitions["one"].uses == set("abcdefg")
    assert found.definitions["Two"].uses == set("abcdef")
    assert found.definitions["Two"].methods["method"].uses == set("def")
    assert found.definitions["three"].uses == set("cf")


def test_a_name_imported_several_times_comes_from_the_innermost_import():
    found = parsed("""
        def f():
            def g():
                import innermost as np
            import inner as np
            return np.x
        import outer as np
    """)
    assert found.definitions["f"].uses == {"innermost"}


@pytest.mark.parametrize("terms", [20, 400])
def test_a_long_sum_hides_nothing_of_its_file(terms):
    found = parsed(f"class A:\n    def f(self):\n        return {' + '.join(['x'] * terms)}\n")
    assert (found.problem, source.line_of(found, "A.f")) == ("", 2)
    assert not source.not_attempted(found, "A.f", "return x")


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
        "h = None\n@x\ndef h_of(y=(h := 3)):\n    h = y\nreturn h",
        "h = None\nf = None\nkey = lambda: (h := x)\nreturn h, f",
        "if x:\n    h = None\nelse:\n    h = ...\nreturn h",
        "(h, g), c = None\nc = None\nreturn c",
        "h = g = None\nwhile x:\n    return h\nreturn g",
        "match x:\n    case h:\n        h = None\nreturn h",
        "h = None\nreturn h\nraise NotImplementedError\nh = x @ x",
        "dx, dh = None, None, None\nreturn dx, dh",
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
        "h = None\ng = [h for h in x]\nreturn h",
        "h = None\nwith x as h:\n    pass\nreturn h",
        "h = None\nx[0], (h, g) = None, x\nreturn h",
        "h = None\nwhile x:\n    if x:\n        h = x\nreturn h",
        "h = None\ntry:\n    pass\nexcept E:\n    h = x\nreturn h",
        "h = None\nmatch x:\n    case 1:\n        return x\nreturn h",
        "(h, g), c = None\nreturn h",
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


PRINTED = "batch = x.shape[0]\nh = 'h'\nreturn h"
"""What a handout prints in the body of a function."""
PLACES = {
    "one line": ("f", "def f(x): batch = x.shape[0]; h = 'h'; return h  # TODO\nx = 1\n"),
    "async": ("f", "async def f(x):\n    batch = x.shape[0]\n    return h\n"),
    "decorated": ("f", "@decorated\n@twice(x)\ndef f(x):\n    batch = x.shape[0]\n    return h\n"),
    "nested": ("f", "if x:\n  try:\n    def f(x):\n        pass\n        return h\n  finally:\n    pass\n"),
    "tabs": ("A.f", "class A:\n\tdef f(x):\n\t\t'''Text\nat the margin'''\n\t\treturn h\n\tdef g(x): pass\n"),
    "decorated method": ("A.f", "class A:\n    if x:\n        @decorated\n        def f(x):\n            return h\n"),
    "form feed": ("A.f", "class A:\n  \x0c  def f(x):\n        return h\n\x0cx = 1\n"),
    "backslashes": ("A.f", "class A:\n  \\\n      def f(x):\n       return h \\\n\nx = 1\n"),
    "Windows": ("f", "x = '''\r\n'''\r\ny = '\\\r\n'\r\ndef f(x):\r\n    h = 'h'\r\n\r\n    return h\r\nx = 1\r\n"),
    "old Macs": ("f", "x = 1\rdef f(x):\r    h = 'h'\r    return h\rx = 1\r"),
    "cells": ("f", "# %% cell 2\nx = [\n1]\n\n# %% cell 7\ndef (\n# %% cell 8\n\ndef f(x):\n    return h\n\nx = 1\n"),
}


@pytest.mark.parametrize(("name", "text"), PLACES.values(), ids=PLACES)
def test_what_a_handout_prints_is_no_attempt_wherever_it_stands(name, text):
    for data in (text, text.encode()):
        assert source.not_attempted(source.parse(data), name, PRINTED)
    assert not source.not_attempted(source.parse(text), name)
    assert not source.not_attempted(source.parse(text.replace("return h", "return -h")), name, PRINTED)


@pytest.mark.parametrize("first", [b"# -*- coding: latin-1 -*-\n", b"\xef\xbb\xbf", b"# \xe9\n", b""])
def test_what_a_handout_prints_is_no_attempt_in_other_encodings(first):
    text = first + b"def f(x):\n    h = 'h'\n    return h  # \xe9t\xe9\n"
    try:
        ast.parse(text)
    except SyntaxError:
        pytest.skip("this version of Python looks at the bytes of comments")
    assert source.not_attempted(source.parse(text), "f", PRINTED)
    assert not source.not_attempted(source.parse(text), "f", PRINTED.replace("'h'", "'g'"))


def test_a_function_that_only_the_declared_encoding_can_tell_is_no_attempt():
    text = '# -*- coding: cp932 -*-\ndef f(x):\n    """表"""\n    return h\n'.encode("cp932")
    assert source.not_attempted(source.parse(text), "f", PRINTED)


def test_more_statements_than_any_handout_prints_are_an_attempt():
    body = "    batch = x.shape[0]\n"
    for count, expected in ((24, True), (25, False)):
        assert source.not_attempted(source.parse(f"def f(x):\n{body * count}"), "f", PRINTED) is expected


def test_lines_of_definitions_in_cells_are_those_of_the_whole_text():
    found = source.parse("# %% cell 1\nx = 1\n\n# %% cell 2\nclass A:\n    def f(self):\n        pass\n\ny = 2\n")
    assert {name: d.line for name, d in found.definitions.items()} == {"x": 2, "A": 5, "y": 9}
    assert source.line_of(found, "A.f") == 6
