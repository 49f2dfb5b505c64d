#pragma once
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// What glibc hides behind _GNU_SOURCE, or in macros that Swift cannot see. Defining _GNU_SOURCE in a public header breaks other
// modules ("fds_bits ... is not present in definition"), so it stays in the .c file.

int linux_accept4(int listener);
int linux_pidfd_open(int pid);
