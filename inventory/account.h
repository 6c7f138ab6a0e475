/* account.h: what kind of name an account has. */
#pragma once

enum account_kind {
	ACCOUNT_OTHER,   /* a word that some server knows */
	ACCOUNT_MAILBOX, /* user@domain: a mailbox, or a UPN of Entra ID */
	ACCOUNT_WINDOWS, /* DOMAIN\user, which Exchange Online does not know */
};

enum account_kind account_kind_of(const char *name);
const char *account_kind_word(enum account_kind k); /* "mailbox" */
/* "a mailbox", for people. */
const char *account_kind_text(enum account_kind k);
