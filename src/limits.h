/*
 * limits.h — every maximum of the server, with its reason.
 *
 * Thread   Constants.
 * Memory   None.
 *
 * Reaching a limit is an ordinary answer, tested like any other. A limit that an operator may have
 * to change is a setting (src/config); its default and its bounds stand here.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stdint.h>

/* --- base ------------------------------------------------------------------------------------- */
#define ID_MAX ((INT64_C(1) << 53) - 1) /* what a JavaScript number can carry (RFC 8259 §6) */
enum {
    CSV_FIELDS_MAX = 32,       /* of one record; the widest table of ours has 14 columns */
    LOG_LINE_BYTES_MAX = 4096, /* a pipe takes this much in one piece (POSIX PIPE_BUF on Linux) */
};

/* --- net -------------------------------------------------------------------------------------- */
enum {
    HTTP_URL_BYTES_MAX = 2048, /* the longest of ours has 200; browsers stop near 2,000 */
    HTTP_HEADER_BYTES_MAX =
        16 * 1024,              /* all of them together; nginx allows 8 kB and four larger ones */
    HTTP_HEADER_COUNT_MAX = 64, /* browsers send about 20 */
    HTTP_BODY_BYTES_MAX = 64 * 1024, /* the largest ordinary body is a reservation of a few seats */
    HTTP_ARENA_BYTES_MAX = 32 * 1024 * 1024, /* a seat list of 1,000 or a seat map being answered */
    HTTP_PARAMS_MAX = 4,                     /* `{…}` in one route */
    HTTP_QUERY_MAX = 16,                     /* name=value pairs in one query string */
    HTTP_PIPELINE_MAX = 16,        /* answers to a pipelining client gathered into one write */
    HTTP_CONNECTIONS_MAX = 200000, /* default; 100,000 waiting fans and room for the others */
    HTTP_CONNECTIONS_PER_ADDRESS_MAX = 1024, /* default; a campus or a carrier shares one address */
    HTTP_HEADER_TIMEOUT_MS =
        10000, /* a phone on a bad network needs seconds, an attacker minutes */
    HTTP_BODY_TIMEOUT_MS = 20000,
    HTTP_IDLE_TIMEOUT_MS = 60000,
    HTTP_DRAIN_MS = 10000, /* an orderly stop waits this long for requests in flight */
    LOOPS_MAX = 64,
    LOOP_NOTES_MAX = 64, /* answers of a turn given between two looks at the sockets: half a ms */
    HTTP_SEGMENTS_MAX =
        16, /* words between the slashes of a path that a route can have; ours have 5 */
    HTTP_REQUEST_LINE_BYTES_MAX =
        HTTP_URL_BYTES_MAX + 64, /* with leading empty lines, the method */
    HTTP_HEAD_BYTES_MAX = HTTP_REQUEST_LINE_BYTES_MAX + HTTP_HEADER_BYTES_MAX + 16, /* all of it */
    HTTP_CHUNK_FRAMING_FACTOR_MAX = 8,        /* chunks of one byte have five bytes around them */
    HTTP_CHUNK_FRAMING_BYTES_MAX = 16 * 1024, /* and extensions and trailers that nobody reads */
    HTTP_BACKLOG = 4096, /* connections the kernel keeps for a loop that is busy for a moment */
    HTTP_READ_BYTES =
        64 * 1024, /* one read takes at most this; also what a pipeliner can have waiting */
    HTTP_ARENA_FIRST_BYTES = 8 * 1024, /* a request, its head and an ordinary answer fit */
    HTTP_ARENAS_KEPT_MAX = 1024, /* of one loop, 8 MB: what waits for one turn of the engine */
    HTTP_ANSWER_HEAD_BYTES_MAX = 16 * 1024,  /* as much as we take from others */
    HTTP_ANSWER_COPIED_BYTES_MAX = 8 * 1024, /* up to here copying a body beats a second buffer */
    HTTP_GATHERED_BYTES_MAX = 32 * 1024,     /* answers waiting for one write */
    HTTP_LINGER_MS = 2000, /* a refused client that still sends hears its answer before the close */
    HTTP_LINGER_BYTES_MAX = 16 * 1024 * 1024, /* what it may send meanwhile */
    HTTP_LINGERING_MAX = 1024,                /* of one loop; the next one is closed at once */
    HTTP_SWEEP_MS_MAX = 250,                  /* a deadline is noticed this late at most */
    STATIC_FILES_MAX = 1024,                  /* the page has about 30 */
    STATIC_BYTES_MAX = 64 * 1024 * 1024,      /* all of them, with their compressed forms */
    STATIC_DEPTH_MAX = 8,                     /* folders in folders */
};

