# Replaces the code of a file's functions in the running program. Embedded in mod.rs, compiled once into a namespace of its own;
# `sys`, `_ast` and `qualname` are put there.
#
# All is planned and checked first, what is new is defined aside, and only then anything is changed: by assignments that cannot
# fail, and are taken back if one does. But for the definitions that are new no code of the program runs.

ONLY_AST = 0x400  # PyCF_ONLY_AST, Include/cpython/compile.h
OPTIMIZED = 0x1  # CO_OPTIMIZED: the code of a function
HAS_QUALNAME = sys.version_info >= (3, 11)
Code = type((lambda: 0).__code__)
Function = type(lambda: 0)
Module = type(sys)
SUSPENDED = {
    type((lambda: (yield))()): ("gi_code", "gi_frame"),
}
FUNCTIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, _ast.ClassDef)
CELL = "__pausa_cell__"
PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")
attributes_of = type.__dict__["__dict__"].__get__
bases_of = type.__dict__["__bases__"].__get__
flags_of = type.__dict__["__flags__"].__get__
IMMUTABLE, HEAP_TYPE = 1 << 8, 1 << 9  # Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_HEAPTYPE


async def _coroutine():
    pass


async def _generator():
    yield


def _add_suspended():
    coroutine = _coroutine()
    SUSPENDED[type(coroutine)] = ("cr_code", "cr_frame")
    coroutine.close()
    SUSPENDED[type(_generator())] = ("ag_code", "ag_frame")


_add_suspended()


class Plan:
    """What a reload will do, and what it cannot."""

    def __init__(self, file):
        self.file = file
        self.entries = []
        self.faults = []
        self.exchanges = []
        self.definitions = []
        self.changed = {}
        self.gone = []
        self.used = set()
        self.codes = []
        self.moved = 0

    def use(self, code):
        """Notes the names that code which is new to the program uses."""
        self.used.update(code.co_names)
        for own in nested(code):
            self.used.update(own.co_names)

    def tell(self, deed, name, line=None, note=None):
        self.entries.append((deed, name, line, note))

    def refuse(self, name, why, line=None):
        self.faults.append(("refused", name, line, why))


def codes(code, within=""):
    """The functions' codes that are nested in one, with their qualified names, in the order of the source."""
    for nested in code.co_consts:
        if type(nested) is not Code:
            continue
        name = nested.co_qualname if HAS_QUALNAME else within + nested.co_name
        is_function = nested.co_flags & OPTIMIZED
        if is_function and not nested.co_name.startswith("__annotate"):
            yield name, nested
        yield from codes(nested, f"{name}.<locals>." if is_function else f"{name}.")


def content(code):
    """All of a code object but where it stands in the file."""
    consts = tuple(content(own) if type(own) is Code else (type(own), repr(own)) for own in code.co_consts)
    return (
        code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags,
        code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, getattr(code, "co_exceptiontable", b""), consts,
    )  # fmt: skip


def prepare(text, file, namespaces, objects, old_codes, frames):
    """Plans a reload of a file. `frames` are those that run, with their threads' names."""
    plan = Plan(file)
    module = compile(text, file, "exec", 0, True)
    tree = compile(text, file, "exec", ONLY_AST, True)
    plan.codes.append(module)
    nodes = {(node.name, first_line(node)): node for node in walk(tree) if isinstance(node, FUNCTIONS)}
    old_ids = {id(code): code for code in old_codes}
    functions = {}
    for function in objects:
        if type(function) is Function and id(function.__code__) in old_ids:
            functions.setdefault(id(function.__code__), []).append(function)
    old, new = {}, {}
    for own in functions:
        code = old_ids[own]
        if code.co_flags & OPTIMIZED and not code.co_name.startswith("__annotate"):
            old.setdefault(qualname(code), []).append(code)
    for name, code in codes(module):
        new.setdefault(name, []).append(code)
    for name in sorted(old, key=lambda name: min(code.co_firstlineno for code in old[name])):
        exchange(plan, name, old[name], new.get(name, []), functions, nodes)
    running = [(frame, defined_by(frame.f_code)) for frame, _ in frames if frame.f_code.co_name == "<module>" and id(frame.f_code) in old_ids]
    for namespace in namespaces:
        to_come = {name: frame for frame, names in running if frame.f_globals is namespace for name in names}
        define(plan, tree, namespace, to_come)
    for node in tree.body:
        warn_of_statement(plan, node, namespaces)
    still_running(plan, frames, objects)
    return plan


