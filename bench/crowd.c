/*
 * crowd.c — fans who opened a connection, asked once, and now just wait.
 *
 *     crowd PORT COUNT      prints how many are open, and holds them until its input ends
 *
 * A client address has about 28,000 ports for one server, so every 20,000 connections come from
 * another address of the loopback network.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_PER_ADDRESS = 20000, ANSWER_BYTES = 4096 };

static bool ask_once(int fd)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char answer[ANSWER_BYTES];

    return send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == (ssize_t)sizeof request - 1 &&
           recv(fd, answer, sizeof answer, 0) > 0;
}

static bool join(long port, long number)
{
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr =
            htonl(INADDR_LOOPBACK + 1 + (in_addr_t)(number / CONNECTIONS_PER_ADDRESS))};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((in_port_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int late_port = 1; /* the port is chosen by connect(), which knows the other end */

    if (fd >= 0 &&
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late_port, sizeof late_port) == 0 &&
        bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && ask_once(fd))
        return true; /* stays open until the program ends */
    perror("crowd");
    return false;
}

int main(int count, char **words)
{
    if (count != 3) {
        fputs("usage: crowd PORT COUNT\n", stderr);
        return 2;
    }
    long port = strtol(words[1], NULL, 10);
    long wanted = strtol(words[2], NULL, 10);
    long open = 0;

    while (open < wanted && join(port, open))
        open++;
    printf("%ld\n", open);
    fflush(stdout);
    while (getchar() != EOF)
        ;
    return open == wanted ? 0 : 1;
}
