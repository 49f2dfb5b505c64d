// What the tests put into containers: one static program for images made from nothing. By the name that it is called with it is
// a small HTTP server that behaves as n8n and Flowise do where Leanto looks, or what their health checks run (wget, sh).
//   GET  /healthz/readiness            n8n: 503 until READY_AFTER seconds have passed, then 200 (n8n 2.41.1)
//   GET  /rest/settings                n8n: has its owner from the environment
//   GET  /api/v1/public-chatflows/...  Flowise: 404 in these words while the database can be read (3.1.4)
//   POST /api/v1/auth/resolve, account/register: Flowise: claimed or not; the first to register owns it
//   GET  /get/HOST:PORT/PATH           what this container gets from there
//   GET  /environment, /exit, /eat, /sick, /say/TEXT, /files
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static time_t started;
static int is_sick, is_claimed;

static void stop(int number) { _exit(0); }

// Names of /etc/hosts, and addresses.
static int resolve(const char *name, struct in_addr *to) {
  if (inet_pton(AF_INET, name, to) == 1) return 0;
  FILE *hosts = fopen("/etc/hosts", "r");
  char line[512];
  while (hosts && fgets(line, sizeof line, hosts)) {
    char *address = strtok(line, " \t\n"), *word;
    while (address && (word = strtok(NULL, " \t\n")))
      if (!strcmp(word, name) && inet_pton(AF_INET, address, to) == 1) return fclose(hosts), 0;
  }
  if (hosts) fclose(hosts);
  return -1;
}

// The whole answer, or why there is none; its status, or -1.
static int get(const char *host, int port, const char *path, char *answer, size_t size) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (resolve(host, &to.sin_addr)) return snprintf(answer, size, "no such name"), -1;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval patience = {.tv_sec = 4};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(s, (struct sockaddr *)&to, sizeof to)) {
    snprintf(answer, size, "%s", strerror(errno));
    return close(s), -1;
  }
  char request[1024];
  int length = snprintf(request, sizeof request, "GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n", path, host);
  if (write(s, request, length) != length) return close(s), -1;
  size_t got = 0;
  ssize_t count;
  while (got + 1 < size && (count = read(s, answer + got, size - 1 - got)) > 0) got += count;
  if (got == 0) snprintf(answer, size, "%s", errno ? strerror(errno) : "nothing came");
  else answer[got] = 0;
  close(s);
  return strncmp(answer, "HTTP/1.", 7) ? -1 : atoi(answer + 9);
}

static int get_url(const char *url, char *answer, size_t size) {
  char host[256] = "", path[512] = "";
  int port = 80;
  if (sscanf(url, "http://%255[^:/]:%d/%511[^ ]", host, &port, path) < 2) sscanf(url, "http://%255[^/]/%511[^ ]", host, path);
  return get(host, port, path, answer, size);
}

static void send_all(int to, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = write(to, bytes, count);
    if (done <= 0) return;
    bytes += done, count -= done;
  }
}

