// Sends a fixed number of requests over a fixed number of keep-alive connections, one at a time on each, and counts the answers.
// Prints one JSON object: {"requests": N, "errors": N, "seconds": S, "chunks": N, "first": [p50, p99], "delay": [p50, p99]}, with
// `first` the microseconds from a request to the first byte of its answer's body and `delay` those that an event of
// tools/upstream.c took on its way (0 where there were none).
//
// usage: load [--post BYTES] [--pause MICROS] PORT CONNECTIONS REQUESTS PATH [HEADER-LINE...]
//   --post   POST with a body of that many bytes; GET without it
//   --pause  waits so long before each request: for delays at rest, with one connection
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
  long left;    // of a body whose length is known, what is still to come; -1: not known
  long sent;
  long first;
};

static struct connection connections[MAXIMUM];
static char *request;
static int request_length, pause_micros;
static long to_send, to_receive, errors, chunks;
static float first_samples[SAMPLES], delay_samples[SAMPLES];
static int first_count, delay_count;
static char discarded[1 << 20];

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
  c->left = -1;
  if (to_send <= 0) return;
  to_send--;
  if (pause_micros) usleep(pause_micros);
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
  if (length) return (c->left = atol(length + 17) - (last - body)) <= 0;
  if (!chunked) return -1;
  return last - body >= 5 && memcmp(last - 5, "0\r\n\r\n", 5) == 0;
}

static ssize_t receive_some(int fd, char *into, size_t room) {
  ssize_t got = recv(fd, into, room, 0);
  if (got > 0) return got;
  fprintf(stderr, "load: a connection ended early\n");
  exit(1);
}

static void receive(int fd) {
  struct connection *c = &connections[fd];
  int complete;
  if (c->left > 0) {
    c->left -= receive_some(fd, discarded, sizeof discarded);
    complete = c->left <= 0;
  } else {
    c->length += receive_some(fd, c->bytes + c->length, BUFFER - 1 - c->length);
    complete = is_complete(c);
    if (c->first) count_events(c, now());
  }
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

static void add_line(const char *line) { request_length += sprintf(request + request_length, "%s\r\n", line); }

static void make_request(const char *path, int port, int post, char **headers, int count) {
  char line[8192];
  request = malloc(65536 + post);
  snprintf(line, sizeof line, "%s %s HTTP/1.1\r\nHost: localhost:%d", post ? "POST" : "GET", path, port);
  add_line(line);
  for (int i = 0; i < count; i++) add_line(headers[i]);
  // What a browser sends, so that heads have a real length.
  add_line("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
  add_line("Accept: text/html,application/json;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: identity");
  if (post) {
    snprintf(line, sizeof line, "Content-Type: application/octet-stream\r\nContent-Length: %d", post);
    add_line(line);
  }
  add_line("");
  memset(request + request_length, 'x', post);
  request_length += post;
}

int main(int count, char **arguments) {
  int post = 0;
  while (count > 2 && strncmp(arguments[1], "--", 2) == 0) {
    if (strcmp(arguments[1], "--post") == 0) post = atoi(arguments[2]);
    if (strcmp(arguments[1], "--pause") == 0) pause_micros = atoi(arguments[2]);
    arguments += 2, count -= 2;
  }
  if (count < 5) return fprintf(stderr, "usage: load [--post BYTES] [--pause MICROS] PORT CONNECTIONS REQUESTS PATH [HEADER-LINE...]\n"), 2;
  int port = atoi(arguments[1]), many = atoi(arguments[2]);
  to_send = to_receive = atol(arguments[3]);
  make_request(arguments[4], port, post, arguments + 5, count - 5);

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
