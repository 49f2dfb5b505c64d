#define _GNU_SOURCE
#include "clinux.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

void linux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
