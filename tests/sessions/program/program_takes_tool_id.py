import sys  # @first

try:
    sys.monitoring.use_tool_id(sys.monitoring.DEBUGGER_ID, "mine")
except ValueError as error:
    print(error)
print(sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID))
sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "mine")
calls = []
sys.monitoring.register_callback(
    sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START, lambda code, offset: calls.append(code.co_name)
)


def work():
    return 1  # @work


sys.monitoring.set_events(sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START)
work()  # @call
work()
sys.monitoring.set_events(sys.monitoring.PROFILER_ID, 0)
print(calls)
