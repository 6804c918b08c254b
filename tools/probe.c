/*
 * probe.c — two questions that scripts ask about local ports.
 *
 *     probe port                 prints a TCP port that nobody listens on
 *     probe ready PORT SECONDS   waits until GET /readyz there answers 200; exit 1 when it never
 * does
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_MS = 50, ANSWER_WAIT_MS = 1000 };

static struct sockaddr_in local_address(long port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((in_port_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int print_free_port(void)
{
    struct sockaddr_in address = local_address(0);
    socklen_t address_bytes = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &address_bytes) != 0) {
        perror("probe");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    return 0;
}

static bool ask(int fd, long port)
{
    static const char request[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    static const char good[] = "HTTP/1.1 200 ";
    struct sockaddr_in address = local_address(port);
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    char answer[sizeof good - 1];

    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
           send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == (ssize_t)sizeof request - 1 &&
           poll(&readable, 1, ANSWER_WAIT_MS) == 1 &&
           recv(fd, answer, sizeof answer, MSG_WAITALL) == (ssize_t)sizeof answer &&
           memcmp(answer, good, sizeof answer) == 0;
}

static bool answers(long port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    bool yes = ask(fd, port);
    close(fd);
    return yes;
}

static int wait_until_ready(long port, long wait_seconds)
{
    time_t gives_up_at = time(NULL) + wait_seconds;

    while (!answers(port)) {
        if (time(NULL) >= gives_up_at)
            return 1;
        poll(NULL, 0, RETRY_MS);
    }
    return 0;
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "port") == 0)
        return print_free_port();
    if (count == 4 && strcmp(words[1], "ready") == 0)
        return wait_until_ready(strtol(words[2], NULL, 10), strtol(words[3], NULL, 10));
    fputs("usage: probe port | probe ready PORT SECONDS\n", stderr);
    return 2;
}