/* --- net, streams ----------------------------------------------------------------------------- */
enum {
    HTTP_STREAMS_MAX = 120000,        /* default; 100,000 waiting fans, and some with two tabs */
    LEAFLET_BYTES_MAX = 512 * 1024,   /* the operator's numbers with SALES_MAX sales have 350 kB */
    LEAFLET_NAME_BYTES_MAX = 32,      /* "serving", "admitted" */
    HTTP_STREAM_HEARTBEAT_MS = 15000, /* nginx and most carriers cut a connection quiet for 60 s */
    HTTP_STREAM_HEARTBEATS_MAX =
        2048,                  /* in one sweep of a loop, 8 ms: all of 120,000 within 15 s */
    HTTP_STREAM_PINGS_MAX = 2, /* unanswered: the peer is gone */
    WEBSOCKET_PARTIAL_MAX =
        1024, /* messages of one loop that are here in part, 9 kB and their text each */
    WEBSOCKET_FRAMES_MAX = 256, /* of one message: browsers send one, and each costs a block */
    WEBSOCKET_REPLY_BYTES_MAX = 8192, /* pongs to what came in one go: no longer than their pings */
    HTTP_STREAM_USER_TIMEOUT_MS = 30000, /* the kernel's patience with a peer that is silent */
    HTTP_STREAM_QUEUE_MAX = 256,         /* leaflets waiting for one slow reader, in order … */
    HTTP_STREAM_QUEUE_BYTES_MAX = 256 * 1024, /* … and all of them together */
    HTTP_STREAM_RETRY_LEAST_MS = 1000, /* a browser comes back after a time between these two … */
    HTTP_STREAM_RETRY_MOST_MS = 5000,  /* … so that 100,000 do not come in the same second */
    HTTP_STREAM_GOODBYE_RETRY_MS = 10000, /* the same when the server goes: it may take a while */
    WEBSOCKET_TEXT_BYTES_MAX = 64 * 1024, /* one message of a client, however many frames */
    WEBSOCKET_CONTROL_BYTES_MAX = 125,    /* RFC 6455 §5.5 */
};

/* --- push ------------------------------------------------------------------------------------- */
enum {
    PUSH_CHANNELS_MAX = 65536,    /* a line for each of SALES_MAX sales, and requests under way */
    PUSH_INTERVAL_MS = 1000,      /* a fan cannot read faster, and 100,000 of them cost 0.3 s */
    PUSH_SLICE = 256,             /* listeners served before the loop looks at its requests: 1 ms */
    PUSH_STREAMS_PER_FAN_MAX = 8, /* tabs of one fan with one loop */
    PUSH_TEXT_BYTES_MAX =
        4096,                 /* what a WebSocket client may say when its endpoint names nothing */
    PUSH_PARCELS_MAX = 65536, /* handed to a loop and not taken yet; one more is dropped */
};

/* --- store ------------------------------------------------------------------------------------ */
enum {
    STORE_JOBS_MAX = 8192, /* jobs waiting for the writer; one more hears 503 */
    STORE_GROUP_MAX = 256, /* jobs in one commit: a booking turn is one job of up to 1,024 asks */
    STORE_STATEMENTS_MAX = 256, /* prepared statements a connection */
    SQL_VALUES_MAX = 24,        /* values in one statement */
    STORE_BUSY_TIMEOUT_MS =
        5000,                 /* default; `ticketrush seed` beside a server writes in short steps */
    STORE_SLOW_MS = 1000,     /* an exchange with the database that took longer was slow */
    STORE_BREAKER_CALLS = 20, /* that decide whether its server is left alone */
    STORE_BREAKER_OPEN_MS = 1000,  /* and for how long: half of what a restart takes */
    POSTGRES_CONNECT_MS = 3000,    /* a server in the same house answers in a few milliseconds */
    POSTGRES_STATEMENT_MS = 10000, /* the longest of ours, the sweep at the start, takes seconds */
    POSTGRES_READ_MS = 5000,       /* where somebody waits at a page: after this a server hangs */
    POSTGRES_SNAPSHOT_MS = 900000, /* one statement of an audit reads whole tables */
    POSTGRES_SCRIPT_MS = 900000,   /* a migration may have to rewrite a large table */
    POSTGRES_GRACE_MS = 2000,      /* the server ends what takes too long; after this, we do */
    POSTGRES_IDLE_MS = 10000,   /* a transaction nobody speaks in: its process hangs, others wait */
    POSTGRES_RESOLVE_MS = 3000, /* to find out what became of a commit; then it is unknown */
    POSTGRES_BACKOFF_LEAST_MS = 20,      /* before the second attempt to connect */
    POSTGRES_BACKOFF_MOST_MS = 1000,     /* a server that is back is found within a second */
    POSTGRES_KEEPALIVE_IDLE_SECONDS = 5, /* a cable that was cut is noticed after about ten */
    POSTGRES_KEEPALIVE_EVERY_SECONDS = 2,
    POSTGRES_KEEPALIVE_COUNT = 3,
    POSTGRES_USER_TIMEOUT_MS = 10000, /* the same for bytes that are under way */
    POSTGRES_PENDING_MAX = 1024,      /* statements of one exchange: 100 kB of answers */
    POSTGRES_GATHERERS_MAX = 4,       /* inserts that gather side by side: a hold needs two */
    POSTGRES_GATHER_ROWS_MAX = 8192,  /* the seats of a turn of 1,024 holds, mostly */
    POSTGRES_GATHER_BYTES_MAX = 1024 * 1024,
    SQLITE_WRITER_CACHE_KIB = 16 * 1024, /* the pages a rush touches: the rows of one sale */
    SQLITE_READER_CACHE_KIB = 2 * 1024,  /* a worker's; the system's page cache stands behind it */
    SQLITE_GATHER_BYTES_MAX = 64 * 1024, /* SQLite writes less than 128 KiB in one call */
    SQLITE_PATH_BYTES_MAX = 4096,        /* PATH_MAX on Linux */
    SQLITE_LOG_PAGES_HARD_MAX = 49152,   /* 192 MiB: then the writer waits for the disk */
    SQLITE_LOG_PAGES_MAX = 16384,        /* 64 MiB: what a restart may have to read again */
};

