/* acks.c — a list that only grows; a reservation is remembered once and then paid or cancelled. */
#include "rush/acks.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "rush/request.h"

enum { FIRST_CAPACITY = 4096 };

enum status acks_init(struct acks *acks, struct option_id option, const char *log_path)
{
    *acks = (struct acks){.option = option, .capacity = FIRST_CAPACITY};
    acks->list = calloc(acks->capacity, sizeof *acks->list);
    if (!acks->list)
        return STATUS_NO_MEMORY;
    if (!log_path)
        return STATUS_OK;
    acks->log = fopen(log_path, "we");
    if (acks->log)
        return STATUS_OK;
    acks_deinit(acks);
    return STATUS_IO;
}

void acks_deinit(struct acks *acks)
{
    if (acks->log)
        fclose(acks->log);
    free(acks->list);
    *acks = (struct acks){0};
}

void acks_flush(struct acks *acks)
{
    if (acks->log)
        fflush(acks->log);
}

/* --- the log ---------------------------------------------------------------------------------- */

static void log_ack(const struct acks *acks, const struct ack *ack, const char *event,
                    const char *key)
{
    if (!acks->log)
        return;
    fprintf(acks->log, "{\"event\":\"%s\",\"reservation\":%lld,\"fan\":%lld,\"seats\":[", event,
            (long long)ack->reservation_id, (long long)ack->fan.value);
    for (uint32_t i = 0; i < ack->seat_count; i++)
        fprintf(acks->log, "%s%lld", i > 0 ? "," : "", (long long)ack->seat_ids[i]);
    fprintf(acks->log, "],\"amount\":%lld", (long long)ack->amount_won);
    if (ack->payment_id > 0)
        fprintf(acks->log, ",\"payment\":%lld", (long long)ack->payment_id);
    if (key)
        fprintf(acks->log, ",\"key\":\"%s\"", key);
    fputs("}\n", acks->log);
}

/* --- the list --------------------------------------------------------------------------------- */

static enum status make_room(struct acks *acks)
{
    if (acks->count < acks->capacity)
        return STATUS_OK;
    if (acks->capacity >= RUSH_ACKS_MAX)
        return STATUS_FULL;
    uint32_t capacity = acks->capacity < RUSH_ACKS_MAX / 2 ? acks->capacity * 2 : RUSH_ACKS_MAX;
    struct ack *grown = realloc(acks->list, capacity * sizeof *grown);
    if (!grown)
        return STATUS_NO_MEMORY;
    acks->list = grown;
    acks->capacity = capacity;
    return STATUS_OK;
}

static void copy_sorted(struct ack *ack, const struct answer *answer)
{
    must(answer->seat_count <= RUSH_SEATS_EACH_MAX);
    ack->seat_count = answer->seat_count;
    for (uint32_t i = 0; i < answer->seat_count; i++) {
        uint32_t place = i;
        for (; place > 0 && ack->seat_ids[place - 1] > answer->seat_ids[i]; place--)
            ack->seat_ids[place] = ack->seat_ids[place - 1];
        ack->seat_ids[place] = answer->seat_ids[i];
    }
}

enum status acks_hold(struct acks *acks, struct fan_id fan, uint32_t reserve_no,
                      const struct answer *answer, uint32_t *out_index)
{
    enum status status = make_room(acks);
    if (status != STATUS_OK)
        return status;
    struct ack *ack = &acks->list[acks->count];
    *ack = (struct ack){.reservation_id = answer->id,
                        .amount_won = answer->amount_won,
                        .fan = fan,
                        .reserve_no = reserve_no};
    copy_sorted(ack, answer);
    *out_index = acks->count++;

    char key[REQUEST_KEY_BYTES];
    request_reserve_key(acks->option, fan, reserve_no, key);
    log_ack(acks, ack, "held", key);
    return STATUS_OK;
}

void acks_pay(struct acks *acks, uint32_t index, uint32_t pay_no, const struct answer *answer)
{
    must(index < acks->count);
    struct ack *ack = &acks->list[index];
    ack->state = ACK_PAID;
    ack->payment_id = answer->id;
    ack->pay_no = pay_no;

    char key[REQUEST_KEY_BYTES];
    request_pay_key(acks->option, ack->fan, pay_no, key);
    log_ack(acks, ack, "paid", key);
}

void acks_cancel(struct acks *acks, uint32_t index)
{
    must(index < acks->count);
    acks->list[index].state = ACK_CANCELLED;
    log_ack(acks, &acks->list[index], "cancelled", NULL);
}
