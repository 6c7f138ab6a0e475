/* main.c: writes one of the files that manual.h names to standard output. */
#include "ui/manual/manual.h"
#include <string.h>

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "page") == 0)
		manual_page(stdout);
	else if (strcmp(what, "bash") == 0)
		manual_bash(stdout);
	else if (strcmp(what, "zsh") == 0)
		manual_zsh(stdout);
	else
		return 2;
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