/* --- bus -------------------------------------------------------------------------------------- */
enum {
    BUS_TOPICS_MAX = 16,     /* each is several files of a broker; this product needs a few */
    BUS_PARTITIONS_MAX = 64, /* of a topic: as many nodes can share one */
    BUS_GROUPS_MAX = 16,     /* of an in-process bus: one for each use of a topic, and tests */
    BUS_MEMBERS_MAX = 64,    /* consumers of a group: a partition each */
    BUS_KEY_BYTES_MAX = 64,
    BUS_VALUE_BYTES_MAX = 64 * 1024, /* a request's body at most: HTTP_BODY_BYTES_MAX */
    BUS_REASON_BYTES_MAX = 256,      /* a sentence */
    BUS_UNDER_WAY_MAX = 65536, /* waiting for the broker's word; as many asks wait for the engine */
    BUS_LOG_MESSAGES_MAX = 65536,   /* one in-process partition, some 300 bytes each; then 503 */
    BUS_DEAD_LETTERS_MAX = 1024,    /* the same, dead letters: the oldest are forgotten */
    BUS_QUEUED_KIB_MAX = 64 * 1024, /* of messages on their way to a broker */
    BUS_FETCHED_KIB_MAX = 8 * 1024, /* of messages that a consumer has ahead of its caller */
    BUS_BATCH_MAX = 1024,           /* records taken at once: one transaction's worth */
    BUS_LINGER_MS = 2, /* a crowd's messages share a request: a third of the broker's CPU each */
    BUS_DELIVERY_MS = 5000,  /* a fan looks at a spinning wheel this long, then hears 503 */
    BUS_SLOW_MS = 2000,      /* a delivery usually takes some milliseconds */
    BUS_COMMIT_MS = 5000,    /* waiting for the word that a position is kept */
    BUS_JOIN_MS_MAX = 10000, /* a member that closes waits this long for its first assignment */
};

/* --- audit ------------------------------------------------------------------------------------ */
enum {
    AUDIT_RULES_MAX = 96,        /* ways of breaking a promise; there are about 65 */
    AUDIT_EXAMPLES_MAX = 100,    /* named for each rule: thirty fans on one seat, and more */
    AUDIT_HOLD_GRACE_MS = 10000, /* a server ends a hold within a turn; this is far more */
};

/* --- workers ---------------------------------------------------------------------------------- */
enum {
    WORKERS_DEFAULT = 4,
    WORKERS_MAX = 64,
    WORKER_JOBS_MAX = 4096, /* waiting reads; one more hears 503 */
};

/* --- waiting ---------------------------------------------------------------------------------- */
enum {
    WAITING_ROOMS_MAX = 256,          /* lines at once; a promoter opens some ten on a busy day */
    WAITING_PLACES_MAX = 1024 * 1024, /* sequence numbers of one line: 32 MB */
    WAITING_EARLIER_MAX = 7,  /* places a fan had before in a line, as far as they are counted */
    WAITING_REJOINS_FREE = 2, /* of these; then each place costs a wait … */
    WAITING_REJOIN_MS = 30 * 1000,   /* … of this, twice as long each time: 16 minutes at most */
    WAITING_DOORS = 9,               /* the public one and eight presale rounds */
    WAITING_ASKS_MAX = 65536,        /* asks waiting for the usher; one more hears 503 */
    WAITING_ROUND_MAX = 1024,        /* asks of one round; they share a commit */
    WAITING_TELLINGS_MAX = 4096,     /* comings and goings heard in one round */
    WAITING_PLACE_EVENTS_MAX = 64,   /* of one place in one answer; it has five, and one a hold */
    WAITING_SOLUTION_BYTES_MAX = 64, /* of a challenge: 20 digits do */
    WAITING_CALLS_MAX = 1000,        /* fans called in one round: 20,000 a second */
    WAITING_SWEPT_MAX = 4096,        /* places ended in one round, an event each */
    WAITING_TOUCH_MAX = 1024,        /* signs of life in one call */
    /* Events of one line in one round: an event each, and a draw. */
    WAITING_ENTRIES_MAX =
        WAITING_ROUND_MAX + WAITING_TELLINGS_MAX + WAITING_CALLS_MAX + WAITING_SWEPT_MAX + 1,
    WAITING_DURABLE_MS = 5000, /* for another node to write down what was decided here */
    WAITING_IDLE_MS = 120000,  /* a phone that sleeps or changes its network comes back by then */
    WAITING_SHOW_MS = 2000,    /* who is there comes within this time of being called */
    WAITING_COMMIT_US = 20000, /* slower commits than this make the adaptive mode slow down */
    WAITING_SIGNS_MS = 30000,  /* how often an open stream counts as a sign of life */
    WAITING_NEWS_MAX = 262144, /* comings and goings the usher has not seen yet: 8 MB */
    WAITING_CLAIM_MS = 30000,  /* to come in once called: four polls of a slow phone */
    WAITING_FANS_PER_SECOND_MAX = 10000, /* admitted: more than the engine needs for any hall */
    WAITING_FANS_PER_SECOND = 50,        /* default */
    WAITING_ACTIVE_MAX = 100000,    /* fans in at once: as many as the largest hall has seats */
    WAITING_ACTIVE = 500,           /* default */
    WAITING_ENTRY_SECONDS_MIN = 10, /* less than it takes to look at a seat map */
    WAITING_ENTRY_SECONDS_MAX = 3600,
    WAITING_ENTRY_SECONDS = 300,       /* default */
    WAITING_DOCUMENT_BYTES_MAX = 4096, /* what every waiting fan is sent; usually 500 bytes */
    WAITING_DEPARTURES_TOLD_MAX = 64,  /* turns given up that the document names: 1 kB */
    WAITING_CHALLENGE_BITS_MAX = 24,   /* 17 million hashes: half a minute of a phone */
    WAITING_RECEIPT_BYTES_MAX = 512,   /* ours have about 230 */
    WAITING_PASS_BYTES_MAX = 160,      /* an entry token; ours have 122 */
    WAITING_LOG_PAGE_MAX = 10000,      /* events of the log in one answer: 0.5 MB */
    WAITING_LOG_BYTES_MAX = 256 * 1024 * 1024,  /* a log file to check: 3 million events */
    WAITING_JOINS_PER_ADDRESS_PER_MINUTE = 600, /* default; a carrier's fans share one address */
    WAITING_JOINS_PER_ACCOUNT_PER_MINUTE = 10,  /* who leaves and comes back gets a new place */
};

