/*
 * credentials.h — what an e-mail, a nickname and a password may be.
 *
 * Thread   Pure functions; any thread.
 * Memory   Borrowed for the call.
 * Answers  NULL when it may be so; otherwise a sentence for the person who typed it, which names
 *          the one thing that is wrong.
 */
#ifndef ACCOUNT_CREDENTIALS_H
#define ACCOUNT_CREDENTIALS_H

#include "base/text.h"
#include "limits.h"

enum { CREDENTIALS_EMAIL_BYTES = ACCOUNT_EMAIL_BYTES_MAX + 1 };

/* Trimmed and in lower case into out_email, terminated; written only when NULL is returned. */
const char *credentials_email(struct text typed, char out_email[CREDENTIALS_EMAIL_BYTES]);

const char *credentials_nickname(struct text nickname);

const char *credentials_password(struct text password);

#endif
