# Runs what a user typed in a frame of the program. Embedded in mod.rs, compiled once into a dict of its own whose
# builtins are a copy, so that the program's own changes to `builtins` do not reach it. `assign`,
# `qualname`, `sys` and `_ast` are put there by library.rs.
#
# A text without scopes of its own (most are) runs with a mapping as its locals that reads and writes the frame's
# variables as they are. One with lambdas, generator expressions or nested functions in it runs as a function whose cells
# are the frame's variables, which are written back afterwards: only so do the inner scopes see them.

FILE = "<pausa>"
ONLY_AST = 0x400  # PyCF_ONLY_AST, Include/cpython/compile.h
FUTURES = 0x1FE0000  # the CO_FUTURE_* flags, Include/cpython/code.h
TOP_LEVEL_AWAIT = 0x2000  # PyCF_ALLOW_TOP_LEVEL_AWAIT, Include/cpython/compile.h
COROUTINE = 0x80  # CO_COROUTINE
ASYNC = COROUTINE | 0x200  # and CO_ASYNC_GENERATOR: code in which `await` is allowed
OPTIMIZED = 0x1  # CO_OPTIMIZED: the code of a function
CodeType = type((lambda: 0).__code__)
FunctionType = type(lambda: 0)
CellType = type((lambda cell: lambda: cell)(0).__closure__[0])
MISSING = object()
HELD = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef, _ast.Lambda)
COMPREHENSIONS = (_ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)
# How long the event loop waits at most, in seconds, when it is run from here.
BEAT = 0.05
PLACE = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
# Calls that look at all of a scope's variables.
WHOLE_SCOPE = frozenset(("locals", "vars", "dir", "eval", "exec"))


HAS_QUALNAME = sys.version_info >= (3, 11)
STANDARD = (
    sys._stdlib_dir
    if HAS_QUALNAME
    else f"{sys.base_prefix}/{sys.platlibdir}/python{sys.version_info[0]}.{sys.version_info[1]}"
)


class Locals:
    """The variables of a running function: what happens to an item happens to the variable."""

    __slots__ = ("frame", "variables")

    def __init__(self, frame):
        code = frame.f_code
        self.frame = frame
        self.variables = frozenset(code.co_varnames + code.co_cellvars + code.co_freevars)

    def __getitem__(self, name):
        try:
            return self.frame.f_locals[name]
        except KeyError:
            if name in self.variables:
                raise self.unbound(name) from None
            raise

    def unbound(self, name):
        """A variable without a value is no global variable of that name."""
        return UnboundLocalError(f"cannot access local variable {name!r} where it is not associated with a value")

    def __setitem__(self, name, value):
        assign(self.frame, name, value)

    def __delitem__(self, name):
        namespace = self.frame.f_locals
        value = namespace[name]
        if name not in self.variables:
            try:
                del namespace[name]
            except TypeError:
                raise TypeError(f"{name!r} cannot be deleted in this version of Python") from None
        elif value is not None:
            # The end of `except E as name` deletes a name that was just set to None: that much is done.
            raise undeletable(name)

    def get(self, name, default=None):
        try:
            return self[name]
        except (KeyError, UnboundLocalError):
            return default

    def keys(self):
        return [name for name in self.frame.f_locals.keys() if type(name) is str and name.isidentifier()]

    def values(self):
        return [self[name] for name in self.keys()]

    def items(self):
        return [(name, self[name]) for name in self.keys()]

    def copy(self):
        return dict(self.items())

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def __contains__(self, name):
        return name in self.frame.f_locals

    def __repr__(self):
        return repr(self.copy())