/* --- booking ---------------------------------------------------------------------------------- */
enum {
    BOOKING_TURN_MAX = 1024,        /* asks in one turn: a group commit of this size takes 1.8 ms */
    BOOKING_ASKS_MAX = 65536,       /* asks waiting for their turn; one more hears 503 */
    BOOKING_CLAIM_EVERY_MS = 1000,  /* a process that looks on takes over this soon */
    BOOKING_LAPSES_MAX = 4096,      /* holds that lapse in one turn: each costs two updates */
    RESERVATION_NUMBERS_MAX = 1024, /* ids taken at once: a turn's; as many a start may skip */
    BOOKING_KEYS_LOADED_MAX = 131072,   /* keys read back at start: older ones the index finds */
    BOOKING_SWEPT_MAX = 1024 * 1024,    /* reservations looked at once, at the start: 0.1 s */
    BOOKING_LIVE_MAX = 8 * 1024 * 1024, /* live reservations of all sales together */
    BOOKING_PAYING_MS_MAX = 30000, /* a payment under way keeps its seats this long past the hold */
    SEATS_PER_RESERVATION_MAX = 16, /* K-POP sales allow 1 to 4; groups a few more */
    SEATS_PER_OPTION_MAX = 100000,  /* the largest stadium configurations hold 70,000 */
    SALES_MAX = 1024,               /* sales the engine holds in memory */
    BOARDS_RETIRED_MAX = 128, /* of replaced layouts, kept till the end; 1.5 MB each at most */
    IDEMPOTENCY_KEY_BYTES_MAX = 64, /* a UUID has 36 */
    BOARD_CHANGES_MAX =
        65536, /* changes a board remembers: a fan that slept longer takes it whole */
    BOARD_YOUNGER_MAX = 4096, /* changes while a sale's rows are read: 50,000 rows take 50 ms */
    HOLD_SECONDS_MAX = 3600,
    CONCERT_SEATS_PER_FAN_MAX = 160, /* ten dates of SEATS_PER_RESERVATION_MAX */
    PRESALE_ROUNDS_MAX = 8,          /* of one sale; clubs and cards are two or three */
    ALLOTMENTS_MAX = 200,            /* of one sale at once; each seat knows its own by a byte */
    MARKED_SEATS_MAX = 10000, /* blocked or set aside by one request: 20 ms of the writer at most */
    GROUP_MEMBERS_MAX = 1000000, /* the engine has in memory: 24 MB; one more is no member */
    GROUPS_READ_MAX = 4096,      /* groups that sales name: four a sale */
    PRICE_WON_MIN = 1,           /* nobody pays nothing: payments and their ledger are above zero */
    PRICE_WON_MAX = 100000000,   /* keeps every sum far below 2^53 */
};

