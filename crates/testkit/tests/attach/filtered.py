"""Runs a command that may not call ptrace: as in containers, the kernel answers EPERM."""

import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
PTRACE = 101  # x86-64
ALLOW, EPERM = 0x7FFF0000, 0x00050001

# Load the number of the call; if it is ptrace's, answer EPERM, else allow it.
program = [(0x20, 0, 0, 0), (0x15, 0, 1, PTRACE), (0x06, 0, 0, EPERM), (0x06, 0, 0, ALLOW)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
filter = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) == 0
os.execv(sys.argv[1], sys.argv[1:])
