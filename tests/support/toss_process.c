/* toss_process.c — forks, reads the ready line, and knows the port. */
#include "support/toss_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "support/http_client.h"

enum { ARGUMENTS_MOST = 16, READY_BYTES = 128 };

struct toss_process {
    pid_t pid; /* 0: over */
    uint16_t port;
};

static _Noreturn void become(const char *binary, char *const *arguments, int output)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(output, 1) == 1)
        execv(binary, arguments);
    _exit(127);
}

static uint16_t read_port(int output)
{
    char line[READY_BYTES];
    size_t size = 0;
    while (size < sizeof line - 1 && read(output, line + size, 1) == 1 && line[size] != '\n')
        size++;
    line[size] = '\0';
    const char *colon = strrchr(line, ':');
    return colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
}

struct toss_process *toss_process_start(const char *const *arguments)
{
    const char *binary = getenv("TICKETRUSH_TOSS_GATEWAY");
    if (!binary)
        fputs("TICKETRUSH_TOSS_GATEWAY must name the program that plays the gateway\n", stderr);
    must(binary);
    const char *all[ARGUMENTS_MOST + 1] = {binary, "--secret", TOSS_SECRET, "--webhook-secret",
                                           TOSS_WEBHOOK_SECRET};
    for (size_t count = 5; arguments && *arguments; arguments++) {
        must(count < ARGUMENTS_MOST);
        all[count++] = *arguments;
    }
    int ends[2];
    must(pipe2(ends, O_CLOEXEC) == 0);
    struct toss_process *process = calloc(1, sizeof *process);
    must(process);
    process->pid = fork();
    must(process->pid >= 0);
    if (process->pid == 0)
        become(binary, (char *const *)(uintptr_t)all, ends[1]); /* execv() does not write there */
    close(ends[1]);
    process->port = read_port(ends[0]);
    close(ends[0]);
    must(process->port > 0);
    return process;
}

uint16_t toss_process_port(const struct toss_process *process)
{
    return process->port;
}

void toss_process_notify(const struct toss_process *process, uint16_t port)
{
    char json[32];
    snprintf(json, sizeof json, "{\"port\":%u}", port);
    struct http_client *client = http_client_open("127.0.0.1", process->port);
    must(client);
    http_client_ask(client,
                    &(struct http_ask){.method = "POST", .path = "/test/webhooks", .json = json});
    http_client_close(client);
}

void toss_process_kill(struct toss_process *process)
{
    must(process->pid > 0);
    kill(process->pid, SIGKILL);
    waitpid(process->pid, NULL, 0);
    process->pid = 0;
}

void toss_process_destroy(struct toss_process *process)
{
    if (!process)
        return;
    if (process->pid > 0)
        toss_process_kill(process);
    free(process);
}
