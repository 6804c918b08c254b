// limits.ts — every maximum and every period of the page, each with its reason.

/* Seat states are asked for about this often while the seat map is on show ... */
export const STATES_POLL_MS = 2_000;
/* ... spread by this share to either side, so that a crowd's polls do not march in step. */
export const STATES_POLL_JITTER = 0.25;

/* A payment the gateway still thinks about is looked up this often. */
export const PAYING_POLL_MS = 1_500;

/* A request without an answer for this long counts as lost: its outcome is unknown. */
export const ANSWER_MS_MAX = 12_000;

/* The wait before the second try; it doubles, jittered, up to the longest wait. */
export const RETRY_FIRST_MS = 400;
export const RETRY_MS_MAX = 8_000;
/* About forty seconds of patience; then the fan decides, and the key stays the same. */
export const RETRY_COUNT_MAX = 8;
/* A Retry-After longer than this is told to the fan instead of being sat out. */
export const RETRY_AFTER_MS_MAX = 15_000;

/* A token this close to its end is renewed before it is used. */
export const TOKEN_RENEW_MS = 20_000;

/* Concerts and reservations asked for at once: two screens of a desktop. */
export const PAGE_ITEMS = 24;
/* A word is searched for once the typing rests this long. */
export const SEARCH_REST_MS = 250;

/* Seats one fan may choose when the sale names no limit. */
export const CHOSEN_SEATS_MAX = 8;

/* When a sale opens, everybody's page asks again: spread over this long. */
export const OPENING_SPREAD_MS = 1_500;

/* The longest hall the page accepts; the server's own limit is lower. */
export const HALL_SEATS_MAX = 200_000;

/* An operator's numbers, where no stream brings them, are looked at again after this long. */
export const LIVE_POLL_MS = 1_000;
/* A stream of them that ended is opened again after this long. */
export const LIVE_REOPEN_MS = 2_000;
/* Agencies, artists or venues in one list: the most a list of the server has. */
export const ENTRIES_MAX = 1_000;
/* A drawn hall is sent for its picture once the hand rests this long. */
export const DRAW_REST_MS = 300;

/* A stream that says nothing for this long is dead: the server's heartbeats come far more often. */
export const STREAM_SILENCE_MS_MAX = 45_000;
/* A press that waits its turn is asked about where its stream says nothing for this long ... */
export const REQUEST_SILENCE_MS_MAX = 5_000;
/* ... after this pause, unless it was decided by then ... */
export const REQUEST_LOOK_MS = 1_000;
/* ... and so often: the server gives up a request after a minute, and says so. */
export const REQUEST_LOOK_COUNT_MAX = 80;
/* Without a stream, the line's document is fetched about this often. */
export const LINE_POLL_MS = 4_000;
/* A place that cannot be counted any more is asked for within this time, spread over all fans. */
export const LINE_SPREAD_MS = 5_000;
/* Hashes tried in one go: some milliseconds. */
export const PROOF_SLICE_TRIES = 2_000;

/* Of a refund's reason: the server takes 200 bytes, and a Korean letter has three. */
export const REFUND_REASON_LETTERS = 66;
