#define _GNU_SOURCE
#include "clinux_epoll.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

_Static_assert((int)LINUX_READ == (int)EPOLLIN && (int)LINUX_WRITE == (int)EPOLLOUT && (int)LINUX_ERROR == (int)EPOLLERR &&
                   (int)LINUX_HANGUP == (int)EPOLLHUP && (int)LINUX_EXCLUSIVE == (int)EPOLLEXCLUSIVE,
               "the kernel's own numbers");

int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int linux_epoll_wait(int epoll, struct linux_event *events, int capacity, int milliseconds) {
  struct epoll_event raw[256];
  int count = epoll_wait(epoll, raw, capacity < 256 ? capacity : 256, milliseconds);
  for (int i = 0; i < count; i++) {
    events[i].key = raw[i].data.u64;
    events[i].mask = raw[i].events;
  }
  return count;
}

static int control(int epoll, int operation, int descriptor, uint32_t interest, uint64_t key) {
  struct epoll_event event = {.events = interest, .data.u64 = key};
  return epoll_ctl(epoll, operation, descriptor, &event);
}

int linux_epoll_add(int epoll, int descriptor, uint32_t interest, uint64_t key) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, interest, key);
}

int linux_epoll_modify(int epoll, int descriptor, uint32_t interest, uint64_t key) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, interest, key);
}

int linux_epoll_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int linux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
