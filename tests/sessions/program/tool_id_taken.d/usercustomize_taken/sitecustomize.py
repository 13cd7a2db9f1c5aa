import sys

sys.monitoring.use_tool_id(sys.monitoring.DEBUGGER_ID, "other debugger")
