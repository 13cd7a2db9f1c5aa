import pathlib  # @first

source = pathlib.Path("plugin.txt.py").read_text()
code = compile(source, str(pathlib.Path("plugin.txt.py").resolve()), "exec")
names = {"offset": 10}
exec(code, names)
print(names["shifted"](5))
exec("def generated(x):\n    breakpoint()\n    return x + 1\n", names)
print(names["generated"](1))
