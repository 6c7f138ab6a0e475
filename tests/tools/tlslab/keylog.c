/* keylog.c: preloaded into a server that uses OpenSSL: the keys of its TLS
 * sessions go to the file that SSLKEYLOGFILE names, line by line. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void log_line(const SSL *ssl, const char *line)
{
	const char *path = getenv("SSLKEYLOGFILE");
	char out[600];
	size_t n = strlen(line);
	int fd;

	(void)ssl;
	if (path == NULL || n + 1 > sizeof out)
		return;
	fd = open(path, O_WRONLY | O_APPEND);
	if (fd < 0)
		return;
	/* One write: several processes share the file. */
	memcpy(out, line, n);
	out[n] = '\n';
	if (write(fd, out, n + 1) < 0)
		abort();
	close(fd);
}

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
	SSL_CTX *(*make)(const SSL_METHOD *);
	SSL_CTX *ctx;

	*(void **)&make = dlsym(RTLD_NEXT, "SSL_CTX_new");
	ctx = make(method);
	if (ctx != NULL)
		SSL_CTX_set_keylog_callback(ctx, log_line);
	return ctx;
}
