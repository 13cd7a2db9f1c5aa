class Custom(Exception):  # @first
    pass


try:
    raise Custom
except Custom:
    pass
raise ExceptionGroup("several", [ValueError(1), Custom()])  # @raise
