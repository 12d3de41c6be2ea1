"""What one file of source code defines and imports, found by reading it: nothing is executed."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness import celltext, python2, skeleton, walking

PARSE_LIMIT = 256 << 10
"""Bytes above which a file is only searched, not parsed: a syntax tree takes hundreds of times the file's size."""

SAVE_AS_UTF8 = "save it as UTF-8 text"
"""How the problem of a file ends whose bytes are not the text Python takes them for."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))", re.MULTILINE)


class Definition(msgspec.Struct, frozen=True):
    """One name a file defines: its line (from 1), parameters, and top-level modules its body uses."""

    line: int
    parameters: tuple[str, ...] = ()
    not_attempted: bool = False
    text: str = ""
    """The code of a short function without placeholders: what it does may be what the handout does, and no more."""
    uses: frozenset[str] = frozenset()
    methods: dict[str, Definition] = {}


class Source(msgspec.Struct, frozen=True):
    """Top-level definitions by name, modules imported (dotted names), and why the file could not be parsed, if so.

    `python2` says what of Python 2 the parser stumbled over and where, if that is why.
    """

    definitions: dict[str, Definition]
    imports: frozenset[str]
    problem: str = ""
    python2: str = ""


@functools.lru_cache(maxsize=64)
def parse(data: bytes | str) -> Source:
    """What `data`, the content of one file, defines. Falls back to a search where it is not valid Python.

    A notebook's cells are parsed one by one: one that is not valid Python does not hide what the others define.
    """
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    try:
        return _parse_cells(text) if celltext.is_text(text) else _read(_tree(data), _lines(data))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _search(data, error)


def _parse_cells(text: str) -> Source:
    """What the cells define together, on lines of the whole text; what is only searched for comes last."""
    body: list[ast.stmt] = []
    searched: dict[str, Definition] = {}
    problems, room = [], PARSE_LIMIT
    for cell in celltext.cells(text):
        room -= len(cell.code)
        try:
            body += _moved(_tree(cell.code, room).body, cell.line - 1)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append(f"cell {cell.number}: {type(error).__name__}: {error}")
            found = _search(cell.code, error).definitions
            searched |= {name: Definition(d.line + cell.line - 1) for name, d in found.items()}
    read = _read(ast.Module(body, []), text.split("\n"))
    return Source({**searched, **read.definitions}, read.imports, "; ".join(problems[:3]))


def _moved(body: list[ast.stmt], lines: int) -> list[ast.stmt]:
    """The statements, so many lines further down; what they are made of stays where it is."""
    for statement in walking.statements(body, nested=True):
        if isinstance(statement, ast.stmt):
            statement.lineno += lines
            statement.end_lineno = (statement.end_lineno or 0) + lines
    return body


def _tree(data: bytes | str, room: int = PARSE_LIMIT) -> ast.Module:
    """The syntax tree. Raises `SyntaxError`, `ValueError` (too long to parse), `RecursionError` or `MemoryError`."""
    if len(data) > PARSE_LIMIT or room < 0:
        raise ValueError(f"longer than {PARSE_LIMIT >> 10} KiB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a student's string is not ours to report
        return ast.parse(data)


def _lines(data: bytes | str) -> list[str]:
    """The lines of a file as its syntax tree counts them."""
    text = _decoded(data) if isinstance(data, bytes) else data
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(data: bytes) -> str:
    """The text of a file that can be parsed. In comments, the parser passes over bytes that are not of its encoding."""
    try:
        return importlib.util.decode_source(data)
    except (SyntaxError, ValueError):
        return data.decode("utf-8-sig", "replace")


def find(source: Source, entry_point: str) -> Definition | None:
    """The function, or `Class.method`, called `entry_point`; None when the file does not define it."""
    name, _, method = entry_point.partition(".")
    definition = source.definitions.get(name)
    return definition.methods.get(method) if definition and method else definition


def aliased(source: Source, aliases: Mapping[str, Sequence[str]]) -> Source:
    """`source` with what it defines under one of `aliases` also under the name meant, unless it defines that too."""
    found = {
        name: next((source.definitions[other] for other in others if other in source.definitions), None)
        for name, others in aliases.items()
        if name not in source.definitions
    }
    added = {name: definition for name, definition in found.items() if definition is not None}
    return msgspec.structs.replace(source, definitions={**source.definitions, **added}) if added else source


def line_of(source: Source, entry_point: str) -> int | None:
    """The line `entry_point` starts on; for an inherited method, its class's line; None when it is not there."""
    found = find(source, entry_point) or source.definitions.get(entry_point.partition(".")[0])
    return found.line if found else None


def parameters(source: Source, entry_point: str) -> tuple[str, ...]:
    """Names of the parameters of `entry_point` in order (a method's `self` included)."""
    found = find(source, entry_point)
    return found.parameters if found else ()


def not_attempted(source: Source, entry_point: str, printed: str = "") -> bool:
    """Whether `entry_point` is there, and is still the handout's unfilled skeleton.

    That is seen from its placeholders, or from its having no statement but those of `printed`: what handouts print in
    the body of this function around the place for the student's own.
    """
    found = find(source, entry_point)
    if found is None or found.not_attempted or not printed:
        return found is not None and found.not_attempted
    return _has_only(found.text, skeleton.spelled(printed))


