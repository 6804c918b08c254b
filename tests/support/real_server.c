/*
 * real_server.c — fork, exec, another user, a free port.
 *
 * A port is taken from the kernel and given back before the server binds it, because these servers
 * cannot take port 0. Another process may be faster; then the server does not come up, and who
 * started it tries the next port.
 */
#include "support/real_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"

enum { LOOK_EVERY_MS = 5 };

/* Root may not run every server; its user is looked up before the fork. */
static const struct passwd *user_of(const struct server_command *command)
{
    if (!command->user || geteuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam(command->user);
    must(user);
    return user;
}

/* Between fork and exec: only calls that are safe there. Changing the user forgets the death
   signal, so that comes last. */
static _Noreturn void become(const struct server_command *command, const struct passwd *user,
                             int log)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool ours = !user ||
                (setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0);
    if (ours && (!command->folder || chdir(command->folder) == 0) && dup2(nothing, 0) == 0 &&
        dup2(log, 1) == 1 && dup2(log, 2) == 2) {
        prctl(PR_SET_PDEATHSIG, command->death_signal);
        /* execve() writes to neither */
        execve(command->arguments[0], (char *const *)(uintptr_t)command->arguments,
               command->environment ? (char *const *)(uintptr_t)command->environment : environ);
    }
    _exit(127);
}

pid_t server_spawn(const struct server_command *command)
{
    const struct passwd *user = user_of(command);
    int log = open(command->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    must(log >= 0);
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0)
        become(command, user, log);
    close(log);
    return pid;
}

static int code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int server_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        must(errno == EINTR);
    return code_of(status);
}

bool server_is_over(pid_t pid, int *out_code)
{
    int status;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    must(ended >= 0);
    if (ended == pid)
        *out_code = code_of(status);
    return ended == pid;
}

int server_run(const struct server_command *command)
{
    return server_wait(server_spawn(command));
}

uint16_t server_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(listener >= 0);
    must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    must(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    close(listener);
    return ntohs(address.sin_port);
}

void server_pause(void)
{
    poll(NULL, 0, LOOK_EVERY_MS);
}

void server_tail(const char *log, char out_words[SERVER_WHY_BYTES])
{
    out_words[0] = '\0';
    int file = open(log, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    off_t size = lseek(file, 0, SEEK_END);
    lseek(file, size < SERVER_WHY_BYTES ? 0 : size - SERVER_WHY_BYTES + 1, SEEK_SET);
    ssize_t got = read(file, out_words, SERVER_WHY_BYTES - 1);
    out_words[got > 0 ? got : 0] = '\0';
    close(file);
}
