/* smtp_verb.h: the commands of SMTP (RFC 5321, 3207, 3030, 2033), by numbers
 * that records and the database keep: new ones go to the end. */
#pragma once

enum smtp_verb {
	SMTP_V_OTHER, SMTP_V_CONNECT, SMTP_V_HELO, SMTP_V_EHLO, SMTP_V_LHLO,
	SMTP_V_AUTH, SMTP_V_MAIL, SMTP_V_RCPT, SMTP_V_DATA, SMTP_V_BDAT,
	SMTP_V_RSET, SMTP_V_NOOP, SMTP_V_VRFY, SMTP_V_EXPN, SMTP_V_HELP,
	SMTP_V_QUIT, SMTP_V_STARTTLS, SMTP_V_ANONYMOUSTLS,
	SMTP_V_BODY, /* the end of a message, which the server answers too */
};
