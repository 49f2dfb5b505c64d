// An HTTP/1.1 upstream that costs as little as can be, on one core, so that what is measured is the proxy before it.
//
//   GET, POST /                1 KiB with a Content-Length, after the whole of a body with one
//   GET /large                 1 MiB with a Content-Length
//   GET /stream/COUNT/MICROS   COUNT server-sent events, one each MICROS microseconds, each with the time of its sending
//   Upgrade: websocket         101, and then what comes goes back as it is
//
// usage: upstream PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 32768, HEAD = 8192, LARGE = 1 << 20 };

struct connection {
  char head[HEAD];
  int length;
  int echoes;
  long body;      // bytes of a request's body that are still to come
  long left;      // events still to send; 0: not streaming
  long interval;  // nanoseconds
  long due;
};

static struct connection connections[CONNECTIONS];
static int streaming = 0, highest = 0;
static char page[2048], large[LARGE + 256];
static int page_length, large_length;

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void send_all(int fd, const char *bytes, int length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return;  // The reader is gone; the next receive says so.
    bytes += sent;
    length -= sent;
  }
}

static void end(int fd) {
  if (connections[fd].left > 0) streaming--;
  connections[fd].length = 0;
  connections[fd].left = connections[fd].body = connections[fd].echoes = 0;
  close(fd);
}

static void send_event(int fd, const char *before) {
  struct connection *c = &connections[fd];
  char event[64], bytes[512];
  int length = snprintf(event, sizeof event, "data: t=%ld;\n\n", now());
  int total = snprintf(bytes, sizeof bytes, "%s%x\r\n%s\r\n", before, length, event);
  c->due += c->interval;
  if (--c->left == 0) {
    streaming--;
    total += snprintf(bytes + total, sizeof bytes - total, "0\r\n\r\n");
  }
  send_all(fd, bytes, total);
}

static void answer(int fd) {
  struct connection *c = &connections[fd];
  long count, micros;
  char *stream = memmem(c->head, c->length, "/stream/", 8);
  if (stream && sscanf(stream, "/stream/%ld/%ld", &count, &micros) == 2 && count > 0) {
    c->left = count;
    c->interval = micros * 1000;
    c->due = now();
    streaming++;
    send_event(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    // Streams that began together are not to go on in step: each chunk shall find the proxy asleep, as a model's do.
    c->due -= c->interval * (fd * 31 % 64) / 64;
  } else if (memmem(c->head, c->length, "websocket", 9)) {
    c->echoes = 1;
    static const char switching[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    send_all(fd, switching, sizeof switching - 1);
  } else if (memmem(c->head, c->length, " /large", 7)) {
    send_all(fd, large, large_length);
  } else {
    send_all(fd, page, page_length);
  }
}

// Takes what of a body is there; 1: it was the last of it.
static int skip_body(struct connection *c) {
  long here = c->body < c->length ? c->body : c->length;
  c->body -= here;
  memmove(c->head, c->head + here, c->length - here);
  c->length -= here;
  return c->body == 0;
}

static long body_length(struct connection *c, char *stop) {
  *stop = 0;
  char *length = strcasestr(c->head, "\r\ncontent-length:");
  *stop = '\r';
  return length ? atol(length + 17) : 0;
}

static void receive(int fd) {
  struct connection *c = &connections[fd];
  ssize_t got = recv(fd, c->head + c->length, HEAD - c->length, MSG_DONTWAIT);
  if (got <= 0) {
    end(fd);
    return;
  }
  if (c->echoes) return send_all(fd, c->head, got);
  c->length += got;
  if (c->body > 0) {
    if (!skip_body(c)) return;
    send_all(fd, page, page_length);
  }
  char *stop;
  while ((stop = memmem(c->head, c->length, "\r\n\r\n", 4))) {
    c->body = body_length(c, stop);
    if (c->body == 0) answer(fd);
    int used = stop + 4 - c->head;
    memmove(c->head, c->head + used, c->length - used);
    c->length -= used;
    if (c->body == 0) continue;
    if (!skip_body(c)) return;
    send_all(fd, page, page_length);
  }
  if (c->length == HEAD) end(fd);
}

// Sends what is due, and says how many nanoseconds may pass until the next; -1: any number.
static long send_due(void) {
  if (streaming == 0) return -1;
  long time = now(), next = time + 1000000000L;
  for (int fd = 0; fd <= highest; fd++) {
    struct connection *c = &connections[fd];
    if (c->left > 0 && c->due <= time) send_event(fd, "");
    if (c->left > 0 && c->due < next) next = c->due;
  }
  long wait = next - now();
  return wait < 0 ? 0 : wait;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "usage: upstream PORT\n"), 2;
  page_length = snprintf(page, sizeof page, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n");
  memset(page + page_length, 'x', 1024);
  page_length += 1024;
  large_length = snprintf(large, sizeof large, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", LARGE);
  memset(large + large_length, 'x', LARGE);
  large_length += LARGE;

  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = {AF_INET, htons(atoi(arguments[1])), {htonl(INADDR_LOOPBACK)}, {0}};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("upstream"), 1;

  int poll = epoll_create1(0);
  struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    long wait = send_due();
    struct timespec time = {wait / 1000000000L, wait % 1000000000L};
    int ready = epoll_pwait2(poll, events, 256, wait < 0 ? NULL : &time, NULL);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        receive(fd);
        continue;
      }
      int accepted = accept(listener, NULL, NULL);
      if (accepted < 0) continue;
      if (accepted >= CONNECTIONS) {
        close(accepted);
        continue;
      }
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      if (accepted > highest) highest = accepted;
      event.data.fd = accepted;
      epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
    }
  }
}
