#pragma once
#include <stdint.h>

// Sockets with addresses as plain bytes, so that Swift sees no sockaddr. Every function gives a descriptor (non-blocking,
// close-on-exec) or a negated errno.

/// 16 bytes in network order, IPv4 mapped into IPv6; all zero for a unix socket.
struct linux_peer {
  uint64_t high;
  uint64_t low;
};

int linux_accept(int listener, struct linux_peer *peer);
/// `may_come_later`: the address may be of a network that is made later.
int linux_listen_tcp(const char *address, uint16_t port, int shares_port, int may_come_later);
/// Whether this machine has the address now; in host order.
int linux_is_own_ipv4(uint32_t address);
int linux_listen_unix(const char *path);
/// `address` is numeric.
int linux_connect_tcp(const char *address, uint16_t port);
int linux_connect_unix(const char *path);
/// The port that a listening TCP socket got; 0 for others.
uint16_t linux_local_port(int descriptor);
/// A pending error of the socket, 0 without one.
int linux_socket_error(int descriptor);
/// Resolves a name; writes up to `capacity` numeric addresses of 46 bytes each; gives their count, or 0.
int linux_resolve(const char *name, char *addresses, int capacity);
/// Makes the kernel send a reset instead of an orderly end when the descriptor is closed.
void linux_reset_on_close(int descriptor);
