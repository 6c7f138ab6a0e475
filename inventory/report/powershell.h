/* powershell.h: data as PowerShell takes it, in 5.1 and 7; private to this
 * folder. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

/* A single-quoted literal. PowerShell takes five characters for a single
 * quote: each that is in the text is doubled. Controls and separators of
 * lines become blanks, so that it stays on its line. */
void powershell_literal(FILE *out, const char *text);

/* Is it an address of a mailbox by the narrowest idea of one, so that it may
 * stand in a command? Letters, digits, . _ + - before the @, a host name
 * behind it. */
bool powershell_is_identity(const char *text);