def exchange(plan, name, olds, news, functions, nodes):
    """Plans the exchange of all functions of one name."""
    pairs, unpaired, left = [], [], list(news)
    for code in sorted(olds, key=lambda code: code.co_firstlineno):
        own = content(code)
        same = next((other for other in left if content(other) == own), None)
        if same is None:
            unpaired.append(code)
        else:
            left.remove(same)
            pairs.append((code, same, True))
    if not left:
        for code in unpaired:
            plan.tell("removed", name, None, "it stays in the program")
    elif len(unpaired) == len(left):
        pairs += [(*pair, False) for pair in zip(unpaired, left)]
    elif len(unpaired) == 1 and len(olds) == 1 and not name.endswith("<lambda>"):
        # Of several definitions of one name the last one counts.
        pairs.append((unpaired[0], left[-1], False))
    elif unpaired:
        plan.refuse(
            name, f"the file has {len(news)} functions of this name and the program {len(olds)}, so which is which cannot be told"
        )
    for code, other, is_same in pairs:
        if code.co_freevars != other.co_freevars:
            plan.refuse(
                name,
                f"it uses other variables of the functions around it ({listed(other.co_freevars)} instead of"
                f" {listed(code.co_freevars)}), and those of a function that exists cannot be changed",
                other.co_firstlineno,
            )
            continue
        node = nodes.get((other.co_name, other.co_firstlineno))
        if is_same and code.co_firstlineno == other.co_firstlineno and list(code.co_lines()) == list(other.co_lines()):
            other = code
        defaults_changed = False
        for function in functions[id(code)]:
            defaults, keywords = function.__defaults__, function.__kwdefaults__
            if node is not None:
                try:
                    defaults, keywords = new_defaults(function, code, node.args)
                except LookupError as error:
                    plan.refuse(name, str(error), node.lineno)
                    break
            if not same_values(defaults, function.__defaults__) or not same_values(keywords, function.__kwdefaults__):
                defaults_changed = True
            plan.exchanges.append((function, other, defaults, keywords))
        line = node.lineno if node is not None else other.co_firstlineno
        if other is not code:
            plan.gone.append(code)
        if not is_same:
            plan.changed[id(code)] = (name, code)
            plan.use(other)
            plan.tell("replaced", name, line)
        elif defaults_changed:
            plan.tell("replaced", name, line, "its default values")
        elif other is not code:
            plan.moved += 1


def new_defaults(function, code, arguments):
    """A function's default values by the new text: constants as they stand there, others as they are."""
    parameters = code.co_varnames[: code.co_argcount]
    own = function.__defaults__ or ()
    known = dict(zip(parameters[len(parameters) - len(own) :], own))
    known.update(function.__kwdefaults__ or {})

    def value(parameter, node):
        if isinstance(node, _ast.Constant):
            return node.value
        if isinstance(node, _ast.UnaryOp) and isinstance(node.op, _ast.USub) and isinstance(node.operand, _ast.Constant):
            return -node.operand.value
        if parameter.arg not in known:
            raise LookupError(f"the default value of its new parameter '{parameter.arg}' would have to be computed")
        return known[parameter.arg]

    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = arguments.defaults
    values = tuple(value(*pair) for pair in zip(positional[len(positional) - len(defaults) :], defaults))
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults)
    keywords = {parameter.arg: value(parameter, node) for parameter, node in pairs if node is not None}
    return values or None, keywords or None


def same_values(one, other):
    """True for the same objects, or equal constants."""
    if one is None or other is None:
        return one is other
    if isinstance(one, dict):
        return one.keys() == other.keys() and same_values(tuple(one.values()), tuple(other[name] for name in one))
    constants = int, float, str, bytes, complex

    def same(left, right):
        return left is right or (type(left) is type(right) and type(left) in constants and left == right)

    return len(one) == len(other) and all(map(same, one, other))


