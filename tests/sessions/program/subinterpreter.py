try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

there = interpreters.create()
interpreters.run_string(there, "import sys; sys.path.insert(0, '.'); import inside; print('there:', inside.work())")
interpreters.destroy(there)