/* --- strategies ------------------------------------------------------------------------------- */
enum {
    STRATEGY_ASKS_MAX = 4096, /* waiting for a worker: a second or two of them; one more: 503 */
    STRATEGY_WORKERS_DEFAULT = 16, /* each has a connection; PostgreSQL allows 100 by default */
    STRATEGY_ATTEMPTS_MAX = 16,    /* somebody was faster that often; then it is busy */
    STRATEGY_PAUSE_MS_MAX = 32,    /* between two attempts at most: a commit takes a few */
    STRATEGY_LOCK_WAIT_MS = 3000, /* for a seat's lock: a lease, after which a dead owner is gone */
    STRATEGY_RESOLVE_MS = 3000,   /* to find out what became of a commit; then it is unknown */
    STRATEGY_RESOLVE_LOOK_MS = 20,
    STRATEGY_AVOIDED_MAX = 4096, /* seats that best-available passes over in one ask, or batch */
    STRATEGY_PICKS_MAX = 16,     /* best blocks tried that others took first; then it is busy */
    QUEUE_PARTITIONS = 16,       /* of v4's topic: as many consumers can share it */
    QUEUE_CONSUMERS_MAX = 16,
    QUEUE_CONSUMERS_DEFAULT = 4, /* where the database decides several batches at once */
    QUEUE_BATCH_MAX = 256,       /* requests in one transaction; one that fails is tried alone */
    QUEUE_LAG_MAX = 65536,       /* requests waiting to be decided; one more hears 503 */
    QUEUE_TRIES_MAX = 20,        /* of one request alone, 2 s, before it is buried */
    QUEUE_TAKE_MS = 200,         /* how long a consumer waits: a stop is noticed this late */
    QUEUE_PAUSE_MS = 100,        /* between two tries of a store that does not answer */
    QUEUE_KEPT_MS = 24 * 60 * 60 * 1000, /* what a broker keeps of the topic: a day to look back */
    QUEUE_REQUEST_MS =
        60 * 1000, /* a request not decided by then has failed: no fan waits longer */
    QUEUE_ROWS_KEPT_MS = 2 * QUEUE_KEPT_MS, /* an outcome outlives its message */
    QUEUE_ROWS_SWEPT_MAX = 512,     /* old outcomes forgotten with one batch: twice what it adds */
    QUEUE_MESSAGE_BYTES_MAX = 1024, /* 16 seats of 16 digits, and 300 bytes around them */
    REQUESTS_WATCHED_MAX = 65536,   /* requests that somebody listens to: as many channels */
    REQUESTS_LOOK_MS = 5000,        /* how late a lost outcome is found for who listens */
    REQUEST_STATES_MAX = 65536,     /* states of requests known in this process: 50 MB */
    REQUEST_STATE_MS = 10 * 60 * 1000, /* a page that was closed and opened again finds it */
};

/* --- config ----------------------------------------------------------------------------------- */
enum {
    CONFIG_FILE_BYTES_MAX = 64 * 1024, /* twenty settings with a page of comments each */
    COMMAND_LAB_ARGUMENTS_MAX = 16,    /* handed on to the lab: it has eight options */
    COMMAND_LAB_FANS_MAX = 8192,       /* as many have a token in the lab */
    COMMAND_ASSIGNMENTS_MAX = 64,      /* --set on one command line: each setting, and more */
    CONFIG_VALUE_BYTES_MAX = 4096,     /* a path: PATH_MAX on Linux */
    CONFIG_STREAMS_MAX = 1000000,      /* as many as connections */
    CONFIG_WORKERS_MIN = 2,            /* one read that hangs must not stop the others */
    CONFIG_CONNECTIONS_MAX = 1000000,  /* file descriptors a process of Linux may have by default */
    CONFIG_RATE_MAX = 1000000,         /* a bench raises the rates; above this there is no limit */
    CONFIG_TIMEOUT_MS_MIN = 50,        /* tests wait for a time-out, and nobody else wants less */
    CONFIG_TIMEOUT_MS_MAX = 3600000,   /* an hour is for ever */
    REQUESTS_PER_ACCOUNT_PER_SECOND = 50, /* default; a page that polls and books sends about 5 */
    REQUESTS_PER_ACCOUNT_BURST =
        2,                     /* times the rate: a page that opens asks for everything at once */
    FANS_COUNTED_MAX = 131072, /* accounts whose requests are counted: a rush's fans; 2 MB */
    OUTSIDE_LOOK_MS = 500,     /* how soon a server notices what another process has written */
    LOGINS_PER_ADDRESS_PER_MINUTE = 300, /* default; a carrier's fans share one address */
};

/* --- api, what is observed -------------------------------------------------------------------- */
enum {
    ACCESS_LOG_LINES_MAX = 100, /* failures logged a second and loop: the rest is only counted */
    SLOW_REQUEST_US = 1000000,  /* logged as slow; a fan notices a second */
};

/* --- guard ------------------------------------------------------------------------------------ */
enum {
    BREAKERS_MAX = 16, /* neighbours: database, Redis, Kafka, gateways, the streaming server */
    BREAKER_WINDOW_MAX =
        256, /* calls a breaker remembers: a few hundred tell an outage from luck */
};