class Comprehension(Locals):
    """A module or class body within an inlined comprehension, whose variables cannot be assigned."""

    __slots__ = ()

    def unbound(self, name):
        return KeyError(name)

    def __setitem__(self, name, value):
        if name in self.variables:
            raise ValueError(f"{name!r} cannot be assigned while the comprehension runs")
        if self.frame.f_code.co_name != "<module>":
            raise ValueError(f"{name!r} cannot be assigned while a comprehension runs in the class body")
        self.frame.f_globals[name] = value

    def __delitem__(self, name):
        if name in self.variables:
            raise undeletable(name)
        del self.frame.f_globals[name]


def undeletable(name):
    return ValueError(f"{name!r} cannot be deleted while its code runs: assign None to it instead")


class Scope:
    """Where a text runs."""

    __slots__ = ("code", "globals", "locals", "builtins", "flags", "private", "variables", "given")

    def __init__(self, frame, given=None):
        # Names that mean something to the text and nothing to the program.
        self.given = {} if given is None else given
        self.variables = frozenset()
        self.private = self.code = None
        self.flags = 0
        if frame is None:
            self.globals = self.locals = sys.modules["__main__"].__dict__
            self.builtins = None
            return
        self.code = code = frame.f_code
        self.globals = frame.f_globals
        self.builtins = frame.f_builtins
        self.flags = code.co_flags & FUTURES
        if code.co_flags & ASYNC:
            self.flags |= TOP_LEVEL_AWAIT
        self.private = private_prefix(code)
        if code.co_flags & OPTIMIZED:
            self.locals = Locals(frame)
            self.variables = self.locals.variables
        else:
            self.locals = frame.f_locals
            if self.locals is not self.globals and code.co_varnames:
                self.locals = Comprehension(frame)
                self.variables = self.locals.variables

    def is_module(self):
        return self.locals is self.globals

    def parse_expression(self, text):
        tree = parse_expression(text, self.flags)
        if self.code is not None:
            bind_super(tree, self.code)
        return tree

    def parse_statements(self, text):
        body = parse_statements(text, self.flags)
        if self.code is not None:
            for statement in body:
                bind_super(statement, self.code)
        return body


def item(namespace, name):
    return dict.get(namespace, name, MISSING) if isinstance(namespace, dict) else MISSING


def private_prefix(code):
    """The name of the innermost class whose body the code is in, as private names (`__name`) need it."""
    parts = qualname(code).split(".")
    last = len(parts) - 1
    for at in range(last, -1, -1):
        name = parts[at].lstrip("_")
        is_function = bool(code.co_flags & OPTIMIZED) if at == last else parts[at + 1] == "<locals>"
        if not is_function and name.isidentifier():
            return name
    return None


def is_private(name):
    return type(name) is str and name.startswith("__") and not name.endswith("__") and "." not in name


def fields(node):
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            yield from value
        elif value is not None:
            yield value


