#pragma once
#include <spawn.h>

int linux_pidfd_send_signal(int pidfd, int signal);
int linux_become_subreaper(void);
int linux_set_pipe_size(int descriptor, int size);
// 1: it has ended, and stays a zombie. 0: it runs. Negative: the error.
int linux_peek_exit(int pid, int *was_signal, int *status);
// The child's working directory, and the first of the descriptors that it does not get.
int linux_spawn_in(posix_spawn_file_actions_t *actions, const char *directory);
int linux_spawn_closing_from(posix_spawn_file_actions_t *actions, int first);