@functools.lru_cache(maxsize=64)
def _has_only(function: str, statements: frozenset[str]) -> bool:
    try:
        body = _tree(function + "\n\n").body  # its last line may end in a backslash
        return len(body) == 1 and isinstance(body[0], Function) and skeleton.has_only(body[0], statements)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def same(one: bytes, other: bytes, name: str) -> bool:
    """Whether two files that both define `name` say the same: what both define is written alike, comments aside."""
    try:
        mine, theirs = (_spelled_out(_tree_of(data)) for data in (one, other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return name in mine and name in theirs and all(mine[n] == theirs[n] for n in mine.keys() & theirs.keys())


def _tree_of(data: bytes) -> ast.Module:
    """The syntax tree of a file, or of a notebook's cells as far as they are valid."""
    text = data.decode("utf-8", "replace")
    if not celltext.is_text(text):
        return _tree(data)
    body: list[ast.stmt] = []
    for cell in celltext.cells(text):
        with contextlib.suppress(SyntaxError):
            body += _tree(cell.code, PARSE_LIMIT - len(text)).body
    return ast.Module(body, [])


def _spelled_out(tree: ast.Module) -> dict[str, str]:
    """Functions and classes of the top level as text, the last of each name."""
    return {s.name: ast.unparse(s) for s in _statements(tree.body) if isinstance(s, Function | ast.ClassDef)}


def _read(tree: ast.Module, lines: Sequence[str]) -> Source:
    imports, aliases = _imports(tree)
    definitions: dict[str, Definition] = {}
    for statement in _statements(tree.body):  # a later definition replaces an earlier one, as at run time
        if isinstance(statement, Function | ast.ClassDef):
            definitions[statement.name] = _definition(statement, aliases, lines)
        else:
            definitions.update({name: Definition(statement.lineno) for name in _assigned(statement)})
    return Source(definitions, imports)


def _search(data: bytes | str, error: Exception) -> Source:
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    definitions = {m[1]: Definition(text.count("\n", 0, m.start()) + 1) for m in _DEFINITION.finditer(text)}
    imports = frozenset(m[1] or m[2] for m in _IMPORT.finditer(text))
    old = python2.construct(error, text) if isinstance(error, SyntaxError) else ""
    return Source(definitions, imports, f"{type(error).__name__}: {error}{_advice(error)}", old)


def _advice(error: Exception) -> str:
    encoding = "null bytes" in str(error) or "'utf-8' codec" in str(error)
    return f"; {SAVE_AS_UTF8}" if encoding else ""


def _imports(tree: ast.Module) -> tuple[frozenset[str], dict[str, str]]:
    """Modules imported anywhere, and for each name bound by an import the top-level module it comes from."""
    modules, aliases = set(), {}
    for node in walking.statements(tree.body, nested=True):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules.add(alias.name)
                aliases[alias.asname or _root(alias.name)] = _root(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add("." * node.level + node.module)
            if not node.level:
                aliases.update({alias.asname or alias.name: _root(node.module) for alias in node.names})
    return frozenset(modules), aliases


def _root(module: str) -> str:
    return module.split(".")[0]


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run in this scope, those inside `if`, `try`, `with` and loops included."""
    pending = body[::-1]
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, Function | ast.ClassDef) or _is_main_guard(statement):
            continue
        blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        blocks[1:1] = [handler.body for handler in getattr(statement, "handlers", [])]
        pending.extend(reversed([inner for block in blocks for inner in block]))


def _is_main_guard(statement: ast.stmt) -> bool:
    test = statement.test if isinstance(statement, ast.If) else None
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _assigned(statement: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value:
        targets = [statement.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part.id for part in parts if isinstance(part, ast.Name))


def _definition(node: Function | ast.ClassDef, aliases: Mapping[str, str], lines: Sequence[str]) -> Definition:
    uses = _modules_used(node, aliases)
    if isinstance(node, ast.ClassDef):
        inner = [s for s in _statements(node.body) if isinstance(s, Function)]
        methods = {s.name: _definition(s, aliases, lines) for s in inner}
        return Definition(node.lineno, uses=uses, methods=methods)
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = tuple(a.arg for a in arguments)
    unfilled = skeleton.unfilled(node)
    text = "" if unfilled or len(node.body) > skeleton.LONGEST else _text(node, lines)
    return Definition(node.lineno, names, unfilled, text, uses)


def _modules_used(node: ast.AST, aliases: Mapping[str, str]) -> frozenset[str]:
    """Modules that names in `node` come from. The search ends when there is no other."""
    missing, found = set(aliases.values()), set[str]()
    for name in walking.names([node], nested=True) if missing else ():
        if name.id in aliases:
            found.add(aliases[name.id])
            if found == missing:
                break
    return frozenset(found)


def _text(node: Function, lines: Sequence[str]) -> str:
    """A function's code, its first line moved to the margin: so it is valid by itself, whatever it stands in."""
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])[node.col_offset :]