def walk(node, into=True):
    """A node and all below it; without `into`, not what is inside of nested functions, lambdas and classes."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        if into or not isinstance(node, HELD):
            todo.extend(child for child in fields(node) if isinstance(child, _ast.AST))


def has_private_names(tree):
    return any(
        is_private(value)
        for node in walk(tree)
        if not isinstance(node, _ast.Constant)
        for value in fields(node)
    )


def has_escaping_walrus(tree):
    """True if `:=` inside a comprehension assigns a variable outside of it."""
    return any(
        isinstance(inner, _ast.NamedExpr)
        for node in walk(tree)
        if isinstance(node, COMPREHENSIONS)
        for inner in walk(node)
    )


def has_scopes(code):
    return any(type(constant) is CodeType for constant in code.co_consts)


def all_names(code):
    names = set(code.co_names)
    names.update(code.co_varnames, code.co_cellvars, code.co_freevars)
    for constant in code.co_consts:
        if type(constant) is CodeType:
            names |= all_names(constant)
    return names


def parse(text, mode, flags):
    return compile(text, FILE, mode, flags | ONLY_AST, True)


def parse_expression(text, flags=0):
    tree = parse(text.strip(), "eval", flags)
    compile(tree, FILE, "eval", flags, True)
    return tree


def parse_statements(text, flags):
    text = text.strip("\r\n") + "\n"
    try:
        tree = parse(text, "exec", flags)
    except IndentationError:
        tree = parse(dedent(text), "exec", flags)
    compile(tree, FILE, "exec", flags, True)
    return tree.body


def dedent(text):
    lines = text.splitlines(True)
    margins = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    margin = min(margins, key=len, default="")
    while not all(found.startswith(margin) for found in margins):
        margin = margin[:-1]
    return "".join([line.removeprefix(margin) for line in lines])


class Builtins:
    """The frame's builtins as those of its globals meanwhile, and nothing left in the globals afterwards."""

    __slots__ = ("globals", "ours", "theirs")

    def __init__(self, scope):
        self.globals = scope.globals
        self.theirs = item(scope.globals, "__builtins__")
        ours = scope.builtins
        if ours is None:
            ours = sys.modules["builtins"].__dict__ if self.theirs is MISSING else MISSING
        elif self.theirs is ours or getattr(self.theirs, "__dict__", None) is ours:
            ours = MISSING
        self.ours = ours

    def __enter__(self):
        if self.ours is not MISSING:
            dict.__setitem__(self.globals, "__builtins__", self.ours)

    def __exit__(self, *_):
        if self.ours is MISSING or item(self.globals, "__builtins__") is not self.ours:
            return
        if self.theirs is MISSING:
            dict.__delitem__(self.globals, "__builtins__")
        else:
            dict.__setitem__(self.globals, "__builtins__", self.theirs)


def absorb_interruption():
    """Takes an interruption that came too late for what it was meant for."""
    try:
        for _ in range(100):
            pass
    except KeyboardInterrupt:
        pass


def evaluate(frame, text, given=None):
    """The value of an expression."""
    scope = Scope(frame, with_loop(text, given))
    tree = scope.parse_expression(text)
    with Builtins(scope):
        return expression(scope, tree.body, ())


def watched(frame, text):
    """What an expression names: its kind, the text of the object whose part it is, and the part."""
    text = text.strip()
    node = parse_expression(text).body
    scope = Scope(frame)
    if isinstance(node, _ast.Name):
        return "name", None, mangle(scope, node.id)
    if isinstance(node, _ast.Attribute):
        return "attribute", segment(text, node.value), mangle(scope, node.attr)
    if isinstance(node, _ast.Subscript) and not isinstance(node.slice, _ast.Slice):
        return "item", segment(text, node.value), segment(text, node.slice)
    return "expression", None, None


