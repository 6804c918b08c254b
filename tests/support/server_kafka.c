/*
 * server_kafka.c — StorageTool, kafka.Kafka, and the line in which it says "started".
 *
 * The settings are those of a real broker except where a single one needs them to be smaller:
 * topics of its own with one replica and one partition, no waiting for more members of a group, and
 * a short session of the broker with its own controller, since after a kill nobody may take the
 * broker's place until that session has ended. Java compiles with its quick compiler only: a test
 * ends before the slow one has paid off.
 */
#include "support/server_kafka.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"

enum { PATH_BYTES = TEMPORARY_PATH_BYTES + 64, CLASS_PATH_BYTES = 4096, TRIES = 5 };

/* StorageTool wants the id of a cluster: 16 bytes in base64. */
static const char cluster_id[] = "VGlja2V0UnVzaFRlc3RzMQ";

struct server_kafka {
    struct real_server shared;
    char folder[TEMPORARY_PATH_BYTES];
    char settings[PATH_BYTES]; /* server.properties */
    char log[PATH_BYTES];
    char java[PATH_BYTES];
    char class_path[CLASS_PATH_BYTES];
    uint16_t port, controller_port;
    pid_t pid; /* 0: over */
};

/* --- the programs ----------------------------------------------------------------------------- */

static bool find(const char *pattern, char *out_path, size_t size)
{
    glob_t found;
    bool any = glob(pattern, 0, NULL, &found) == 0;
    if (any)
        snprintf(out_path, size, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return any;
}

static bool find_java(char out_path[PATH_BYTES])
{
    return find("/usr/lib/jvm/java-17-*/bin/java", out_path, PATH_BYTES) ||
           find("/usr/lib/jvm/default-java/bin/java", out_path, PATH_BYTES) ||
           find("/usr/bin/java", out_path, PATH_BYTES);
}

static bool find_jars(char out_class_path[CLASS_PATH_BYTES])
{
    char pattern[CLASS_PATH_BYTES], jar[CLASS_PATH_BYTES];
    const char *folder = getenv("TICKETRUSH_KAFKA_JARS");
    folder = folder ? folder : "build/kafka";
    snprintf(pattern, sizeof pattern, "%s/kafka_2.*.jar", folder);
    snprintf(out_class_path, CLASS_PATH_BYTES, "%s/*", folder); /* Java takes the star itself */
    return find(pattern, jar, sizeof jar);
}

/* --- running ---------------------------------------------------------------------------------- */

static void write_settings(const struct server_kafka *server)
{
    FILE *file = fopen(server->settings, "w");
    must(file);
    fprintf(file,
            "process.roles=broker,controller\n"
            "node.id=1\n"
            "controller.quorum.voters=1@127.0.0.1:%u\n"
            "controller.listener.names=CONTROLLER\n"
            "listeners=PLAINTEXT://127.0.0.1:%u,CONTROLLER://127.0.0.1:%u\n"
            "advertised.listeners=PLAINTEXT://127.0.0.1:%u\n"
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
            "log.dirs=%s/data\n"
            "auto.create.topics.enable=false\n"
            "offsets.topic.replication.factor=1\n"
            "offsets.topic.num.partitions=1\n"
            "transaction.state.log.replication.factor=1\n"
            "transaction.state.log.num.partitions=1\n"
            "transaction.state.log.min.isr=1\n"
            "group.initial.rebalance.delay.ms=0\n"
            "broker.heartbeat.interval.ms=500\n"
            "broker.session.timeout.ms=2000\n"
            "num.network.threads=2\n"
            "num.io.threads=4\n"
            "background.threads=2\n",
            (unsigned)server->controller_port, (unsigned)server->port,
            (unsigned)server->controller_port, (unsigned)server->port, server->folder);
    must(fclose(file) == 0);
}

static struct server_command command_of(const struct server_kafka *server,
                                        const char *const *arguments)
{
    return (struct server_command){
        .arguments = arguments, .log = server->log, .death_signal = SIGKILL};
}

static bool format_data(const struct server_kafka *server)
{
    const char *const arguments[] = {server->java,
                                     "-Xmx128m",
                                     "-XX:TieredStopAtLevel=1",
                                     "-XX:+UseSerialGC",
                                     "-cp",
                                     server->class_path,
                                     "kafka.tools.StorageTool",
                                     "format",
                                     "--cluster-id",
                                     cluster_id,
                                     "--config",
                                     server->settings,
                                     NULL};
    const struct server_command command = command_of(server, arguments);
    return server_run(&command) == 0;
}

/* The log is appended to: only what this start has written counts. */
static bool says_started(const struct server_kafka *server, off_t from)
{
    struct stat file;
    bool found = false;
    int log = open(server->log, O_RDONLY | O_CLOEXEC);
    must(log >= 0);
    must(fstat(log, &file) == 0);
    size_t size = file.st_size > from ? (size_t)(file.st_size - from) : 0;
    char *words = calloc(1, size + 1);
    must(words);
    if (pread(log, words, size, from) > 0)
        found = strstr(words, "Kafka Server started") != NULL;
    free(words);
    close(log);
    return found;
}

static bool wait_until_started(struct server_kafka *server, off_t from)
{
    int code;
    int64_t give_up_at_us = clock_monotonic_us() + SERVER_START_MS * INT64_C(1000);
    while (!says_started(server, from)) {
        if (server_is_over(server->pid, &code)) {
            server->pid = 0;
            return false;
        }
        if (clock_monotonic_us() > give_up_at_us) {
            server_kafka_kill(server);
            return false;
        }
        server_pause();
    }
    return true;
}

static bool run(struct server_kafka *server)
{
    const char *const arguments[] = {
        server->java,       "-Xms256m", "-Xmx512m",         "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC", "-cp",      server->class_path, "kafka.Kafka",
        server->settings,   NULL};
    const struct server_command command = command_of(server, arguments);
    struct stat log;
    off_t from = stat(server->log, &log) == 0 ? log.st_size : 0;
    server->pid = server_spawn(&command);
    return wait_until_started(server, from);
}

static bool run_on_free_ports(struct server_kafka *server)
{
    for (int i = 0; i < TRIES; i++) {
        server->port = server_free_port();
        server->controller_port = server_free_port();
        write_settings(server);
        if ((i > 0 || format_data(server)) && run(server))
            return true;
    }
    return false;
}

static void destroy_shared(struct real_server *shared)
{
    server_kafka_destroy(container_of(shared, struct server_kafka, shared));
}

struct server_kafka *server_kafka_start(char out_why[SERVER_WHY_BYTES])
{
    struct server_kafka *server = calloc(1, sizeof *server);
    must(server);
    if (!find_java(server->java) || !find_jars(server->class_path)) {
        snprintf(out_why, SERVER_WHY_BYTES, "Java 17 or the jars are missing (tools/kafka.sh)");
        free(server);
        return NULL;
    }
    temporary_folder_make(server->folder);
    snprintf(server->settings, sizeof server->settings, "%s/server.properties", server->folder);
    snprintf(server->log, sizeof server->log, "%s/log", server->folder);

    if (!run_on_free_ports(server)) {
        server_tail(server->log, out_why);
        server_kafka_destroy(server);
        return NULL;
    }
    server->shared = (struct real_server){
        .name = "Kafka", .variable = "TICKETRUSH_TEST_KAFKA", .destroy = destroy_shared};
    snprintf(server->shared.address, sizeof server->shared.address, "127.0.0.1:%u",
             (unsigned)server->port);
    return server;
}

struct real_server *server_kafka_shared(char out_why[SERVER_WHY_BYTES])
{
    struct server_kafka *server = server_kafka_start(out_why);
    return server ? &server->shared : NULL;
}

const char *server_kafka_address(const struct server_kafka *server)
{
    return server->shared.address;
}

void server_kafka_kill(struct server_kafka *server)
{
    must(server->pid > 0);
    must(kill(server->pid, SIGKILL) == 0);
    server_wait(server->pid);
    server->pid = 0;
}

void server_kafka_restart(struct server_kafka *server)
{
    must(server->pid == 0);
    must(run(server));
}

void server_kafka_pause(struct server_kafka *server)
{
    must(kill(server->pid, SIGSTOP) == 0);
}

void server_kafka_resume(struct server_kafka *server)
{
    must(kill(server->pid, SIGCONT) == 0);
}

void server_kafka_destroy(struct server_kafka *server)
{
    if (!server)
        return;
    if (server->pid > 0)
        server_kafka_kill(server);
    temporary_folder_remove(server->folder);
    free(server);
}

/* --- one test's share ------------------------------------------------------------------------- */

const char *kafka_address_or_skip(void)
{
    const char *address = getenv("TICKETRUSH_TEST_KAFKA");
    if (!address)
        fputs("skipped on Kafka: TICKETRUSH_TEST_KAFKA names no server\n", stderr);
    return address;
}

void kafka_prefix_make(char out_prefix[KAFKA_PREFIX_BYTES])
{
    static unsigned count;
    snprintf(out_prefix, KAFKA_PREFIX_BYTES, "t%ld.%u.", (long)getpid(), ++count);
}
