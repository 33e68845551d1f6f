"""The command line: parse, call, print.

Words typed by a user come in; answers on stdout, notes on stderr and an exit status go out.
"""
