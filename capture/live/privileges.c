/* privileges.c: see privileges.h. */
#include "capture/live/privileges.h"
#include "capture/live/sanitized.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 }; /* where the system has none by that name */

/* Effective root, however it came to be. */
static bool is_root(void)
{
	return geteuid() == 0;
}

static bool stay(struct privileges *out)
{
	*out = (struct privileges){
		.change = false, .uid = getuid(), .gid = getgid()};
	return true;
}

void privileges_nobody(struct privileges *out)
{
	struct passwd *pw = getpwnam("nobody");

	stay(out);
	if (is_root())
		*out = (struct privileges){.change = true,
			.uid = pw ? pw->pw_uid : NOBODY,
			.gid = pw ? pw->pw_gid : NOBODY, .nobody = true};
}

/* A number other than root's, as sudo sets it. */
static bool env_id(const char *name, unsigned *out)
{
	const char *text = getenv(name);
	unsigned long id;
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	id = strtoul(text, &end, 10);
	if (*end || errno || id == 0 || id >= UINT32_MAX)
		return false;
	*out = (unsigned)id;
	return true;
}

static bool choose_user(struct privileges *out, const char *user,
	struct err *e)
{
	struct passwd *pw = getpwnam(user);

	if (!pw)
		return err_set(e, ERR_USAGE, "no user '%s'; -Z takes the name "
			"of one", user);
	if (pw->pw_uid == 0)
		return err_set(e, ERR_USAGE, "'%s' is root; -Z takes a user "
			"without rights", user);
	if (is_root())
		*out = (struct privileges){
			.change = true, .uid = pw->pw_uid, .gid = pw->pw_gid};
	else if (pw->pw_uid == getuid())
		stay(out);
	else
		return err_set(e, ERR_USAGE, "cannot become '%s': not started "
			"as root; leave out -Z, or use sudo", user);
	return true;
}

bool privileges_choose(struct privileges *out, const char *user,
	struct err *e)
{
	unsigned uid, gid;

	if (user)
		return choose_user(out, user, e);
	if (!is_root())
		return stay(out);
	privileges_nobody(out);
	if (getuid() != 0) /* set-user-ID root: back to the caller */
		*out = (struct privileges){
			.change = true, .uid = getuid(), .gid = getgid()};
	else if (env_id("SUDO_UID", &uid) && env_id("SUDO_GID", &gid))
		*out = (struct privileges){
			.change = true, .uid = uid, .gid = gid};
	return true;
}

static bool failed(struct err *e, const char *what)
{
	return err_set(e, ERR_RUN, "cannot drop privileges: %s: %s", what,
		strerror(errno));
}

static bool is_borrowed(const struct privileges *p)
{
	return p->change && !p->nobody;
}

bool privileges_assume(const struct privileges *p, struct err *e)
{
	if (!is_borrowed(p))
		return true;
	if (setegid(p->gid) != 0)
		return failed(e, "setegid");
	if (seteuid(p->uid) != 0)
		return failed(e, "seteuid");
	return true;
}

bool privileges_resume(const struct privileges *p, struct err *e)
{
	if (!is_borrowed(p))
		return true;
	if (seteuid(0) != 0)
		return failed(e, "seteuid back");
	if (setegid(0) != 0)
		return failed(e, "setegid back");
	return true;
}

static bool change_ids(const struct privileges *p, struct err *e)
{
	uid_t u[3];
	gid_t g[3];

	if (p->uid == 0 || p->gid == 0) {
		errno = EINVAL;
		return failed(e, "the target is root");
	}
	if (setgroups(0, NULL) != 0)
		return failed(e, "setgroups");
	if (setresgid(p->gid, p->gid, p->gid) != 0)
		return failed(e, "setresgid");
	if (setresuid(p->uid, p->uid, p->uid) != 0)
		return failed(e, "setresuid");
	/* Believe what is, not what was asked for. */
	if (getresuid(&u[0], &u[1], &u[2]) != 0 ||
		getresgid(&g[0], &g[1], &g[2]) != 0)
		return failed(e, "getresuid");
	errno = EPERM;
	for (int i = 0; i < 3; i++)
		if (u[i] != p->uid || g[i] != p->gid)
			return failed(e, "the old ids are still there");
	if (setresuid(-1, 0, -1) == 0 || setresgid(-1, 0, -1) == 0 ||
		getgroups(0, NULL) != 0)
		return failed(e, "the old ids can come back");
	return true;
}

/* Of a binary with file capabilities, or of root. Ambient ones go with the
 * permitted, what exec could bring back with no_new_privs. */
static bool drop_capabilities(struct err *e)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}}, now[2] = {{0}};

	if (syscall(SYS_capset, &head, none) != 0)
		return failed(e, "capset");
	head = (struct __user_cap_header_struct){
		_LINUX_CAPABILITY_VERSION_3, 0};
	if (syscall(SYS_capget, &head, now) != 0)
		return failed(e, "capget");
	errno = EPERM;
	if (memcmp(now, none, sizeof now) != 0)
		return failed(e, "capabilities are still there");
	return true;
}

bool privileges_drop(const struct privileges *p, struct err *e)
{
	struct rlimit no_core = {0, 0};

	/* While they may still be dropped; who may not has lost nothing. */
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (p->change && !change_ids(p, e))
		return false;
	if (!drop_capabilities(e))
		return false;
	if (is_root() || getuid() == 0) {
		errno = EPERM;
		return failed(e, "still root");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed(e, "no_new_privs");
	if (setrlimit(RLIMIT_CORE, &no_core) != 0)
		return failed(e, "no core");
	/* Passwords go through the memory of the capture process. The leak
	 * checker is a debugger too. */
	if (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return failed(e, "not dumpable");
	return true;
}
