/*
 * server_process.c — fork, exec, and the ready line.
 *
 * The child's environment is made anew without TICKETRUSH_… of the machine that runs the tests, and
 * its folder is a new one, so that no stray settings file is read.
 */
#include "support/server_process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"

enum { ENVIRONMENT_MAX = 256, LINE_BYTES_MAX = 1024, PATH_BYTES = 4096 };

/* --- a folder that goes away ------------------------------------------------------------------ */

void temporary_folder_make(char out_path[TEMPORARY_PATH_BYTES])
{
    const char *parent = getenv("TMPDIR");
    int size = snprintf(out_path, TEMPORARY_PATH_BYTES, "%s/ticketrush-test-XXXXXX",
                        parent ? parent : P_tmpdir);
    must(size > 0 && size < TEMPORARY_PATH_BYTES);
    must(mkdtemp(out_path));
}

static int on_entry(const char *path, const struct stat *found, int kind, struct FTW *where)
{
    (void)found;
    (void)kind;
    (void)where;
    return remove(path);
}

void temporary_folder_remove(const char *path)
{
    nftw(path, on_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- a child ---------------------------------------------------------------------------------- */

struct child {
    const char *folder;
    const char *const *arguments;   /* behind the binary's name */
    const char *const *environment; /* settings */
    int input, output, errors;      /* descriptors that become 0, 1, 2 */
};

static void fill_environment(const char *const *more, char *out[ENVIRONMENT_MAX + 1])
{
    size_t count = 0;
    for (char **each = environ; *each && count < ENVIRONMENT_MAX; each++)
        if (strncmp(*each, "TICKETRUSH_", strlen("TICKETRUSH_")) != 0)
            out[count++] = *each;
    for (; more && *more; more++) {
        must(count < ENVIRONMENT_MAX);
        out[count++] = (char *)(uintptr_t)*more; /* execve() does not write there */
    }
    out[count] = NULL;
}

static void fill_arguments(const char *binary, const char *const *arguments,
                           char *out[ENVIRONMENT_MAX + 1])
{
    size_t count = 0;
    out[count++] = (char *)(uintptr_t)binary;
    for (; *arguments; arguments++) {
        must(count < ENVIRONMENT_MAX);
        out[count++] = (char *)(uintptr_t)*arguments;
    }
    out[count] = NULL;
}

/* Between fork and exec: only calls that are safe there. */
static _Noreturn void become(const struct child *child, const char *binary, char *const *arguments,
                             char *const *environment)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(child->folder) == 0 && dup2(child->input, 0) == 0 && dup2(child->output, 1) == 1 &&
        dup2(child->errors, 2) == 2)
        execve(binary, arguments, environment);
    _exit(127);
}

static pid_t start(const struct child *child)
{
    const char *named = getenv("TICKETRUSH_BINARY");
    char binary[PATH_BYTES];
    char *arguments[ENVIRONMENT_MAX + 1], *environment[ENVIRONMENT_MAX + 1];

    if (!named || !realpath(named, binary))
        fputs("TICKETRUSH_BINARY must name the binary that is tested\n", stderr);
    must(named && realpath(named, binary));
    fill_arguments(binary, child->arguments, arguments);
    fill_environment(child->environment, environment);

    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0)
        become(child, binary, arguments, environment);
    return pid;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        must(errno == EINTR);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void make_pipe(int out_ends[2])
{
    must(pipe2(out_ends, O_CLOEXEC) == 0);
}

/* --- one subcommand --------------------------------------------------------------------------- */

/* What fits goes into `text`, the rest is thrown away; false at the end of the stream. */
static bool drain(int descriptor, char *text, size_t *size)
{
    char rest[4096];
    bool fits = *size < OUTCOME_BYTES_MAX - 1;
    ssize_t got = fits ? read(descriptor, text + *size, OUTCOME_BYTES_MAX - 1 - *size)
                       : read(descriptor, rest, sizeof rest);
    if (got > 0 && fits)
        *size += (size_t)got;
    return got > 0;
}

