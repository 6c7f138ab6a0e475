/* sandbox.c: see sandbox.h. */
#include "capture/live/sandbox.h"
#include "capture/live/sanitized.h"
#include <errno.h>
#include <linux/if_packet.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock's interface (linux/landlock.h), of which older headers know less
 * than newer kernels. */
struct landlock {
	uint64_t fs, net, scoped;
};

enum {
	LANDLOCK_VERSION = 1, /* a flag: which ABI? */
	LANDLOCK_NET = 3,     /* bind and connect of TCP; ABI 4 */
	LANDLOCK_SCOPED = 3,  /* abstract sockets and signals; ABI 6 */
};

/* All rights on files that an ABI knows. */
static uint64_t landlock_fs(int abi)
{
	unsigned bits = 13; /* ABI 1 */

	if (abi >= 2)
		bits++; /* refer */
	if (abi >= 3)
		bits++; /* truncate */
	if (abi >= 5)
		bits++; /* ioctl on devices */
	return (UINT64_C(1) << bits) - 1;
}

/* Handles every right and grants none. What is open stays open. */
static bool no_files(struct err *e)
{
	struct landlock all = {0};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_VERSION);
	int fd;
	bool ok;

	if (abi < 1)
		return true; /* not built in, or off: seccomp will do */
	all.fs = landlock_fs((int)abi);
	if (abi >= 4)
		all.net = LANDLOCK_NET;
	if (abi >= 6)
		all.scoped = LANDLOCK_SCOPED;
	/* Fields that a kernel does not know are 0, which it accepts. */
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	ok = fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (!ok)
		err_set(e, ERR_RUN, "cannot enter the sandbox: Landlock: %s",
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Allowed whatever the arguments are. */
static const int ALWAYS[] = {
	/* Captures and rings in, records out. Files are read by pread. */
	SCMP_SYS(read), SCMP_SYS(pread64), /* write is below */
	SCMP_SYS(poll), SCMP_SYS(ppoll),
	/* A file that is through. */
	SCMP_SYS(close),
	/* malloc and free; mmap is below. */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* qsort() of a long list of files asks how much memory there is. */
	SCMP_SYS(sysinfo),
	/* Where the vDSO has no clock. */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64),
	/* libcrypto: locks that are done wake others, first uses seed. */
	SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(getrandom),
	/* Signals that ask for an end; a stop and continuation. */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),
	SCMP_SYS(restart_syscall),
	/* The end, and abort(), which is a failed assertion. */
	SCMP_SYS(exit_group), SCMP_SYS(exit), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(getpid), SCMP_SYS(gettid),
};

/* What AddressSanitizer's own threads of thought need, and its reports. */
static const int SANITIZER[] = {
	SCMP_SYS(mprotect), SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield),
	SCMP_SYS(rt_sigaction), SCMP_SYS(open), SCMP_SYS(openat),
	SCMP_SYS(readlink),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(lseek),
	SCMP_SYS(getrlimit), SCMP_SYS(prlimit64), SCMP_SYS(ioctl),
	SCMP_SYS(getuid), SCMP_SYS(prctl),
};

static bool allow_all(scmp_filter_ctx f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

static bool allow_if(scmp_filter_ctx f, int call, struct scmp_arg_cmp a,
	struct scmp_arg_cmp b)
{
	struct scmp_arg_cmp both[] = {a, b};

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 2, both) == 0;
}

static struct scmp_arg_cmp is(unsigned arg, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){
		.arg = arg, .op = SCMP_CMP_EQ, .datum_a = value};
}

static struct scmp_arg_cmp lacks(unsigned arg, scmp_datum_t bits)
{
	return (struct scmp_arg_cmp){
		.arg = arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits};
}

static bool allow_writes(scmp_filter_ctx f, const int fds[3])
{
	for (int i = 0; i < 3; i++) {
		struct scmp_arg_cmp to = is(0, (scmp_datum_t)fds[i]);

		if (seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(write),
				1, &to) != 0)
			return false;
	}
	return true;
}

/* Memory that is both written and run is how a bug becomes a break-in. */
static bool allow_memory(scmp_filter_ctx f)
{
	struct scmp_arg_cmp no_exec = lacks(2, PROT_EXEC);

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		       &no_exec) == 0 &&
		seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1,
			&no_exec) == 0;
}

/* abort() signals its own process, by number. */
static bool allow_abort(scmp_filter_ctx f)
{
	return allow_if(f, SCMP_SYS(tgkill), is(0, (scmp_datum_t)getpid()),
		is(2, SIGABRT));
}

/* libpcap, on sockets that are open: drops, errors, and whether an interface
 * that went down is there and up again. */
static bool allow_live(scmp_filter_ctx f)
{
	static const int calls[] = {SCMP_SYS(getsockname), SCMP_SYS(uname)};
	struct scmp_arg_cmp flags = is(1, SIOCGIFFLAGS);

	return allow_all(f, calls, sizeof calls / sizeof calls[0]) &&
		allow_if(f, SCMP_SYS(getsockopt), is(1, SOL_PACKET),
			is(2, PACKET_STATISTICS)) &&
		allow_if(f, SCMP_SYS(getsockopt), is(1, SOL_SOCKET),
			is(2, SO_ERROR)) &&
		seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			&flags) == 0;
}

static bool allow_follow(scmp_filter_ctx f, int records)
{
	struct scmp_arg_cmp from = is(0, (scmp_datum_t)records);

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), 1,
		&from) == 0;
}

static bool allow(scmp_filter_ctx f, enum sandbox kind, const int fds[3])
{
	return allow_all(f, ALWAYS, sizeof ALWAYS / sizeof ALWAYS[0]) &&
		allow_writes(f, fds) && allow_memory(f) && allow_abort(f) &&
		(kind != SANDBOX_LIVE || allow_live(f)) &&
		(kind != SANDBOX_FOLLOW || allow_follow(f, fds[0])) &&
		(!SANITIZED || allow_all(f, SANITIZER,
			sizeof SANITIZER / sizeof SANITIZER[0]));
}

static bool no_calls(enum sandbox kind, const int fds[3], struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool built;
	int code = 0;

	built = f && seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH,
			SCMP_ACT_KILL_PROCESS) == 0 && allow(f, kind, fds);
	if (built)
		code = seccomp_load(f);
	seccomp_release(f);
	if (!built)
		return err_set(e, ERR_RUN, "cannot enter the sandbox: "
			"libseccomp refuses the list");
	if (code != 0)
		return err_set(e, ERR_RUN, "cannot enter the sandbox: seccomp: "
			"%s; the kernel needs CONFIG_SECCOMP_FILTER",
			strerror(-code));
	return true;
}

bool sandbox_enter(enum sandbox kind, int records, int words, struct err *e)
{
	const int fds[3] = {records, words, STDERR_FILENO};

	return no_files(e) && no_calls(kind, fds, e);
}
