#define _GNU_SOURCE
#include "clinux.h"

#include <sys/syscall.h>
#include <unistd.h>

int linux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