def segment(text, node):
    """The text of a part of an expression."""
    lines = [line.encode() for line in text.splitlines(True)][node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


def execute(frame, text, given=None):
    """Runs statements one after the other; the value of the last one if it is an expression."""
    scope = Scope(frame, with_loop(text, given))
    body = scope.parse_statements(text)
    declared = {
        mangle(scope, name)
        for statement in body
        for node in walk(statement, False)
        if isinstance(node, _ast.Global)
        for name in node.names
    }
    result = None
    with Builtins(scope):
        for statement in body:
            if isinstance(statement, _ast.Expr):
                result = expression(scope, statement.value, declared)
            else:
                result = None
                execute_one(scope, statement, declared)
    return result


def mangle(scope, name):
    return f"_{scope.private}{name}" if scope.private and is_private(name) else name


def expression(scope, node, declared):
    tree = _ast.Expression(node)
    code = compile(tree, FILE, "eval", scope.flags, True)
    if declared or needs_function(scope, tree, code):
        return in_function(scope, [_ast.Return(node, **PLACE)], declared)
    return finished(code, eval(code, scope.globals, scope.locals))


def execute_one(scope, node, declared):
    if scope.variables:
        refuse_deletion(scope, node, declared)
    if not scope.is_module():
        node = without_annotations(node)
    tree = _ast.Module(global_declaration(declared) + [node], [])
    code = compile(tree, FILE, "exec", scope.flags, True)
    if needs_function(scope, tree, code):
        in_function(scope, [node], declared)
    else:
        # Not `exec`, which drops the coroutine that code with `await` in it gives.
        finished(code, eval(code, scope.globals, scope.locals))


def finished(code, result):
    """What a call of code gives; if that awaits, what the coroutine comes to."""
    return awaited(result) if code.co_flags & COROUTINE else result


def awaited(coroutine):
    """The value of a coroutine that can end now.

    The event loop stands still with the program. Running it from here would run all its other tasks, so a coroutine is
    only taken as far as it goes by itself: what is done already, and what only lets others go first, is no obstacle.
    """
    try:
        while (waits_for := coroutine.send(None)) is None:
            pass
    except StopIteration as end:
        return end.value
    coroutine.close()
    if getattr(waits_for, "_asyncio_future_blocking", False):
        # As a future is that nobody has begun to wait for.
        waits_for._asyncio_future_blocking = False
    raise RuntimeError(
        f"waits for the event loop, which stands still with the program: {waits_for!r} is not done yet; "
        "__await__(...) runs the loop until it is, and all other tasks with it"
    )


def with_loop(text, given):
    """What is given to a text, and `__await__` if it asks for that."""
    return {**(given or {}), "__await__": run_until_done} if "__await__" in text else given


def run_until_done(awaitable):
    """What an awaitable comes to. Runs the event loop until then, from within the task or the callback that is stopped.

    The loop's turn that is under way has counted the handles that it will take: as many must be there when it goes on.
    """
    asyncio = sys.modules.get("asyncio")
    loop = asyncio._get_running_loop() if asyncio else None
    if loop is None:
        raise RuntimeError("no event loop of asyncio runs in this thread")
    turn, ready = getattr(loop, "_run_once", None), getattr(loop, "_ready", None)
    if turn is None or ready is None:
        raise RuntimeError(f"{type(loop).__name__} cannot be run from within one of its tasks")
    current = asyncio.current_task(loop)
    if awaitable is current:
        raise RuntimeError("this is the task that is stopped: it cannot wait for itself")
    counted = len(ready)
    if current is not None:
        asyncio.tasks._leave_task(loop, current)
    future = None
    try:
        future = asyncio.ensure_future(awaitable, loop=loop)
        while not future.done():
            if loop._stopping:
                raise RuntimeError("the program has stopped its event loop")
            # A turn that waits comes back now and then: the user may have cancelled this.
            beat = loop.call_later(BEAT, id, None)
            turn()
            beat.cancel()
        return future.result()
    finally:
        if future is not None and future is not awaitable:
            future.cancel()
        if current is not None:
            asyncio.tasks._enter_task(loop, current)
        while len(ready) < counted:
            handle = asyncio.Handle(id, (), loop)
            handle.cancel()
            ready.append(handle)


def global_declaration(declared):
    return [_ast.Global(sorted(declared), **PLACE)] if declared else []


def needs_function(scope, tree, code):
    if scope.given and any(isinstance(node, _ast.Name) and node.id in scope.given for node in walk(tree)):
        return True
    if scope.is_module():
        return False
    if has_scopes(code) or has_escaping_walrus(tree):
        return True
    return scope.private is not None and has_private_names(tree)


def bind_super(tree, code):
    """`super()` means the class and the first parameter of the frame's method, not of what the text is compiled to."""
    if "__class__" not in code.co_freevars or not code.co_argcount:
        return
    for node in walk(tree, False):
        if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Name) and node.func.id == "super":
            if not node.args and not node.keywords:
                names = ("__class__", code.co_varnames[0])
                node.args = [_ast.Name(name, _ast.Load(), **PLACE) for name in names]


def refuse_deletion(scope, node, declared):
    for inner in walk(node, False):
        if isinstance(inner, _ast.Name) and isinstance(inner.ctx, _ast.Del):
            name = mangle(scope, inner.id)
            if name in scope.variables and name not in declared:
                raise undeletable(name)