static void reply(int to, int status, const char *body) {
  char head[256];
  int length = snprintf(head, sizeof head, "HTTP/1.1 %d Some\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, strlen(body));
  send_all(to, head, length);
  send_all(to, body, strlen(body));
}

static int is(const char *request, const char *start) { return !strncmp(request, start, strlen(start)); }

static void answer(int to, char *request) {
  static char body[65536];
  const char *wait = getenv("READY_AFTER");
  int is_ready = time(NULL) - started >= (wait ? atoi(wait) : 0);
  if (is(request, "GET /exit")) exit(7);
  if (is(request, "GET /sick")) return is_sick = 1, reply(to, 200, "sick");
  if (is_sick) return reply(to, 500, "sick");
  if (is(request, "GET /eat")) for (;;) { char *food = malloc(1 << 20); if (food) memset(food, 1, 1 << 20); }
  if (is(request, "GET /healthz/readiness")) return reply(to, is_ready ? 200 : 503, is_ready ? "{\"status\":\"ok\"}" : "{\"status\":\"error\"}");
  if (!is_ready) return reply(to, 200, "n8n is starting up. Please wait");
  if (is(request, "GET /rest/settings")) return reply(to, 200, "{\"data\":{\"userManagement\":{\"showSetupOnFirstLoad\":false}}}");
  if (is(request, "GET /api/v1/public-chatflows/")) return reply(to, 404, "Chatflow not found in the database");
  if (is(request, "POST /api/v1/auth/resolve"))
    return reply(to, 200, is_claimed ? "{\"redirectUrl\":\"/signin\"}" : "{\"redirectUrl\":\"/organization-setup\"}");
  if (is(request, "POST /api/v1/account/register")) return is_claimed = 1, reply(to, 201, "{}");
  if (is(request, "GET /environment")) {
    body[0] = 0;
    for (char **entry = environ; *entry; entry++) strncat(strncat(body, *entry, 4096), "\n", 1);
    return reply(to, 200, body);
  }
  if (is(request, "GET /say/")) {
    request[strcspn(request + 9, " ") + 9] = 0;
    printf("%s\n", request + 9), fflush(stdout);
    return reply(to, 200, "said");
  }
  if (is(request, "GET /get/")) {
    char url[1024];
    request[strcspn(request + 9, " ") + 9] = 0;
    snprintf(url, sizeof url, "http://%s", request + 9);
    get_url(url, body, sizeof body);
    return reply(to, 200, body);
  }
  snprintf(body, sizeof body, "here is %s\n%s", getenv("HOSTNAME") ? getenv("HOSTNAME") : "", request);
  reply(to, 200, body);
}

static int serve(int port) {
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(s, (struct sockaddr *)&at, sizeof at) || listen(s, 64)) return perror("listen"), 1;
  printf("listening at %d\n", port), fflush(stdout);
  for (;;) {
    int client = accept(s, NULL, NULL);
    char request[16384];
    struct timeval patience = {.tv_sec = 5};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ssize_t count = read(client, request, sizeof request - 1);
    // What it fetches may come back to it, so it must not wait for that.
    int is_apart = count > 0 && is(request, "GET /get/");
    if (is_apart && fork() > 0) count = 0;
    if (count > 0) request[count] = 0, answer(client, request);
    if (is_apart && count > 0) _exit(0);
    if (!is_apart) shutdown(client, SHUT_WR);
    while (count > 0 && (count = read(client, request, sizeof request)) > 0) {}
    close(client);
  }
}

int main(int count, char **words) {
  static char text[65536];
  const char *name = strrchr(words[0], '/') ? strrchr(words[0], '/') + 1 : words[0];
  started = time(NULL);
  signal(SIGTERM, stop), signal(SIGINT, stop), signal(SIGPIPE, SIG_IGN), signal(SIGCHLD, SIG_IGN);
  if (!strcmp(name, "wget")) return get_url(words[count - 1], text, sizeof text) == 200 ? 0 : 1;
  if (!strcmp(name, "sh")) {
    // `curl ... URL | grep -q 'TEXT'`, and `echo TEXT`.
    const char *url = count > 2 ? strstr(words[2], "http://") : NULL, *quote = count > 2 ? strchr(words[2], '\'') : NULL;
    if (count > 2 && is(words[2], "echo ")) return puts(words[2] + 5), 0;
    char wanted[256] = "";
    if (!url || !quote || sscanf(quote, "'%255[^']", wanted) != 1) return 2;
    get_url(url, text, sizeof text);
    return strstr(text, wanted) ? 0 : 1;
  }
  if (!strcmp(name, "say")) return puts(count > 1 ? words[1] : ""), count > 2 ? atoi(words[2]) : 0;
  const char *port = getenv("N8N_PORT") ? getenv("N8N_PORT") : getenv("PORT");
  if (!port) {
    for (int i = 0;; i++) printf("still here %d\n", i), fflush(stdout), sleep(5);
  }
  return serve(atoi(port));
}