/* --- account ---------------------------------------------------------------------------------- */
enum {
    TOKEN_BYTES_MAX = 1024,         /* ours have about 260; nothing longer is even decoded */
    TOKEN_KEYS_MAX = 16,            /* a monthly rotation for a year, and some room */
    TOKEN_KID_BYTES_MAX = 16,       /* hexadecimal digits, 8 at least */
    TOKEN_KEY_NAMES_TRIED_MAX = 64, /* others may rotate in the same milliseconds */
    TOKENS_REMEMBERED_MAX =
        32768, /* a loop: 1.3 MB; one more forgets another, which is checked anew */
    ACCOUNT_ACCESS_TOKEN_MS = 15 * 60 * 1000, /* how long a deleted account's token stays good */
    ACCOUNT_STREAM_TOKEN_MS = 60 * 1000,      /* from asking for it to opening the stream */
    ACCOUNT_STREAM_PATH_BYTES_MAX = 200,      /* the path it is good for; ours have 60 */
    ACCOUNT_TOKEN_HOURS_MAX = 24,             /* for tokens made on the command line */
    ACCOUNT_TOKENS_PRINTED_MAX = 1000000,     /* the same: a fan each for the largest load run */
    ACCOUNT_EMAIL_BYTES_MAX = 254,            /* RFC 5321 §4.5.3.1.3 less the angle brackets */
    ACCOUNT_EMAIL_LOCAL_BYTES_MAX = 64,       /* before the @: RFC 5321 §4.5.3.1.1 */
    ACCOUNT_EMAIL_LABEL_BYTES_MAX = 63,       /* between two dots: RFC 1035 §2.3.4 */
    ACCOUNT_NICKNAME_LENGTH_MIN = 2,          /* code points */
    ACCOUNT_NICKNAME_LENGTH_MAX = 20,
    ACCOUNT_NICKNAME_BYTES_MAX = 4 * ACCOUNT_NICKNAME_LENGTH_MAX,
    LOGIN_BYTES_MAX = 8 * 1024, /* the body of a sign-up has 4 kB, every letter escaped; strangers
                                   send it, and reading JSON takes 75 ns a byte */
    ACCOUNT_PASSWORD_LENGTH_MIN = 8, /* code points; NIST SP 800-63B §5.1.1.2 */
    ACCOUNT_PASSWORD_LENGTH_MAX = 128,
    ACCOUNT_PASSWORD_BYTES_MAX = 4 * ACCOUNT_PASSWORD_LENGTH_MAX,
    ACCOUNT_HASHES_MAX = 2,           /* at once: 19 MiB each of the server's 64 MB */
    ACCOUNT_HASH_JOBS_MAX = 128,      /* waiting: about 2 s of work; one more hears 503 */
    ACCOUNT_SESSIONS_MAX = 16,        /* log-ins of one account that live side by side */
    REFRESH_FAMILY_TOKENS_MAX = 2048, /* 14 days of one each quarter of an hour are 1,344 */
    REFRESH_EXPIRED_ROWS_MAX = 100,   /* swept by one log-in: twice what it may add is plenty */
    LOGINS_PER_EMAIL_PER_MINUTE = 10, /* from one address; a person mistypes three times */
    LOGIN_KEYS_MAX = 65536,           /* addresses, and pairs of one with an e-mail: 1 MB each */
    FAN_CODE_LENGTH_MIN = 8, /* letters and digits: with 10 tries a minute nobody guesses one */
    FAN_CODE_LENGTH_MAX = 64,
    FAN_CODE_TYPED_BYTES_MAX = 200,    /* with spaces and hyphens, as somebody types it */
    FAN_CODES_ADDED_MAX = 5000,        /* by one request: 10 ms of the writer */
    CODES_BYTES_MAX = 512 * 1024,      /* 5,000 codes of 64 characters, and their quotes */
    FAN_CODES_PER_FAN_PER_MINUTE = 10, /* a person mistypes three times */
    FAN_CODES_PER_ADDRESS_PER_MINUTE = 100,
    FAN_GROUPS_LISTED_MAX = 200, /* of one fan; there are not that many clubs */
    SIGNUPS_PER_ADDRESS_PER_MINUTE =
        600, /* a crowd behind one carrier's address on the last evening */
};

/* --- rush ------------------------------------------------------------------------------------- */
enum {
    RUSH_FANS_MAX = 1000000,       /* ten times the night the server is built for */
    RUSH_CONNECTIONS_MAX = 16384,  /* one address has 28,000 ports; a few wait in TIME_WAIT */
    RUSH_SEATS_EACH_MAX = 8,       /* more than any K-POP sale allows one fan */
    RUSH_ACKS_MAX = 4000000,       /* acknowledged reservations remembered: 500 MB */
    RUSH_REQUEST_BYTES_MAX = 2048, /* headers with a token of 600 bytes, and a body of 8 seats */
    RUSH_ANSWER_BYTES_MAX = 1024 * 1024, /* the states of 3,000,000 seats */
    RUSH_OPENING_MS_MAX = 15000, /* a server notices a sale within a second, a loaded one later */
    RUSH_ANSWER_TIMEOUT_MS = 10000, /* later than this it may still come, but is unknown */
    RUSH_BACKOFF_LEAST_MS = 20,     /* before the first attempt to connect again */
    RUSH_BACKOFF_MOST_MS = 500,     /* a restarted server is found within half a second */
    RUSH_READ_EVERY_MS = 100,       /* how old the seat states on a fan's screen get */
    RUSH_FAULTS_NAMED_MAX = 20,     /* wrong answers and losses told in words; all are counted */
    RUSH_DURATION_SECONDS_MAX = 24 * 3600,
};

