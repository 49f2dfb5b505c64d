#define _GNU_SOURCE
#include "clinux.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_accept4(int listener) { return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC); }
int linux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
