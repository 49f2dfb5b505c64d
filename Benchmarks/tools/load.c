// Sends a fixed number of GET requests over a fixed number of keep-alive connections, one at a time on each, and counts the answers.
// Prints one JSON object: {"requests": N, "errors": N, "seconds": S, "chunks": N, "first": [p50, p99], "delay": [p50, p99]}, with
// `first` the microseconds from a request to the first byte of its answer's body and `delay` those that an event of
// tools/upstream.c took on its way (0 where there were none).
//
// usage: load PORT CONNECTIONS REQUESTS PATH [HEADER-LINE...]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 65536, MAXIMUM = 4096, SAMPLES = 1 << 20 };

struct connection {
  char *bytes;
  int length;
  int scanned;  // where the search for events goes on
  long sent;
  long first;
};

static struct connection connections[MAXIMUM];
static char request[16384];
static int request_length;
static long to_send, to_receive, errors, chunks;
static float first_samples[SAMPLES], delay_samples[SAMPLES];
static int first_count, delay_count;

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void add(float *samples, int *count, long nanoseconds) {
  if (*count < SAMPLES) samples[(*count)++] = nanoseconds / 1000.0f;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float at(float *samples, int count, double part) { return count ? samples[(int)(part * (count - 1))] : 0; }

static void send_next(int fd) {
  struct connection *c = &connections[fd];
  c->length = c->scanned = 0;
  c->first = 0;
  if (to_send <= 0) return;
  to_send--;
  c->sent = now();
  if (send(fd, request, request_length, MSG_NOSIGNAL) != request_length) errors++, to_receive--;
}

static void count_events(struct connection *c, long time) {
  char *mark;
  while ((mark = memmem(c->bytes + c->scanned, c->length - c->scanned, "t=", 2))) {
    char *stop = memchr(mark, ';', c->bytes + c->length - mark);
    if (!stop) return;
    add(delay_samples, &delay_count, time - atol(mark + 2));
    chunks++;
    c->scanned = stop - c->bytes;
  }
}

// 1: the answer is complete; 0: more is to come; -1: it cannot be read.
static int is_complete(struct connection *c) {
  c->bytes[c->length] = 0;
  char *stop = memmem(c->bytes, c->length, "\r\n\r\n", 4);
  if (!stop) return 0;
  char *body = stop + 4, *last = c->bytes + c->length;
  if (!c->first && body < last) c->first = now();
  *stop = 0;
  char *length = strcasestr(c->bytes, "\r\ncontent-length:");
  char *chunked = strcasestr(c->bytes, "\r\ntransfer-encoding: chunked");
  *stop = '\r';
  if (length) return last - body >= atol(length + 17);
  if (!chunked) return -1;
  return last - body >= 5 && memcmp(last - 5, "0\r\n\r\n", 5) == 0;
}

static void receive(int fd) {
  struct connection *c = &connections[fd];
  ssize_t got = recv(fd, c->bytes + c->length, BUFFER - 1 - c->length, 0);
  if (got <= 0) {
    fprintf(stderr, "load: a connection ended early\n");
    exit(1);
  }
  c->length += got;
  int complete = is_complete(c);
  if (c->first) count_events(c, now());
  if (complete == 0) return;
  if (complete < 0 || memcmp(c->bytes + 9, "200", 3) != 0) errors++;
  add(first_samples, &first_count, c->first - c->sent);
  to_receive--;
  send_next(fd);
}

static int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) perror("load"), exit(1);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connections[fd].bytes = malloc(BUFFER);
  return fd;
}

int main(int count, char **arguments) {
  if (count < 5) return fprintf(stderr, "usage: load PORT CONNECTIONS REQUESTS PATH [HEADER-LINE...]\n"), 2;
  int port = atoi(arguments[1]), many = atoi(arguments[2]);
  to_send = to_receive = atol(arguments[3]);
  request_length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n", arguments[4], port);
  for (int i = 5; i < count; i++)
    request_length += snprintf(request + request_length, sizeof request - request_length, "%s\r\n", arguments[i]);
  // What a browser sends, so that heads have a real length.
  request_length += snprintf(
      request + request_length, sizeof request - request_length,
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept: text/html,application/json;q=0.9,*/*;q=0.8\r\n"
      "Accept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: identity\r\n\r\n");

  int poll = epoll_create1(0), fds[MAXIMUM];
  for (int i = 0; i < many; i++) {
    fds[i] = connect_to(port);
    struct epoll_event event = {EPOLLIN, {.fd = fds[i]}};
    epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event);
  }
  long start = now();
  for (int i = 0; i < many; i++) send_next(fds[i]);
  struct epoll_event events[256];
  while (to_receive > 0) {
    int ready = epoll_wait(poll, events, 256, 30000);
    if (ready == 0) return fprintf(stderr, "load: no answer for 30 seconds, %ld to come\n", to_receive), 1;
    for (int i = 0; i < ready; i++) receive(events[i].data.fd);
  }
  double seconds = (now() - start) / 1e9;
  qsort(first_samples, first_count, sizeof(float), by_value);
  qsort(delay_samples, delay_count, sizeof(float), by_value);
  printf(
      "{\"requests\": %s, \"errors\": %ld, \"seconds\": %.4f, \"chunks\": %ld, \"first\": [%.1f, %.1f], \"delay\": [%.1f, %.1f]}\n",
      arguments[3], errors, seconds, chunks, at(first_samples, first_count, 0.5), at(first_samples, first_count, 0.99),
      at(delay_samples, delay_count, 0.5), at(delay_samples, delay_count, 0.99));
  return errors ? 1 : 0;
}