/* --- catalog ---------------------------------------------------------------------------------- */
enum {
    CATALOG_SECTIONS_MAX = 1000,    /* of one option; large stadiums sell about 150 */
    CATALOG_ROWS_MAX = 20000,       /* of one option: 100,000 seats in rows of five */
    CATALOG_PAGE_DEFAULT = 50,      /* items of a list when nobody says how many */
    CATALOG_PAGE_MAX = 1000,        /* items of a list at most */
    CATALOG_SEARCH_BYTES_MAX = 200, /* a search of 60 Hangul syllables */
    SEARCH_WORDS_MAX = 4,           /* that are looked for each by itself */
    SEARCH_CONCERTS_MAX = 1000,     /* of one artist, found anew by an artist's new name */
    SEARCH_FILLED_MAX = 500,        /* rows made findable by one transaction */
    CATALOG_JOB_ROWS_MAX = 2000, /* rows a seeding transaction writes: about 10 ms of the writer */
    CATALOG_DOCUMENT_BYTES_MAX = 16 * 1024 * 1024, /* a seat map of 100,000 seats has 0.5 MB */
    CATALOG_DOCUMENTS_BYTES_MAX = 8 * 1024 * 1024, /* encoded answers a loop remembers */
    CATALOG_SHARED_MS = 60 * 60 * 1000, /* how long the shared cache keeps one: versions outdate it,
                                           this only gives its room back */
    CATALOG_STALE_MS = 200, /* how long fans get what another node has just outdated, while it is
                               read anew: several times what reading takes */
    CATALOG_DOCUMENTS_MAX = 4096, /* the same, counted: unknown ids are remembered */
    SALE_OPENS_IN_SECONDS_MAX = 366 * 24 * 60 * 60, /* a year: sales are announced months ahead */
    CATALOG_NAME_BYTES_MAX = 200,                   /* a name or a title: 66 Hangul syllables */
    CATALOG_PROSE_BYTES_MAX = 8000,                 /* a description: two printed pages */
    CATALOG_CAPACITY_MAX = 1000000,       /* of a venue: five times the largest ground there is */
    CATALOG_BILL_MAX = 64,                /* artists of one concert; a festival day has about 30 */
    CATALOG_GUARDS_MAX = 8,               /* tags in one If-Match; a client has seen one or two */
    CATALOG_KEY_MS = 24 * 60 * 60 * 1000, /* how long a creation's idempotency key is known */
    DRAFT_FIELDS_MAX = 6,                 /* that can be edited of one thing: a concert has them */
    CHANGE_SEATS_MAX = 1000,   /* seats that a recorded change names; beyond that it counts them */
    CHANGE_SECTIONS_MAX = 150, /* sections that one names; large stadiums sell as many */
    MARKS_BYTES_MAX = 256 * 1024, /* 10,000 ids of 16 digits */
    CATALOG_KEYS_SWEPT_MAX = 100, /* old keys forgotten by one creation: far more than it adds */
    CHANGES_PAGE_MAX = 200, /* recorded edits in one answer: 16 kB of descriptions twice, each */
    CATALOG_CHANGES_MAX =
        4096, /* seats in one difference; beyond it the whole states are smaller */
};

/* --- catalog, layouts and sales that operators send ----------------------------------------- */
enum {
    LAYOUT_LOOKED_AT_MAX = 131072,      /* ids, of 128 blocks that were taken before: 10 ms */
    LAYOUT_BYTES_MAX = 8 * 1024 * 1024, /* 100,000 seats as objects of 80 bytes */
    LAYOUT_NAME_BYTES_MAX = 64,         /* of a section; as long as a reservation can name */
    LAYOUT_GRADE_BYTES_MAX = 32,
    LAYOUT_LABEL_BYTES_MAX = 16,    /* of a row or a seat: printed on a ticket beside others */
    LAYOUT_STEP_MAX = 100,          /* between the numbers of neighbouring seats */
    LAYOUT_COORDINATE_MAX = 10000,  /* seat pitches: 5 km */
    COMPLAINTS_MAX = 1000,          /* listed; those beyond it are counted: 100 kB of answer */
    COMPLAINT_FIELD_BYTES_MAX = 96, /* "sections[999].rows[19999].seats[99999].accessible" */
};

/* --- redis, lock, cache ----------------------------------------------------------------------- */
enum {
    REDIS_CONNECTIONS_MAX = 32, /* default of a pool: twice the workers that ask at once */
    REDIS_CONNECT_MS = 500,     /* on one network it takes less than 1; a fan notices a second */
    REDIS_SLOW_MS = 250,       /* what a caller can bear; its breaker opens when most take longer */
    REDIS_COMMAND_MS = 1000,   /* the slowest script of ours takes 5 */
    REDIS_COMMANDS_MAX = 1024, /* in one round trip: their replies fit the server's buffers */
    REDIS_WORDS_MAX = 4096,    /* a script call about as many seats as a reservation may have, or
                                   a page of 1,000 fans with what belongs to each */
    REDIS_ITEMS_MAX = 65536,   /* of one list: a slice of the waiting line */
    REDIS_REPLY_BYTES_MAX = 16 * 1024 * 1024, /* a cached document; Redis itself allows 512 MB */
    REDIS_SCRIPTS_MAX = 64,                   /* in the whole server; there are about 20 */
    REDIS_LISTENERS_MAX = 4096,               /* channels: a few, and one a sale */
    REDIS_PREFIX_BYTES_MAX = 64,
    REDIS_CHANNEL_BYTES_MAX = 96, /* a word and an id, as a key of ours */
    REDIS_PASSWORD_BYTES_MAX = 512,
    REDIS_PING_MS = 1000,         /* a silent subscription is asked whether it still lives */
    REDIS_BACKOFF_LEAST_MS = 20,  /* before the subscriber connects again */
    REDIS_BACKOFF_MOST_MS = 1000, /* a server that is ready again is found within a second */
    LOCK_KEYS_MAX = SEATS_PER_RESERVATION_MAX,
    LOCK_KEY_BYTES_MAX = 48,  /* "seat:" and an id of 16 digits */
    LOCK_LEASE_MS = 3000,     /* default: how long the seats of a dead owner stay locked */
    LOCK_HOLD_MS = 30000,     /* default: whoever works longer has been forgotten by its client */
    LOCK_WAIT_MS_MAX = 30000, /* nobody waits longer for a seat than a page for its answer */
    LOCK_FALLBACK_MS = 500,   /* a waiter looks for itself this often, for messages can be lost */
    LOCK_WAITERS_MAX = 1024,  /* threads that wait at once; there are about 64 workers */
    LOCK_HOLDS_MAX = 4096,    /* at once: the same, with room for tests */
    CACHE_KEY_BYTES_MAX = 64, /* a kind and 128 bits in hexadecimal digits */
    CACHE_VALUE_BYTES_MAX = 2 * 1024 * 1024, /* the map of 100,000 seats has 0.5 MB */
    CACHE_BYTES_MAX = 16 * 1024 * 1024,      /* of the 64 MB that a server may take */
    CACHE_ENTRIES_MAX = 16384,               /* 1 kB each, a page of a search; unknown ids less */
    CACHE_FLIGHT_MS = 2000, /* how long a reader waits for another's load: then it was lost */
};

