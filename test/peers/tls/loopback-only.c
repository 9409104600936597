/*
 * LD_PRELOAD shim for servers that cannot be told an address: what they bind to every interface goes to the loopback one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  int (*real)(int, const struct sockaddr *, socklen_t) =
      (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  struct sockaddr_storage copy;
  if (address == NULL || length > sizeof copy) return real(fd, address, length);
  memcpy(&copy, address, length);
  if (address->sa_family == AF_INET) ((struct sockaddr_in *)&copy)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (address->sa_family == AF_INET6) ((struct sockaddr_in6 *)&copy)->sin6_addr = in6addr_loopback;
  return real(fd, (const struct sockaddr *)&copy, length);
}