def defined_by(module):
    """The names that a module's code gives to functions and classes."""
    return {code.co_name for code in module.co_consts if type(code) is Code}


def define(plan, tree, namespace, to_come):
    """Plans the definitions that a module does not have yet."""
    deletions = [target for node in tree.body if isinstance(node, _ast.Delete) for target in node.targets]
    deleted = {target.id for target in deletions if isinstance(target, _ast.Name)}
    for node in tree.body:
        if not isinstance(node, DEFINITIONS) or node.name in deleted:
            continue
        if node.name not in namespace and node.name in to_come:
            line = to_come[node.name].f_lineno
            plan.refuse(node.name, f"the module has come to line {line} and defines it later, by its old text: reload it then")
        elif node.name not in namespace:
            plan.definitions.append((compiled(plan, tree, node, None, []), namespace, None, [], node.name))
            plan.tell("added", node.name, node.lineno)
        elif isinstance(node, _ast.ClassDef):
            define_in_class(plan, tree, node, namespace, namespace[node.name], [node.name])


def define_in_class(plan, tree, node, namespace, kind, path):
    # Of the name that the text gives it something else may have been made: another class, one of C's.
    if not issubclass(type(kind), type) or not flags_of(kind) & HEAP_TYPE or flags_of(kind) & IMMUTABLE:
        return
    name = ".".join(path)
    attributes = attributes_of(kind)
    check_bases(plan, node, namespace, kind, name)
    for inner in node.body:
        if not isinstance(inner, DEFINITIONS):
            continue
        key = mangled(inner.name, node.name)
        if key not in attributes:
            plan.definitions.append((compiled(plan, tree, inner, kind, path), namespace, kind, path, key))
            plan.tell("added", f"{name}.{inner.name}", inner.lineno)
        elif isinstance(inner, _ast.ClassDef):
            define_in_class(plan, tree, inner, namespace, attributes[key], [*path, inner.name])


def check_bases(plan, node, namespace, kind, name):
    """Refuses other bases than the class has, where the text names them plainly."""
    wanted = [named(base, namespace) for base in node.bases]
    if any(base is None or not issubclass(type(base), type) for base in wanted) or node.keywords or node.decorator_list:
        return
    own = bases_of(kind)
    if tuple(wanted or (object,)) != own:
        here, there = (listed([base.__name__ for base in bases]) for bases in (own, wanted or [object]))
        plan.refuse(name, f"its bases are {there} in the file and {here} in the program, and a class cannot change them", node.lineno)


def named(node, namespace):
    """What a name, or an attribute of a module, stands for."""
    if isinstance(node, _ast.Name):
        return namespace.get(node.id, __builtins__.get(node.id))
    if isinstance(node, _ast.Attribute):
        owner = named(node.value, namespace)
        return owner.__dict__.get(node.attr) if type(owner) is Module else None
    return None


def warn_of_statement(plan, node, namespaces):
    """Tells of names that changed code uses and that only a statement of the module would bind."""
    if isinstance(node, (_ast.Import, _ast.ImportFrom)):
        names = [(alias.asname or alias.name).split(".")[0] for alias in node.names if alias.name != "*"]
    elif isinstance(node, (_ast.Assign, _ast.AnnAssign)):
        targets = node.targets if isinstance(node, _ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, _ast.Name)]
    else:
        return
    for name in names:
        if name in plan.used and any(name not in namespace for namespace in namespaces):
            plan.tell("missing", name, node.lineno, "the statement that binds it has not been run")


def still_running(plan, frames, objects):
    """Tells who goes on in code that is replaced."""
    for frame, thread in frames:
        if id(frame.f_code) in plan.changed:
            plan.tell("running", plan.changed[id(frame.f_code)][0], frame.f_lineno, thread)
    for own in objects:
        if type(own) not in SUSPENDED:
            continue
        code, frame = SUSPENDED[type(own)]
        if id(getattr(own, code)) in plan.changed and getattr(own, frame) is not None:
            is_on_stack = any(frame is getattr(own, SUSPENDED[type(own)][1]) for frame, _ in frames)
            if not is_on_stack:
                plan.tell("running", plan.changed[id(getattr(own, code))][0], getattr(own, frame).f_lineno, "suspended")


