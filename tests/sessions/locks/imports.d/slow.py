import __main__

__main__.begun.set()
__main__.go.wait()