def without_annotations(node):
    """Annotated names as plain ones: what a function would do, where nothing keeps the annotations."""
    if isinstance(node, _ast.AnnAssign) and isinstance(node.target, _ast.Name):
        if node.value is None:
            return _ast.Pass(**PLACE)
        return _ast.Assign([node.target], node.value, None, **place_of(node))
    if not isinstance(node, HELD):
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                value[:] = [without_annotations(child) if isinstance(child, _ast.AST) else child for child in value]
    return node


def place_of(node):
    return {name: getattr(node, name) for name in PLACE}


def in_function(scope, body, declared):
    """Runs statements as a function whose free variables are the frame's variables."""
    locals = scope.locals
    known = set(scope.variables) | set(scope.given)
    known.update(name for name in locals.keys() if type(name) is str and name.isidentifier())
    first = function_code(scope, body, (), declared)
    used = all_names(first)
    names = (set(first.co_varnames) | set(first.co_cellvars)) | (used & known)
    if not used.isdisjoint(WHOLE_SCOPE):
        names |= known
    names -= set(declared)
    code = function_code(scope, body, names, declared)
    before, cells = {}, {}
    for name in code.co_freevars:
        before[name] = value = scope.given[name] if name in scope.given else get(locals, name)
        cells[name] = CellType() if value is MISSING else CellType(value)
    function = FunctionType(code, scope.globals, FILE, None, tuple(cells.values()))
    try:
        return finished(code, function())
    finally:
        for name, cell in cells.items():
            if name not in scope.given:
                write_back(locals, name, before[name], cell)


def get(namespace, name):
    try:
        return namespace[name]
    except (KeyError, UnboundLocalError):
        return MISSING


def write_back(namespace, name, before, cell):
    try:
        value = cell.cell_contents
    except ValueError:
        value = MISSING
    if value is before:
        return
    if value is not MISSING:
        namespace[name] = value
    elif isinstance(namespace, Locals) and name in namespace.variables:
        namespace[name] = None
    else:
        del namespace[name]


def function_code(scope, body, names, declared):
    """The code of a function around `body`, in which `names` are free variables."""
    declarations = global_declaration(declared)
    if names:
        declarations.append(_ast.Nonlocal(sorted(names), **PLACE))
    inner = function_definition("inner", declarations + body, any(map(awaits, body)))
    targets = [_ast.Name(name, _ast.Store(), **PLACE) for name in sorted(names)]
    cells = [_ast.Assign([target], _ast.Constant(None, **PLACE), None, **PLACE) for target in targets]
    outer = function_definition("outer", cells + [inner])
    flags = scope.flags & ~TOP_LEVEL_AWAIT
    code = compile(_ast.Module([in_class(scope.private, outer)], []), FILE, "exec", flags, True)
    while code.co_name != "inner":
        code = next(constant for constant in code.co_consts if type(constant) is CodeType)
    within = f"{scope.private}." if scope.private else ""
    return renamed(named_plainly(code, f"{within}outer.<locals>.inner.<locals>."), FILE, co_name=FILE)


def in_class(name, node):
    """A statement in a class of that name, so that the compiler mangles private names."""
    if name is None:
        return node
    parts = {"type_params": []} if sys.version_info >= (3, 12) else {}
    return _ast.ClassDef(name, [], [], [node], [], **parts, **PLACE)


def awaits(node):
    """True if a function with this in it has to be a coroutine."""
    return any(
        isinstance(inner, (_ast.Await, _ast.AsyncFor, _ast.AsyncWith))
        or (isinstance(inner, _ast.comprehension) and inner.is_async)
        for inner in walk(node, False)
    )


def function_definition(name, body, is_async=False):
    parts = {"type_params": []} if sys.version_info >= (3, 12) else {}
    arguments = _ast.arguments([], [], None, [], [], None, [])
    make = _ast.AsyncFunctionDef if is_async else _ast.FunctionDef
    return make(name, arguments, body, [], None, None, **parts, **PLACE)