def carry_out(plan):
    """Does what was planned."""
    made = [(definition, *made_aside(definition)) for definition in plan.definitions]
    done, added = [], []
    try:
        for function, code, defaults, keywords in plan.exchanges:
            done.append((function, function.__code__, function.__defaults__, function.__kwdefaults__))
            if function.__code__ is not code:
                function.__code__ = code
            function.__defaults__, function.__kwdefaults__ = defaults, keywords
        for (_, namespace, kind, _, key), value, cell in made:
            added.append((namespace, kind, key))
            add(namespace, kind, key, value, cell)
    except BaseException:
        for namespace, kind, key in added:
            if kind is None:
                namespace.pop(key, None)
            elif key in attributes_of(kind):
                type.__delattr__(kind, key)
        for function, code, defaults, keywords in done:
            function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords
        raise


def add(namespace, kind, key, value, cell):
    """Gives a module or a class what was defined aside."""
    if kind is None:
        namespace[key] = value
        return
    cell.cell_contents = kind
    type.__setattr__(kind, key, value)
    set_name = getattr(type(value), "__set_name__", None)
    if set_name is not None:
        set_name(value, kind, key)


def compiled(plan, tree, node, kind, path):
    """The code of a new definition, within classes of the names that it is to be in."""
    futures = [own for own in tree.body if isinstance(own, _ast.ImportFrom) and own.module == "__future__"]
    place = {name: getattr(node, name) for name in PLACE}
    body = [node]
    if kind is not None:
        body.append(cell_method(place))
    for name in reversed(path):
        body = [class_of(name, body, place)]
    code = compile(_ast.Module(body=[*futures, *body], type_ignores=[]), plan.file, "exec", 0, True)
    # What the compiler makes of a function depends on the rest of the file.
    whole = next(own for own in nested(plan.codes[0]) if (own.co_name, own.co_firstlineno) == (node.name, first_line(node)))
    code = with_nested(code, whole)
    plan.use(whole)
    plan.codes.append(code)
    return code


def nested(code):
    for own in code.co_consts:
        if type(own) is Code:
            yield own
            yield from nested(own)


def with_nested(code, whole):
    """A code object with another one in place of the nested one that is defined at the same place."""

    def put(own):
        if type(own) is not Code:
            return own
        is_it = (own.co_name, own.co_firstlineno) == (whole.co_name, whole.co_firstlineno)
        return whole if is_it else with_nested(own, whole)

    return code.replace(co_consts=tuple(map(put, code.co_consts)))


def made_aside(definition):
    """Runs a new definition, its decorators and defaults included, in a namespace of its own."""
    code, namespace, kind, path, key = definition
    aside = {}
    exec(code, namespace, aside)
    if kind is None:
        return aside[key], None
    made = aside[path[0]]
    for name in path[1:]:
        made = attributes_of(made)[name]
    attributes = attributes_of(made)
    value, cell = attributes[key], attributes[CELL].__closure__[0]
    type.__delattr__(made, CELL)
    return value, cell


def cell_method(place):
    """A method that shares the cell by which methods know their class."""
    source = compile(f"def {CELL}(self): __class__", "<pausa>", "exec", ONLY_AST, True)
    return source.body[0]


def class_of(name, body, place):
    fields = {"name": name, "bases": [], "keywords": [], "body": body, "decorator_list": []}
    if "type_params" in _ast.ClassDef._fields:
        fields["type_params"] = []
    return _ast.ClassDef(**fields, **place)


def walk(node):
    yield node
    for field in node._fields:
        value = getattr(node, field, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, _ast.AST):
                yield from walk(child)


def first_line(node):
    """The line that the code of a definition begins with: its first decorator's."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def mangled(name, kind):
    is_private = name.startswith("__") and not name.endswith("__") and kind.strip("_")
    return f"_{kind.lstrip('_')}{name}" if is_private else name


def listed(names):
    return ", ".join(names) or "none"
