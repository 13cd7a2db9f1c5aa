"""The debug adapter under the name and with the arguments that editors know from debugpy: see __main__."""
