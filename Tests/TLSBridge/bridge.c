// tls-bridge LISTEN TARGET [ALPN]: what comes in the clear at the loopback port LISTEN goes on encrypted to TARGET, and back, so
// that tests that write exact bytes can be run against a TLS listener. Nothing is softened: an end becomes close_notify, a reset a
// reset, and an end of the connection that close_notify did not announce becomes a reset too.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int target;
static SSL_CTX *context;

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return a;
}

static void reset(int fd) {
  struct linger l = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
}

struct flow {
  char bytes[16384];
  int count, at, ended, told;
};

// Moves what it can; -1: broken.
static int move(SSL *ssl, int clear, struct flow *out, struct flow *in) {
  if (out->count == out->at && !out->ended) {
    int n = recv(clear, out->bytes, sizeof out->bytes, MSG_DONTWAIT);
    if (n == 0) out->ended = 1;
    if (n < 0 && errno != EAGAIN) return -1;
    if (n > 0) out->count = n, out->at = 0;
  }
  if (out->count > out->at) {
    int n = SSL_write(ssl, out->bytes + out->at, out->count - out->at);
    if (n > 0) out->at += n;
    else if (SSL_get_error(ssl, n) > SSL_ERROR_WANT_WRITE || SSL_get_error(ssl, n) == SSL_ERROR_SSL) return -1;
  } else if (out->ended && !out->told) {
    SSL_shutdown(ssl);
    out->told = 1;
  }
  if (in->count == in->at && !in->ended) {
    int n = SSL_read(ssl, in->bytes, sizeof in->bytes);
    int error = SSL_get_error(ssl, n);
    if (n > 0) in->count = n, in->at = 0;
    else if (error == SSL_ERROR_ZERO_RETURN) in->ended = 1;
    else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return -1;
  }
  if (in->count > in->at) {
    int n = send(clear, in->bytes + in->at, in->count - in->at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return -1;
    if (n > 0) in->at += n;
  } else if (in->ended && !in->told) {
    shutdown(clear, SHUT_WR);
    in->told = 1;
  }
  return 0;
}

static void *serve(void *argument) {
  int clear = (int)(long)argument, one = 1;
  int far = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = loopback(target);
  struct flow *out = calloc(2, sizeof *out), *in = out + 1;
  SSL *ssl = SSL_new(context);
  setsockopt(clear, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // No more than the tests' clients hold, so that slow readers are felt on the other side.
  int left = 0;  // The client is gone, and not only its sending side.
  int broken = connect(far, (void *)&a, sizeof a) != 0;
  fcntl(far, F_SETFL, O_NONBLOCK);
  SSL_set_fd(ssl, far);
  SSL_set_connect_state(ssl);
  while (!broken && !(out->told && in->told && out->count == out->at)) {
    int wantsOut = out->count > out->at, wantsIn = in->count > in->at;
    broken = move(ssl, clear, out, in) < 0;
    if (broken) break;
    wantsOut = out->count > out->at, wantsIn = in->count > in->at;
    if (!wantsIn && SSL_pending(ssl) > 0) continue;
    struct pollfd p[2] = {
        {clear, (wantsOut || out->ended ? 0 : POLLIN) | (wantsIn ? POLLOUT : 0), 0},
        {far, (wantsIn || in->ended ? 0 : POLLIN) | (wantsOut && SSL_want_write(ssl) ? POLLOUT : 0) | (SSL_in_init(ssl) ? POLLIN : 0), 0},
    };
    poll(p, 2, 10000);
    // A hang-up that nothing reads any more would end every wait at once.
    if (((p[0].revents & (POLLHUP | POLLERR)) && out->ended) || ((p[1].revents & (POLLHUP | POLLERR)) && in->ended)) broken = 1;
    if (p[0].revents & POLLERR) broken = left = 1;
  }
  if (broken) {
    // What came before the break is told before it.
    while (in->count > in->at && send(clear, in->bytes + in->at, in->count - in->at, MSG_NOSIGNAL) > 0) in->at = in->count;
    if (!in->ended) reset(clear);
    if (!out->ended || left) reset(far);
  }
  SSL_free(ssl);
  close(far);
  close(clear);
  free(out);
  return 0;
}

int main(int count, char **words) {
  if (count < 3) return fprintf(stderr, "usage: tls-bridge LISTEN TARGET [ALPN]\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  target = atoi(words[2]);
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (count > 3) {
    unsigned char list[64] = {(unsigned char)strlen(words[3])};
    strncpy((char *)list + 1, words[3], 62);
    SSL_CTX_set_alpn_protos(context, list, 1 + list[0]);
  }
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = loopback(atoi(words[1]));
  if (bind(listener, (void *)&a, sizeof a) || listen(listener, 1024)) return perror("listen"), 1;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  for (;;) {
    int clear = accept(listener, 0, 0);
    pthread_t thread;
    if (clear < 0) continue;
    if (pthread_create(&thread, &attributes, serve, (void *)(long)clear)) close(clear);
    else pthread_detach(thread);
  }
}
