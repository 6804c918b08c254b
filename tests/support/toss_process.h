/*
 * toss_process.h — the program that plays Toss Payments (tests/gateway/toss_gateway.c), running.
 *
 * It is named by the environment variable TICKETRUSH_TOSS_GATEWAY (Meson sets it), and is killed by
 * the kernel when its test dies.
 *
 * Thread   One thread at a time.
 * Memory   toss_process_destroy() gives everything back.
 * Failure  What cannot fail in a sound build ends the test with words.
 */
#ifndef SUPPORT_TOSS_PROCESS_H
#define SUPPORT_TOSS_PROCESS_H

#include <stdint.h>

#define TOSS_SECRET "test_sk_of_the_tests"
#define TOSS_WEBHOOK_SECRET "what signs the webhooks of the tests"

struct toss_process;

/* `arguments` beside the secrets, ended by NULL; NULL for none. On a free port. */
struct toss_process *toss_process_start(const char *const *arguments);
uint16_t toss_process_port(const struct toss_process *process);

/* From now on it sends webhooks to this port of ours. */
void toss_process_notify(const struct toss_process *process, uint16_t port);

void toss_process_kill(struct toss_process *process);
void toss_process_destroy(struct toss_process *process); /* NULL is welcome */

#endif
