"""Goes on with a module after a top-level statement that raised: what homework does at import is not what is judged."""

from __future__ import annotations
import __future__

import ast
import functools
import os
import sys
from collections.abc import Callable
from importlib.machinery import FileFinder, SourceFileLoader
from types import ModuleType, TracebackType

from harness.worker.inside.failures import failure_of
from harness.worker.inside.stand_ins import ForbiddenUse

NEEDED = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MOST_TOLD = 3


class Stepping(SourceFileLoader):
    """Runs a file of the submission, going on after statements that raise; `notes` collects what was left out."""

    def __init__(self, fullname: str, path: str, root: str, notes: list[str]) -> None:
        super().__init__(fullname, path)
        self.root, self.notes = root, notes

    def exec_module(self, module: ModuleType) -> None:
        """Run it. Raises what an import or a definition of the file raises."""
        try:
            super().exec_module(module)
        except (Exception, SystemExit) as error:
            self.notes += go_on(module, str(self.path), self.root, error)


def install(root: str, notes: list[str]) -> Callable[[str, str], Stepping]:
    """Let every file below `root` be run so, whoever imports it. Returns the loader."""
    loader = functools.partial(Stepping, root=root, notes=notes)

    def finder(folder: str) -> FileFinder:
        if not (folder + os.sep).startswith(root + os.sep):
            raise ImportError(f"{folder} is not the submission's")
        return FileFinder(folder, (loader, [".py"]))  # type: ignore[arg-type]  # any callable will do

    sys.path_hooks.insert(0, finder)
    return loader


def go_on(module: ModuleType, path: str, root: str, error: BaseException) -> list[str]:
    """Run the statements after the one that raised `error`, leaving out those that raise; say which were left out.

    Raises the error again where nothing may be left out: an import, a definition, what the handout forbids.
    """
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    flags, left_out = _future(tree), []
    statements = iter(tree.body)
    stopped = _statement_at(tree, _line_in(path, error.__traceback__))
    for statement in statements:
        if statement is stopped:
            break
    _leave_out(stopped, error)
    left_out.append((stopped, error))
    for statement in statements:
        code = compile(ast.Module([statement], []), path, "exec", flags, dont_inherit=True)
        try:
            exec(code, module.__dict__)  # noqa: S102 - the student's own file, in the student's process
        except (Exception, SystemExit) as raised:
            _leave_out(statement, raised)
            left_out.append((statement, raised))
    return _notes(left_out, path, root)


def _leave_out(statement: ast.stmt | None, error: BaseException) -> None:
    if statement is None or isinstance(statement, NEEDED) or isinstance(error, ForbiddenUse | MemoryError):
        raise error


def _line_in(path: str, traceback: TracebackType | None) -> int:
    """The line of the file's own outermost frame."""
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path and traceback.tb_frame.f_code.co_name == "<module>":
            return traceback.tb_lineno
        traceback = traceback.tb_next
    return 0


def _statement_at(tree: ast.Module, line: int) -> ast.stmt | None:
    """The statement on that line; of several, one that may be left out."""
    there = [s for s in tree.body if s.lineno <= line <= (s.end_lineno or s.lineno)]
    return next((s for s in there if not isinstance(s, NEEDED)), next(iter(there), None))


def _future(tree: ast.Module) -> int:
    """Compiler flags of the file's `from __future__` imports."""
    names = [a.name for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__" for a in s.names]
    return sum(getattr(__future__, name).compiler_flag for name in dict.fromkeys(names))


def _notes(left_out: list[tuple[ast.stmt | None, BaseException]], path: str, root: str) -> list[str]:
    name, notes = os.path.relpath(path, root), []
    for statement, error in left_out[:MOST_TOLD]:
        failure = failure_of(error, root)
        line = statement.lineno if statement else 0
        notes.append(f"{name}: line {line} was left out: {failure.kind}: {failure.message}")
    more = len(left_out) - MOST_TOLD
    return [*notes, f"{name}: {more} more top-level statements were left out"] if more > 0 else notes
