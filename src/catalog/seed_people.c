/* seed_people.c — agencies and artists: real ones, under the names that fans use. */
#include "catalog/seed_data.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const struct seed_agency seed_agencies[] = {
    {"YG Entertainment", "YG엔터테인먼트"},
    {"SM Entertainment", "SM엔터테인먼트"},
    {"HYBE", "하이브"},
    {"JYP Entertainment", "JYP엔터테인먼트"},
    {"EDAM Entertainment", "이담엔터테인먼트"},
    {"ADOR", "어도어"},
    {"Starship Entertainment", "스타쉽엔터테인먼트"},
    {"Pledis Entertainment", "플레디스엔터테인먼트"},
    {"Source Music", "쏘스뮤직"},
    {"Cube Entertainment", "큐브엔터테인먼트"},
    {"BELIFT LAB", "빌리프랩"},
    {"THEBLACKLABEL", "더블랙레이블"},
    {"KQ Entertainment", "KQ엔터테인먼트"},
    {"FNC Entertainment", "FNC엔터테인먼트"},
};
const size_t seed_agency_count = COUNT_OF(seed_agencies);

const struct seed_artist seed_artists[] = {
    {"IU", "아이유", "EDAM Entertainment", {"이지은", "Lee Jieun"}},
    {"NewJeans", "뉴진스", "ADOR", {"뉴진즈", "NJZ"}},
    {"BTS", "방탄소년단", "HYBE", {"방탄", "Bangtan", "Bangtan Boys", "Bangtan Sonyeondan"}},
    {"aespa", "에스파", "SM Entertainment", {NULL}},
    {"SEVENTEEN", "세븐틴", "Pledis Entertainment", {"SVT"}},
    {"BLACKPINK", "블랙핑크", "YG Entertainment", {"블핑"}},
    {"IVE", "아이브", "Starship Entertainment", {NULL}},
    {"LE SSERAFIM", "르세라핌", "Source Music", {NULL}},
    {"Stray Kids", "스트레이 키즈", "JYP Entertainment", {"SKZ", "스키즈"}},
    {"TWICE", "트와이스", "JYP Entertainment", {NULL}},
    {"i-dle",
     "아이들",
     "Cube Entertainment",
     {"(G)I-DLE", "GI-DLE", "GIDLE", "IDLE", "(여자)아이들", "여자아이들"}},
    {"NCT 127", "엔시티 127", "SM Entertainment", {NULL}},
    {"NCT DREAM", "엔시티 드림", "SM Entertainment", {"엔드림"}},
    {"Red Velvet", "레드벨벳", "SM Entertainment", {"레벨벳"}},
    {"EXO", "엑소", "SM Entertainment", {NULL}},
    {"SHINee", "샤이니", "SM Entertainment", {NULL}},
    {"BIGBANG", "빅뱅", "YG Entertainment", {NULL}},
    {"TREASURE", "트레저", "YG Entertainment", {NULL}},
    {"BABYMONSTER", "베이비몬스터", "YG Entertainment", {NULL}},
    {"ITZY", "있지", "JYP Entertainment", {NULL}},
    {"NMIXX", "엔믹스", "JYP Entertainment", {NULL}},
    {"DAY6", "데이식스", "JYP Entertainment", {"데식", "데이6"}},
    {"TOMORROW X TOGETHER",
     "투모로우바이투게더",
     "HYBE",
     {"TXT", "투바투", "Tomorrow by Together"}},
    {"ENHYPEN", "엔하이픈", "BELIFT LAB", {"엔하"}},
    {"ILLIT", "아일릿", "BELIFT LAB", {NULL}},
    {"MEOVV", "미야오", "THEBLACKLABEL", {NULL}},
    {"MONSTA X", "몬스타엑스", "Starship Entertainment", {"몬엑"}},
    {"ATEEZ", "에이티즈", "KQ Entertainment", {NULL}},
    {"CNBLUE", "씨엔블루", "FNC Entertainment", {NULL}},
};
const size_t seed_artist_count = COUNT_OF(seed_artists);
