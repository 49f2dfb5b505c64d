#pragma once
#include <spawn.h>

#include "clinux_epoll.h"
#include "clinux_processes.h"
#include "clinux_signals.h"
#include "clinux_sockets.h"

// What glibc hides behind _GNU_SOURCE, or in macros that Swift cannot see. Defining _GNU_SOURCE in a public header breaks other
// modules ("fds_bits ... is not present in definition"), so it stays in the .c files.

int linux_pidfd_open(int pid);

// At most 15 bytes, for whoever looks at the threads of the process.
void linux_name_thread(const char *name);
