/*
 * admission.c — the arithmetic of admission.h.
 *
 * A wave is open for WAITING_SHOW_MS. When it closes, how many of it came is weighed in: of the
 * earlier weight so much is kept that a few hundred fans are remembered. A fan who comes later than
 * that still counts as one who came; and because all may be late, the share that is believed in
 * falls to a quarter at most before those who were called for that are waited for as well. At the
 * beginning all are expected to come: it is better to be two seconds late in filling the room than
 * to call many who then stand before a closed gate.
 */
#include "waiting/admission.h"

#include <math.h>

#include "base/must.h"

enum {
    WAVE_MS = 250,
    STEP_MS = 1000,
    FANS_REMEMBERED = 400,
    FANS_BELIEVED = 4, /* imagined ones who come and buy, before anybody has */
};

static const double come_share_least = 0.02; /* 50 calls for one who comes */
static const double buy_share_least = 0.05;
static const double slow_down = 0.7, speed_up = 0.05, lose_faith = 0.25;

const char *admission_mode_name(enum admission_mode mode)
{
    static const char *const names[] = {"FIXED", "ADAPTIVE", "PAUSED"};
    return names[mode];
}

bool admission_mode_from_text(struct text text, enum admission_mode *out_mode)
{
    for (int mode = ADMISSION_FIXED; mode <= ADMISSION_PAUSED; mode++) {
        if (!text_equal(text, text_of(admission_mode_name((enum admission_mode)mode))))
            continue;
        *out_mode = (enum admission_mode)mode;
        return true;
    }
    return false;
}

struct admission_terms admission_usual_terms(void)
{
    return (struct admission_terms){.mode = ADMISSION_FIXED,
                                    .fans_per_second = WAITING_FANS_PER_SECOND,
                                    .active_max = WAITING_ACTIVE,
                                    .entry_seconds = WAITING_ENTRY_SECONDS};
}

void admission_init(struct admission *admission, int64_t now_ms)
{
    *admission = (struct admission){.lately_called = FANS_BELIEVED,
                                    .lately_came = FANS_BELIEVED,
                                    .share_least = lose_faith,
                                    .lately_ended = FANS_BELIEVED,
                                    .lately_bought = FANS_BELIEVED,
                                    .at_ms = now_ms,
                                    .stepped_at_ms = now_ms};
    struct admission_terms usual = admission_usual_terms();
    admission_set_terms(admission, &usual);
}

void admission_set_terms(struct admission *admission, const struct admission_terms *terms)
{
    must(terms->fans_per_second >= 0);
    must(terms->active_max >= 0);
    if (terms->mode != admission->terms.mode || admission->rate <= 0)
        admission->rate = (double)terms->fans_per_second / 2;
    admission->terms = *terms;
}

/* --- shares ----------------------------------------------------------------------------------- */

static void weigh(double *whole, double *part, double count, double of_them)
{
    double kept = FANS_REMEMBERED / (FANS_REMEMBERED + count);
    *whole = *whole * kept + count;
    *part = *part * kept + of_them;
}

static double share(double whole, double part, double least)
{
    double plain = whole > 0 ? part / whole : 1;
    return fmin(fmax(plain, least), 1);
}

double admission_come_share(const struct admission *admission)
{
    return share(admission->lately_called, admission->lately_came, admission->share_least);
}

double admission_buy_share(const struct admission *admission)
{
    return share(admission->lately_ended, admission->lately_bought, buy_share_least);
}

static bool is_open(const struct admission_wave *wave, int64_t now_ms)
{
    return wave->called > 0 && now_ms - wave->began_ms < WAITING_SHOW_MS;
}

static void close_wave(struct admission *admission, struct admission_wave *wave)
{
    weigh(&admission->lately_called, &admission->lately_came, wave->called, wave->came);
    admission->share_least = fmax(wave->share * lose_faith, come_share_least);
    *wave = (struct admission_wave){0};
}

static void close_waves(struct admission *admission, int64_t now_ms)
{
    for (size_t i = 0; i < ADMISSION_WAVES; i++) {
        struct admission_wave *wave = &admission->waves[i];
        if (wave->called == 0 || is_open(wave, now_ms))
            continue;
        close_wave(admission, wave);
    }
}

static double expected(const struct admission *admission, int64_t now_ms)
{
    double come = admission_come_share(admission), on_their_way = 0;
    for (size_t i = 0; i < ADMISSION_WAVES; i++) {
        const struct admission_wave *wave = &admission->waves[i];
        if (is_open(wave, now_ms))
            on_their_way += (wave->called - wave->came) * fmax(wave->share, come);
    }
    return on_their_way;
}

