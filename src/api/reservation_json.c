/* reservation_json.c — one writer for the list, the single reservation and the fresh hold. */
#include "api/reservation_json.h"

void reservation_seat_json(struct json_out *out, const struct reservation_seat *seat)
{
    json_out_object(out);
    json_out_int_field(out, "id", seat->seat.value);
    json_out_text_field(out, "section", seat->section);
    json_out_text_field(out, "row", seat->row);
    json_out_text_field(out, "number", seat->number);
    json_out_text_field(out, "grade", seat->grade);
    json_out_int_field(out, "price", seat->price);
    json_out_object_end(out);
}

void reservation_json(struct json_out *out, const struct reservation_view *view)
{
    json_out_object(out);
    json_out_int_field(out, "id", view->id.value);
    json_out_words_field(out, "state", reservation_state_name(view->state));
    json_out_int_field(out, "optionId", view->option.value);
    json_out_key(out, "seats");
    json_out_array(out);
    for (size_t i = 0; i < view->seat_count; i++)
        reservation_seat_json(out, &view->seats[i]);
    json_out_array_end(out);
    json_out_int_field(out, "amount", view->amount);
    json_out_words_field(out, "currency", "KRW");
    json_out_time_field(out, "createdAt", view->created_at_ms);
    json_out_time_field(out, "expiresAt", view->expires_at_ms);
    if (view->payment.value != 0) {
        json_out_key(out, "payment");
        json_out_object(out);
        json_out_int_field(out, "id", view->payment.value);
        json_out_text_field(out, "state", view->payment_state);
        json_out_object_end(out);
    }
    json_out_object_end(out);
}

void reservation_view_of_ask(const struct booking_ask *ask, struct reservation_view *out_view)
{
    const struct plan *plan = ask->plan;
    out_view->id = ask->reservation;
    out_view->option = plan->option;
    out_view->fan = ask->fan;
    out_view->state = ask->state;
    out_view->amount = ask->choice.amount;
    out_view->created_at_ms = ask->created_at_ms;
    out_view->expires_at_ms = ask->expires_at_ms;
    out_view->payment.value = 0;
    out_view->seat_count = ask->choice.seat_count;
    for (size_t i = 0; i < ask->choice.seat_count; i++) {
        uint32_t seat = ask->choice.seat_indexes[i];
        const struct plan_section *section = plan_section_of(plan, seat);
        out_view->seats[i] = (struct reservation_seat){.seat = plan_seat_id(plan, seat),
                                                       .section = section->name,
                                                       .row = plan_row_of(plan, seat)->name,
                                                       .number = plan_number_of(plan, seat),
                                                       .grade = section->grade,
                                                       .price = section->price};
    }
}
