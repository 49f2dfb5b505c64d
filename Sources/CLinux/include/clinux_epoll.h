#pragma once
#include <stdint.h>

// epoll with plain values: no union, no constants of odd types.

struct linux_event {
  uint64_t key;
  uint32_t mask;
};

enum linux_interest {
  LINUX_READ = 0x001,      // EPOLLIN
  LINUX_WRITE = 0x004,     // EPOLLOUT
  LINUX_ERROR = 0x008,     // EPOLLERR
  LINUX_HANGUP = 0x010,    // EPOLLHUP
  LINUX_EXCLUSIVE = 1 << 28  // EPOLLEXCLUSIVE
};

int linux_epoll_create(void);
int linux_epoll_wait(int epoll, struct linux_event *events, int capacity, int milliseconds);
int linux_epoll_add(int epoll, int descriptor, uint32_t interest, uint64_t key);
int linux_epoll_modify(int epoll, int descriptor, uint32_t interest, uint64_t key);
int linux_epoll_remove(int epoll, int descriptor);
/// A non-blocking, close-on-exec event counter.
int linux_eventfd(void);
