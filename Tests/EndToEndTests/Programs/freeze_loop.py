"""Stops one event loop of a process, and nothing else of it, as a loop that hangs: freeze_loop.py PROCESS

Attaches to the thread by ptrace and never lets it go on. Runs until the process has ended.
"""

import ctypes
import os
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

process = int(sys.argv[1])
threads = [int(name) for name in os.listdir(f"/proc/{process}/task")]
loops = [thread for thread in threads if open(f"/proc/{process}/task/{thread}/comm").read().strip() == "leanto-loop"]
for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
    if libc.ptrace(request, loops[0], None, None) != 0:
        sys.exit(f"the loop could not be stopped: {os.strerror(ctypes.get_errno())}")
print("stopped", loops[0], "of", len(loops), flush=True)
# Whoever traces a thread has to take note of its end, or its process is never over.
WALL = 0x40000000
while not (lambda status: os.WIFSIGNALED(status) or os.WIFEXITED(status))(os.waitpid(loops[0], WALL)[1]):
    pass
