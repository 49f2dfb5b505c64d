#define _GNU_SOURCE
#include "clinux_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

// The write end of the pipe. Set before the first handler is.
static int told = -1;

static void tell(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(told, &byte, 1);
  (void)ignored;
  errno = saved;
}

int linux_catch_signals(const int *numbers, int count) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  // A full pipe must not hold up whatever the signal interrupted.
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  told = ends[1];
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = tell;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < count; i++) sigaction(numbers[i], &action, NULL);
  return ends[0];
}