def named_plainly(code, prefix):
    """Without the names of the functions around it in the names of what the user defines."""
    constants = []
    for constant in code.co_consts:
        if type(constant) is CodeType:
            constant = named_plainly(constant, prefix)
        elif type(constant) is str:
            constant = constant.removeprefix(prefix)
        constants.append(constant)
    name = code.co_qualname.removeprefix(prefix) if HAS_QUALNAME else None
    return renamed(code, name, co_consts=tuple(constants))


def renamed(code, name, **changes):
    """A code object with changes, and a qualified name where it has one."""
    return code.replace(co_qualname=name, **changes) if HAS_QUALNAME else code.replace(**changes)


def set_expression(frame, target, text):
    """Assigns the value of an expression to a target, and gives it."""
    scope = Scope(frame)
    tree = scope.parse_expression(target).body
    value_tree = scope.parse_expression(text).body
    if not isinstance(tree, (_ast.Name, _ast.Attribute, _ast.Subscript)):
        raise SyntaxError(f"cannot assign to {target.strip()!r}: it is not a variable, an attribute or an item")
    with Builtins(scope):
        value = expression(scope, value_tree, ())
        if isinstance(tree, _ast.Name):
            scope.locals[mangle(scope, tree.id)] = value
        elif isinstance(tree, _ast.Attribute):
            setattr(expression(scope, tree.value, ()), mangle(scope, tree.attr), value)
        else:
            expression(scope, tree.value, ())[index(scope, tree.slice)] = value
    return value


def index(scope, node):
    if isinstance(node, _ast.Slice):
        return slice(*[part and expression(scope, part, ()) for part in (node.lower, node.upper, node.step)])
    if isinstance(node, _ast.Tuple):
        return tuple([index(scope, part) for part in node.elts])
    return expression(scope, node, ())


def condition(text, code, globals, is_test):
    """A function of the frame's variables that an expression uses, and what `condition/mod.rs` needs to call it.

    It gives the truth of the expression, as `if` asks for it, or its value.

    The names of its parameters, the function (None where only `evaluate` will do), if it uses the globals, and the
    expression as a tree if a plan can be made of it.
    """
    tree = parse_expression(text, code.co_flags & FUTURES)
    bind_super(tree, code)
    used = {node.id for node in walk(tree) if isinstance(node, _ast.Name)}
    private = private_prefix(code)
    if private is not None and has_private_names(tree):
        used = {f"_{private}{name}" if is_private(name) else name for name in used}
    else:
        private = None
    variables = used.intersection(code.co_varnames + code.co_cellvars + code.co_freevars)
    is_function = code.co_flags & OPTIMIZED
    is_module = code.co_name == "<module>" and not variables
    if not (is_function or is_module) or not used.isdisjoint(WHOLE_SCOPE):
        return [], None, False, None
    names = sorted(variables)
    places = [_ast.arg(name, None, None, **PLACE) for name in names]
    answer = tree.body
    if is_test:
        # As `if` asks for the truth of its parts: once each.
        answer = _ast.IfExp(answer, _ast.Constant(True, **PLACE), _ast.Constant(False, **PLACE), **PLACE)
    function = _ast.Lambda(_ast.arguments([], places, None, [], [], None, []), answer, **PLACE)
    statement = in_class(private, _ast.Expr(function, **PLACE))
    compiled = compile(_ast.Module([statement], []), FILE, "exec", code.co_flags & FUTURES, True)
    while compiled.co_name != "<lambda>":
        compiled = next(constant for constant in compiled.co_consts if type(constant) is CodeType)
    scope = Scope(None)
    scope.globals = globals
    with Builtins(scope):
        plain = tree.body if private is None else None
        return names, FunctionType(compiled, globals), variables != used, plain