/* --- payment ---------------------------------------------------------------------------------- */
enum {
    PAYMENTS_UNDER_WAY_MAX = 16384, /* attempts at once, 1 kB each; one more hears 503 */
    PAYMENT_DATA_BYTES_MAX = 32,    /* what a client tells the built-in gateway to do */
    PAYMENT_ORDER_BYTES_MAX = 64,   /* our name of a payment; what Toss Payments takes */
    PAYMENT_ASK_MS_MIN = 100,       /* before the first question about a lost answer */
    PAYMENT_ASK_MS_MAX = 60000,     /* and before each of those about an old one */
    GATEWAY_TRIES_MAX = 3,          /* of one request; what is open then is asked about later */
    GATEWAY_PAUSE_MS = 100, /* before the second try at most twice this, before the third … */
    GATEWAY_REFUNDS_PER_SECOND = 10, /* default; 20,000 payments of a dome take half an hour */
    GATEWAY_CONNECT_MS = 3000,       /* default; TLS on a bad day */
    GATEWAY_TOTAL_MS = 10000,        /* default; card companies answer within seconds */
    HTTP_CALLS_AT_ONCE_MAX = 64, /* connections to the gateway; more would look like an attack */
    HTTP_CALL_ANSWER_BYTES_MAX = 64 * 1024, /* a Payment object has 3 kB, more with many cancels */
    GATEWAY_NAME_BYTES_MAX = 16,            /* "test", "toss" */
    GATEWAY_KEY_BYTES_MAX = 200,         /* a gateway's name of a payment; Toss Payments has 200 */
    LEDGER_LOOK_MS = 60 * 1000,          /* between two looks at the whole ledger */
    SETTLEMENT_LINE_BYTES_MAX = 8192,    /* a transaction has 500 */
    SETTLEMENT_ORDERS_MAX = 2000000,     /* a month of ten domes; 200 MB of the command's memory */
    WEBHOOK_AGE_MS_MAX = 10 * 60 * 1000, /* from its transmission: clocks differ, queues hold */
    WEBHOOK_SIGNATURES_MAX = 4,    /* in one header: an old and a new secret, and as many again */
    WEBHOOK_HINTS_PER_SECOND = 20, /* unsigned ones, of all senders: each may cost a question */
    NEWS_PARTITIONS = 4,           /* of the topic: a reservation's news stays in one */
    NEWS_KEPT_MS = 7 * 24 * 60 * 60 * 1000, /* on the bus; the store keeps it for good */
    NEWS_BATCH_MAX = 256,                   /* pieces of news handed on in one go */
    GATEWAY_BOOK_MAX = 4096, /* answers the built-in gateway owes; one more is declined; 128 kB */
    GATEWAY_STALL_ASKS = 3,  /* questions it leaves open before it tells */
    GATEWAY_OVERTAKEN_MS = 250,    /* how long it keeps answers back, to tell the last one first */
    GATEWAY_LATE_MS = 1000,        /* how long after the seats were free its late money comes */
    REFUNDS_UNDER_WAY_MAX = 4096,  /* refunds asked for at once, 1 kB each; one more hears 503 */
    REFUND_REASON_BYTES_MAX = 200, /* a sentence */
    REFUND_RUNS_MAX = 64,          /* refunds of whole dates at once; more wait */
    REFUND_DATES_MAX = 64,       /* of one concert that are given back together; a tour has fewer */
    REFUND_RUN_AT_ONCE_MAX = 32, /* of their refunds under way: half of the gateway's connections */
    REFUND_FREE_DAYS_MAX = 365,  /* sales open months ahead */
    REFUND_FEE_PER_SEAT_MAX = 1000000, /* won; above that, the percentage says it better */
    REFUND_BEFORE_START_MS = 0,        /* a fan may give seats back until the concert starts */
    TICKET_BYTES_MAX = 1024,           /* 16 seats of 16 digits, in base64, and the signature */
};

/* --- api -------------------------------------------------------------------------------------- */
enum {
    RESERVATIONS_PAGE_DEFAULT = 20,
    RESERVATIONS_PAGE_MAX = 100, /* each has its seats read one by one */
};

#endif
