"""Python 2 is told from Python 3 that is broken."""

import pytest

from harness import python2, source

OLD = {
    'print "done"': "print statement",
    'if x: print "done", x': "print statement",
    "print self.loss,": "print statement",
    "try:\n  pass\nexcept ValueError, e:\n  pass": "except X, e",
    "try:\n  pass\nexcept (IOError, ValueError), e:\n  pass": "except X, e",
    "if a <> b:\n  pass": "comparison <>",
    "y = `x`": "backticks",
    'exec "x = 1"': "exec statement",
    "exec code in scope": "exec statement",
    'raise ValueError, "shape"': "raise X, message",
    'if x: raise ValueError, "shape %d" % x': "raise X, message",
    "mode = 0777": "octal number like 0777",
    "big = 10L": "long number like 10L",
    "big = 0xFFL": "long number like 10L",
    "s = ur'a'": "string like ur''",
    "def f(a, (b, c)): pass": "tuple as a parameter",
    "f = lambda (a, b): a": "tuple as a parameter",
}


@pytest.mark.parametrize("text", OLD)
def test_what_only_python_2_reads_is_named_with_its_line(text):
    found = source.parse("import numpy as np\n\n" + text + "\n")
    line = 3 + next((i for i, part in enumerate(text.split("\n")) if "except" in part), 0)
    assert found.python2 == f"line {line}: {OLD[text]}"


@pytest.mark.parametrize(
    "text",
    [
        "def f(:",
        "x = (1",
        "'a <> b' + ",
        "x = 10 20",
        "raise ValueError('a', 'b'",
        "x = '`a`",
        "except ValueError:",
        "if x\n    print(x)",
        "print('a'",
        "class A(:\n    print = 1",
        "    x = 1",
        "x = 5apples",
        "return x print",
    ],
)
def test_broken_python_3_is_not_called_python_2(text):
    found = source.parse(text + "\n")
    assert found.problem
    assert found.python2 == ""


@pytest.mark.parametrize("text", ["print", "print(1), 2", "print >>f, x", "from x import xrange", "x = '''print 1'''"])
def test_what_python_3_reads_is_python_3(text):
    assert (source.parse(text).problem, source.parse(text).python2) == ("", "")


def test_missing_names_of_python_2_are_explained_once():
    said = ["NameError: name 'xrange' is not defined", "NameError: name 'xrange' is not defined (3 of 4 cases)"]
    said += ["AttributeError: 'dict' object has no attribute 'iteritems'", "NameError: name 'numpy' is not defined"]
    assert python2.hints(said) == [
        "xrange is Python 2; in Python 3 it is range",
        "iteritems is Python 2; in Python 3 it is items",
    ]