void admission_called(struct admission *admission, size_t count, int64_t now_ms)
{
    struct admission_wave *wave = &admission->waves[admission->wave];
    if (count == 0)
        return;
    if (wave->called == 0 || now_ms - wave->began_ms >= WAVE_MS) {
        admission->wave = (admission->wave + 1) % ADMISSION_WAVES;
        wave = &admission->waves[admission->wave];
        if (wave->called > 0)
            close_wave(admission, wave);
        *wave =
            (struct admission_wave){.began_ms = now_ms, .share = admission_come_share(admission)};
    }
    wave->called += (uint32_t)count;
    admission->bucket -= (double)count * admission_come_share(admission);
    admission->called_since_step += (uint32_t)count;
}

/* The oldest open wave has been waited for longest. */
void admission_came(struct admission *admission)
{
    for (size_t i = 1; i <= ADMISSION_WAVES; i++) {
        struct admission_wave *wave = &admission->waves[(admission->wave + i) % ADMISSION_WAVES];
        if (wave->called > wave->came) {
            wave->came++;
            return;
        }
    }
    admission->lately_came = fmin(admission->lately_came + 1, admission->lately_called);
}

void admission_ended(struct admission *admission, bool bought)
{
    weigh(&admission->lately_ended, &admission->lately_bought, 1, bought);
}

/* --- pace ------------------------------------------------------------------------------------- */

static void adapt(struct admission *admission, int64_t commit_us)
{
    double most = (double)admission->terms.fans_per_second;
    if (commit_us > WAITING_COMMIT_US)
        admission->rate = fmax(admission->rate * slow_down, fmin(1, most));
    else
        admission->rate = fmin(admission->rate + fmax(1, most * speed_up), most);
}

static void step(struct admission *admission, int64_t commit_us, int64_t now_ms)
{
    double seconds = (double)(now_ms - admission->stepped_at_ms) / STEP_MS;
    if (seconds < 1)
        return;
    double pace = admission->called_since_step / seconds;
    admission->pace_quick += (pace - admission->pace_quick) * fmin(1, seconds / 10);
    admission->pace_slow += (pace - admission->pace_slow) * fmin(1, seconds / 60);
    admission->called_since_step = 0;
    admission->stepped_at_ms = now_ms;
    adapt(admission, commit_us);
}

static double rate_of(const struct admission *admission)
{
    switch (admission->terms.mode) {
    case ADMISSION_FIXED:
        return (double)admission->terms.fans_per_second;
    case ADMISSION_ADAPTIVE:
        return admission->rate;
    case ADMISSION_PAUSED:
        return 0;
    }
    return 0;
}

static void fill_bucket(struct admission *admission, int64_t now_ms)
{
    double rate = rate_of(admission);
    double seconds = (double)(now_ms - admission->at_ms) / 1000;
    admission->at_ms = now_ms;
    admission->bucket = fmin(admission->bucket + rate * fmax(seconds, 0), fmax(rate, 1));
}

static double room(const struct admission *admission, const struct admission_view *view,
                   double on_their_way)
{
    double inside = view->active + view->at_gate + on_their_way;
    double left = (double)admission->terms.active_max - inside;
    if (admission->terms.mode == ADMISSION_ADAPTIVE)
        left = fmin(left, ceil(view->seats_free / admission_buy_share(admission)) - inside);
    return left;
}

size_t admission_calls(struct admission *admission, const struct admission_view *view,
                       int64_t now_ms)
{
    close_waves(admission, now_ms);
    step(admission, view->commit_us, now_ms);
    fill_bucket(admission, now_ms);
    if (admission->terms.mode == ADMISSION_PAUSED || view->seats_free == 0)
        return 0;
    double come = admission_come_share(admission);
    double wanted = fmin(room(admission, view, expected(admission, now_ms)), admission->bucket);
    if (wanted < come)
        return 0;
    /* A hair more, or ten times a tenth would be nine. */
    double calls = floor(wanted / come + 1e-9);
    return (size_t)fmin(calls, fmin(view->waiting, WAITING_CALLS_MAX));
}

struct admission_pace admission_pace(const struct admission *admission)
{
    double quick = admission->pace_quick, slow = admission->pace_slow;
    return (struct admission_pace){quick, fmin(quick, slow) * 0.8, fmax(quick, slow) * 1.25};
}
