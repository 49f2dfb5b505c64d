#define _GNU_SOURCE
#include "clinux_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int with_nodelay(int descriptor) {
  int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return descriptor;
}

static int failed(int descriptor) {
  int error = errno;
  if (descriptor >= 0) close(descriptor);
  return -error;
}

static void describe(const struct sockaddr_storage *from, struct linux_peer *peer) {
  uint8_t bytes[16] = {0};
  if (from->ss_family == AF_INET) {
    bytes[10] = bytes[11] = 0xff;
    memcpy(bytes + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
  } else if (from->ss_family == AF_INET6) {
    memcpy(bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
  }
  memcpy(&peer->high, bytes, 8);
  memcpy(&peer->low, bytes + 8, 8);
  peer->high = __builtin_bswap64(peer->high);
  peer->low = __builtin_bswap64(peer->low);
}

int linux_accept(int listener, struct linux_peer *peer) {
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  from.ss_family = AF_UNSPEC;
  int descriptor = accept4(listener, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) return -errno;
  describe(&from, peer);
  return from.ss_family == AF_UNIX ? descriptor : with_nodelay(descriptor);
}

static socklen_t fill(struct sockaddr_storage *to, const char *address, uint16_t port) {
  memset(to, 0, sizeof *to);
  struct sockaddr_in *v4 = (struct sockaddr_in *)to;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
  if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return 0;
}

static int fill_unix(struct sockaddr_un *to, const char *path) {
  memset(to, 0, sizeof *to);
  to->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof to->sun_path) return -ENAMETOOLONG;
  strcpy(to->sun_path, path);
  return 0;
}

int linux_listen_tcp(const char *address, uint16_t port, int shares_port, int may_come_later) {
  struct sockaddr_storage to;
  socklen_t length = fill(&to, address, port);
  if (length == 0) return -EINVAL;
  int descriptor = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int one = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (shares_port) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (to.ss_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  // For an address of a network that is made later (ip(7), IP_FREEBIND).
  if (may_come_later) setsockopt(descriptor, IPPROTO_IP, IP_FREEBIND, &one, sizeof one);
  if (bind(descriptor, (struct sockaddr *)&to, length) < 0) return failed(descriptor);
  // Without SO_REUSEPORT the socket is only a question: is the port free?
  if (shares_port && listen(descriptor, 4096) < 0) return failed(descriptor);
  return descriptor;
}

int linux_is_own_ipv4(uint32_t address) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(address)}};
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return 0;
  int is_own = bind(descriptor, (struct sockaddr *)&to, sizeof to) == 0;
  close(descriptor);
  return is_own;
}

int linux_listen_unix(const char *path) {
  struct sockaddr_un to;
  int problem = fill_unix(&to, path);
  if (problem) return problem;
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  if (bind(descriptor, (struct sockaddr *)&to, sizeof to) < 0) return failed(descriptor);
  if (listen(descriptor, 4096) < 0) return failed(descriptor);
  return descriptor;
}

int linux_connect_tcp(const char *address, uint16_t port) {
  struct sockaddr_storage to;
  socklen_t length = fill(&to, address, port);
  if (length == 0) return -EINVAL;
  int descriptor = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  if (connect(descriptor, (struct sockaddr *)&to, length) < 0 && errno != EINPROGRESS) return failed(descriptor);
  return with_nodelay(descriptor);
}

int linux_connect_unix(const char *path) {
  struct sockaddr_un to;
  int problem = fill_unix(&to, path);
  if (problem) return problem;
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  if (connect(descriptor, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) return failed(descriptor);
  return descriptor;
}

uint16_t linux_local_port(int descriptor) {
  struct sockaddr_storage at;
  socklen_t length = sizeof at;
  if (getsockname(descriptor, (struct sockaddr *)&at, &length) < 0) return 0;
  if (at.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&at)->sin_port);
  if (at.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
  return 0;
}

int linux_socket_error(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
  return error;
}

int linux_resolve(const char *name, char *addresses, int capacity) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  if (getaddrinfo(name, NULL, &hints, &found) != 0) return 0;
  int count = 0;
  for (struct addrinfo *each = found; each && count < capacity; each = each->ai_next) {
    const void *bytes = each->ai_family == AF_INET ? (const void *)&((struct sockaddr_in *)each->ai_addr)->sin_addr
                                                   : (const void *)&((struct sockaddr_in6 *)each->ai_addr)->sin6_addr;
    if (inet_ntop(each->ai_family, bytes, addresses + count * 46, 46)) count++;
  }
  freeaddrinfo(found);
  return count;
}

void linux_reset_on_close(int descriptor) {
  struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}