static void collect(int output, int errors, struct outcome *outcome)
{
    struct pollfd ends[2] = {{.fd = output, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
    size_t output_size = 0, errors_size = 0;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        must(poll(ends, 2, -1) > 0);
        if (ends[0].revents && !drain(output, outcome->output, &output_size))
            ends[0].fd = -1;
        if (ends[1].revents && !drain(errors, outcome->errors, &errors_size))
            ends[1].fd = -1;
    }
}

struct outcome *run_binary(const char *folder, const char *const *arguments,
                           const char *const *environment, const char *input)
{
    int in[2], out[2], err[2];
    make_pipe(in);
    make_pipe(out);
    make_pipe(err);
    struct outcome *outcome = calloc(1, sizeof *outcome);
    must(outcome);

    struct child child = {folder, arguments, environment, in[0], out[1], err[1]};
    pid_t pid = start(&child);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    if (input) /* a pipe takes a password's length without a reader */
        must(write(in[1], input, strlen(input)) == (ssize_t)strlen(input));
    close(in[1]);
    collect(out[0], err[0], outcome);
    close(out[0]);
    close(err[0]);
    outcome->exit_code = wait_for(pid);
    return outcome;
}

/* --- a server --------------------------------------------------------------------------------- */

struct server_process {
    char folder[TEMPORARY_PATH_BYTES]; /* where it runs, with its log */
    char data[PATH_BYTES];
    char log[PATH_BYTES];
    pid_t pid; /* 0: over */
    uint16_t port;
    int output; /* our end of its standard output */
};

/* Its first line, without the newline; what came when it ended before that. */
static void read_ready_line(int output, char line[LINE_BYTES_MAX])
{
    size_t size = 0;
    while (size < LINE_BYTES_MAX - 1 && read(output, line + size, 1) == 1 && line[size] != '\n')
        size++;
    line[size] = '\0';
}

/* The port in "… serves http://127.0.0.1:41234 (data: …)". */
static uint16_t ready_port(const char *line)
{
    const char *address = strstr(line, "http://127.0.0.1:");
    return address ? (uint16_t)strtoul(address + strlen("http://127.0.0.1:"), NULL, 10) : 0;
}

static void tell_log(const struct server_process *process)
{
    char bytes[4096];
    int log = open(process->log, O_RDONLY | O_CLOEXEC);
    ssize_t size;
    while ((size = read(log, bytes, sizeof bytes)) > 0)
        fwrite(bytes, 1, (size_t)size, stderr);
    close(log);
}

static void start_server(struct server_process *process, const char *const *more)
{
    char data[PATH_BYTES + 32];
    const char *environment[ENVIRONMENT_MAX + 1] = {"TICKETRUSH_LISTEN=127.0.0.1:0", data};
    size_t count = 2;
    snprintf(data, sizeof data, "TICKETRUSH_DATA=%s", process->data);
    for (; more && *more; more++) {
        must(count < ENVIRONMENT_MAX);
        environment[count++] = *more;
    }

    int out[2];
    make_pipe(out);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(process->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    must(nothing >= 0 && log >= 0);
    static const char *const arguments[] = {"serve", NULL};
    struct child child = {process->folder, arguments, environment, nothing, out[1], log};
    process->pid = start(&child);
    process->output = out[0];
    close(out[1]);
    close(nothing);
    close(log);
}

struct server_process *server_process_start(const struct server_process_settings *settings)
{
    struct server_process *process = calloc(1, sizeof *process);
    must(process);
    temporary_folder_make(process->folder);
    snprintf(process->log, sizeof process->log, "%s/log", process->folder);
    if (settings->data)
        snprintf(process->data, sizeof process->data, "%s", settings->data);
    else
        snprintf(process->data, sizeof process->data, "%s/data", process->folder);

    char line[LINE_BYTES_MAX];
    start_server(process, settings->environment);
    read_ready_line(process->output, line);
    process->port = ready_port(line);
    if (process->port == 0)
        tell_log(process);
    must(process->port > 0);
    return process;
}

uint16_t server_process_port(const struct server_process *process)
{
    return process->port;
}

const char *server_process_data(const struct server_process *process)
{
    return process->data;
}

pid_t server_process_pid(const struct server_process *process)
{
    return process->pid;
}

const char *server_process_log(const struct server_process *process)
{
    return process->log;
}

struct http_client *server_process_connect(const struct server_process *process)
{
    struct http_client *client = http_client_open("127.0.0.1", process->port);
    must(client);
    return client;
}

void server_process_signal(struct server_process *process, int signal)
{
    must(process->pid > 0);
    must(kill(process->pid, signal) == 0);
}

int server_process_wait(struct server_process *process)
{
    must(process->pid > 0);
    int code = wait_for(process->pid);
    process->pid = 0;
    return code;
}

int server_process_stop(struct server_process *process)
{
    server_process_signal(process, SIGTERM);
    return server_process_wait(process);
}

void server_process_kill(struct server_process *process)
{
    server_process_signal(process, SIGKILL);
    server_process_wait(process);
}

void server_process_destroy(struct server_process *process)
{
    if (!process)
        return;
    if (process->pid > 0)
        server_process_kill(process);
    close(process->output);
    temporary_folder_remove(process->folder);
    free(process);
}