def spoken(frame, text):
    """The value of an expression in a log message; `!r` and `:>5` after it are those of f-strings."""
    try:
        parse_expression(text)
    except SyntaxError:
        quoted = 'f"{' + text + '}"'
        try:
            parse_expression(quoted)
        except SyntaxError:
            pass
        else:
            return evaluate(frame, quoted)
    return evaluate(frame, text)


MethodType = type(Scope(None).is_module)


def whatis(value):
    kind = type(value)
    if kind is MethodType:
        value = value.__func__
        return f"Method {value.__code__.co_name}" if type(value) is FunctionType else type.__repr__(kind)
    if kind is FunctionType:
        return f"Function {value.__code__.co_name}"
    if issubclass(kind, type):
        return "Class " + type.__repr__(value)[8:-2]
    return type.__repr__(kind)


class Standard:
    """The standard library's modules, whatever the program's path has under their names."""

    __slots__ = ("path",)

    def __enter__(self):
        self.path = sys.path[:]
        folder = STANDARD
        if folder is not None:
            sys.path[:] = [entry for entry in self.path if type(entry) is str and is_standard(entry, folder)]

    def __exit__(self, *_):
        sys.path[:] = self.path


def is_standard(entry, folder):
    return entry == folder or entry == folder + "/lib-dynload"


def source(value):
    with Standard():
        import inspect
    text = inspect.getsource(value)
    return text.rstrip("\n")


def class_line(text, name):
    """The first line of a class in a module's source, by its qualified name; the last one if there are several."""
    inner = [("", compile(text, FILE, "exec", ONLY_AST, True))]
    line = None
    while inner:
        prefix, node = inner.pop()
        for child in fields(node):
            if not isinstance(child, _ast.AST):
                continue
            if isinstance(child, _ast.ClassDef):
                if prefix + child.name == name:
                    line = min([child.lineno] + [decorator.lineno for decorator in child.decorator_list])
                inner.append((prefix + child.name + ".", child))
            elif isinstance(child, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
                inner.append((prefix + child.name + ".<locals>.", child))
            else:
                inner.append((prefix, child))
    return line


def pretty(value, items, depth, chars):
    with Standard():
        import pprint
    return pprint.pformat(Cut(items, chars).cut(value, depth))


class Text:
    """Stands for something that is left out."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Cut:
    """Copies of containers with as much of them as is shown."""

    __slots__ = ("items", "chars", "left", "path")

    def __init__(self, items, chars):
        self.items = items
        self.chars = chars
        self.left = items
        self.path = set()

    def cut(self, value, depth):
        kind = type(value)
        if kind is str or kind is bytes:
            return value if len(value) <= self.chars else value[: self.chars]
        if kind not in CONTAINERS or not value:
            return value
        if id(value) in self.path:
            return Text(f"<Recursion on {kind.__name__} with id={id(value)}>")
        if depth <= 0 or self.left <= 0:
            return Text("…")
        self.path.add(id(value))
        try:
            return self.copy(kind, value, depth - 1)
        finally:
            self.path.discard(id(value))

    def copy(self, kind, value, depth):
        shown = min(len(value), self.left)
        is_cut = shown < len(value)
        if kind is dict:
            pairs = [pair for _, pair in zip(range(shown), value.items())]
            self.left -= shown
            copy = {key: self.cut(item, depth) for key, item in pairs}
            if is_cut:
                copy[Text("…")] = Text("…")
            return copy
        parts = [part for _, part in zip(range(shown), value)]
        self.left -= shown
        if kind in (set, frozenset):
            return kind(parts + [Text("…")] if is_cut else parts)
        parts = [self.cut(part, depth) for part in parts]
        return kind(parts + [Text("…")] if is_cut else parts)


CONTAINERS = (list, tuple, dict, set, frozenset)


def keywords():
    """The interpreter's own list, of the module that it is generated into."""
    with Standard():
        import keyword
    return keyword.kwlist + keyword.softkwlist
