# Run by code/places.rs in a namespace that the program does not see. Finds what of a syntax tree a breakpoint can tell
# apart, and whose code each part becomes.

COMPREHENSIONS = {
    _ast.GeneratorExp: "<genexpr>",
    _ast.ListComp: "<listcomp>",
    _ast.SetComp: "<setcomp>",
    _ast.DictComp: "<dictcomp>",
}


def start(node):
    return node.lineno, node.col_offset


def end(node):
    return node.end_lineno, node.end_col_offset


def children(node):
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if type(value) is list else (value,):
            if isinstance(child, _ast.AST):
                yield child


def name_of_callee(callee):
    """Where the name is that is called: of `a.b` where `b` is."""
    if isinstance(callee, _ast.Name):
        return start(callee)
    if isinstance(callee, _ast.Attribute):
        line, column = end(callee)
        return line, column - len(callee.attr.encode())
    return end(callee)


def parts(tree, comprehensions_inlined, tells_formatted):
    """(homes, parts): a home is (name, first line, span or None, home around it or None), a part is
    (home, start, end, where it is shown, end of the callee or None)."""
    homes = [("<module>", 0, None, None)]
    found = []
    pending = [(tree, 0)]

    def enter(name, first_line, span, home):
        homes.append((name, first_line, span, home))
        return len(homes) - 1

    def whole(home, first, last):
        found.append((home, start(first), end(last), start(first), None))

    def later(nodes, home):
        pending.extend((node, home) for node in nodes if node is not None)

    while pending:
        node, home = pending.pop()
        kind = type(node)
        if isinstance(node, _ast.stmt):
            whole(home, node, node)
        if kind is _ast.Call:
            found.append((home, start(node), end(node), name_of_callee(node.func), end(node.func)))
        if kind in (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef):
            first = min([decorator.lineno for decorator in node.decorator_list] + [node.lineno])
            body = set(map(id, node.body))
            later(node.body, enter(node.name, first, None, home))
            later((child for child in children(node) if id(child) not in body), home)
        elif kind is _ast.Lambda:
            inner = enter("<lambda>", node.lineno, (start(node.body), end(node.body)), home)
            whole(inner, node.body, node.body)
            later((node.body,), inner)
            later((node.args,), home)
        elif kind in COMPREHENSIONS:
            inner = home
            if kind is _ast.GeneratorExp or not comprehensions_inlined:
                inner = enter(COMPREHENSIONS[kind], node.lineno, (start(node), end(node)), home)
            first, *rest = node.generators
            if kind is _ast.DictComp and node.value is not None:
                whole(inner, node.key, node.value)
                later((node.key, node.value), inner)
            elif kind is _ast.DictComp:
                whole(inner, node.key, node.key)
                later((node.key,), inner)
            else:
                whole(inner, node.elt, node.elt)
                later((node.elt,), inner)
            later((first.iter,), home)
            later([first.target, *first.ifs, *rest], inner)
        elif kind is not _ast.JoinedStr or tells_formatted:
            later(children(node), home)
    return homes, found
