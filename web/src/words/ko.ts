// ko.ts — every word the page says in Korean.
import type { Words } from "./en.ts";
import { koErrors } from "./ko_errors.ts";

const thousands = (count: number) => count.toLocaleString("ko-KR");

export const ko: Words = {
  tongue: "한국어",
  skip: "본문으로 건너뛰기",
  nav: {
    main: "주 메뉴", concerts: "공연", mine: "내 티켓", logIn: "로그인", logOut: "로그아웃",
    signUp: "회원가입", language: "언어", toDark: "어두운 화면으로", toLight: "밝은 화면으로",
    footer: "먼저 누른 순서대로. 한 좌석에 한 사람.",
  },
  common: {
    loading: "불러오는 중…", again: "다시 시도", back: "뒤로", seats: (n) => `${n}석`,
    close: "닫기", total: "합계", optional: "선택",
  },
  saleStates: {
    SCHEDULED: "오픈 예정", OPEN: "예매 중", PAUSED: "일시 중지", SOLD_OUT: "매진", CLOSED: "종료",
  },
  reservationStates: {
    HOLD: "선점 중", PAYING: "결제 중", CONFIRMED: "예매 완료", EXPIRED: "시간 만료",
    CANCELLED: "취소됨", REFUNDED: "환불됨",
  },
  noSale: "예매 일정 미정",
  concerts: {
    title: "그 무대, 그 자리에.", lead: "모든 K-POP 공연의 모든 좌석을, 누른 순서 그대로.",
    search: "공연과 아티스트 검색", searchHint: "아티스트 또는 공연", clear: "검색어 지우기",
    heading: "공연", found: (n) => `공연 ${n}개`,
    none: "아직 공연이 없습니다", noneText: "발표된 공연이 없습니다. 곧 다시 들러 주세요.",
    noMatch: (words) => `‘${words}’ 검색 결과가 없습니다`,
    noMatchText: "아티스트 이름을 한국어나 영어로 검색해 보세요.",
    more: "더 보기", from: (price) => `${price}부터`, opens: (when) => `${when} 오픈`,
  },
  dates: {
    heading: "공연 일정", none: "아직 일정이 없습니다", noneText: "공연 날짜가 아직 발표되지 않았습니다.",
    choose: "좌석 선택", look: "좌석 배치 보기", left: (n) => `${thousands(n)}석 남음`,
    gone: "매진", opensAt: (when) => `${when} 예매 오픈`, opensIn: "오픈까지",
    opening: "지금 열리는 중…", about: "공연 소개",
    limit: (n) => `1인 최대 ${n}매`,
    holdFor: (n) => `결제하는 동안 좌석을 ${n}분간 잡아 드립니다`,
  },
  hall: {
    map: "좌석 배치도", best: "자동 선택", list: "좌석 목록", stage: "무대", legend: "범례",
    mapLabel: "좌석 배치도",
    mapHelp: "방향키로 좌석을 이동하고 Enter로 선택합니다. 더하기와 빼기로 확대·축소, 0으로 전체 보기, "
      + "Shift와 방향키로 지도를 움직입니다. ‘자동 선택’과 ‘좌석 목록’ 탭에서는 지도 없이 고를 수 있습니다.",
    zoomIn: "확대", zoomOut: "축소", whole: "전체 보기",
    states: {
      available: "선택 가능", held: "다른 분이 선점 중", sold: "판매 완료", blocked: "판매하지 않음",
      chosen: "내가 고른 좌석", accessible: "휠체어석", lost: "다른 분이 선점함",
    },
    section: "구역", row: "열", number: "번호",
    seat: (section, row, number) => `${section} ${row}열 ${number}번`,
    chosen: "선택한 좌석", noneChosen: "아직 고른 좌석이 없습니다",
    noneChosenText: "구역을 눌러 가까이 본 다음 좌석을 눌러 주세요.",
    remove: (seat) => `${seat} 빼기`,
    hold: (n) => `${n}석 선점하기`, holdNone: "좌석을 골라 주세요",
    holding: "선점하는 중…", count: "나란히 앉을 매수", fewer: "한 매 적게", more: "한 매 많이",
    anySection: "구역 상관없이 가장 좋은 자리", holdBest: (n) => `가장 좋은 ${n}석 선점하기`,
    bestText: "무대에 가장 가까운 나란한 좌석을 골라 바로 선점해 드립니다.",
    full: (n) => `1인 최대 ${n}매입니다. 다른 좌석을 고르려면 하나를 빼 주세요.`,
    freeIn: (n) => `${thousands(n)}석 가능`, chooseSection: "구역을 골라 주세요",
    noneFree: "지금 이 구역에는 빈 좌석이 없습니다.",
    stale: "연결이 끊겼습니다. 화면이 최신이 아닐 수 있어 다시 확인하고 있습니다…",
    notOpen: "아직 예매 전입니다. 좌석 배치를 둘러보실 수 있습니다.",
    taken: (n) => `좌석 ${n}석을 다른 분이 먼저 선점했습니다. 나머지는 그대로 선택되어 있습니다.`,
    touchHelp: "두 손가락으로 확대, 끌어서 이동", mouseHelp: "휠로 확대, 끌어서 이동",
  },
  insisting: {
    asking: "요청하는 중…",
    busy: (n) => `지금 요청이 매우 많습니다. 자동으로 다시 요청하고 있습니다 (${n}번째).`,
    lost: (n) => `응답이 오지 않았습니다. 같은 요청 번호로 다시 보내므로 두 번 처리되지 않습니다 (${n}번째).`,
  },
  checkout: {
    heading: "결제", held: "좌석을 잡아 두었습니다", timeLeft: "남은 결제 시간",
    spoken: (seconds) => seconds === 0 ? "선점 시간이 끝났습니다."
      : seconds < 60 ? `결제 시간이 ${seconds}초 남았습니다.` : `결제 시간이 ${seconds / 60}분 남았습니다.`,
    order: "주문 내역", demo: "데모 결제", demoText: "내장된 시험용 결제입니다. 실제 돈은 움직이지 않습니다. 결제 결과를 골라 주세요.",
    approve: "승인", approveText: "결제가 완료됩니다", decline: "거절", declineText: "카드가 거절됩니다",
    pay: (amount) => `${amount} 결제하기`, paying: "결제하는 중…", cancel: "좌석 반납하기",
    cancelling: "반납하는 중…", cancelSure: "정말 이 좌석을 반납할까요? 바로 다른 분이 선점할 수 있습니다.",
    keep: "계속 갖고 있기", declined: "결제가 거절되었습니다",
    declinedText: "결제된 금액은 없고 좌석은 그대로 선점되어 있습니다. 다시 시도해 주세요.",
    retry: (amount) => `${amount} 다시 결제하기`,
    payingTitle: "결제를 확인하고 있습니다",
    payingText: "결제사가 처리하는 중입니다. 이 페이지를 닫아도 결과는 ‘내 티켓’에서 볼 수 있습니다.",
    over: {
      EXPIRED: "선점 시간이 끝났습니다", CANCELLED: "좌석을 반납했습니다", REFUNDED: "환불된 주문입니다",
    },
    overText: {
      EXPIRED: "결제 시간이 지나 좌석이 다시 열렸습니다. 결제된 금액은 없습니다.",
      CANCELLED: "결제된 금액은 없습니다.", REFUNDED: "이 티켓은 더 이상 쓸 수 없습니다. 금액은 돌려드리는 중입니다.",
    },
    chooseAgain: "좌석 다시 고르기",
  },
  ticket: {
    heading: "내 티켓", done: "예매 완료!", doneText: "이 자리는 당신의 것입니다. 입장할 때 이 코드를 보여 주세요.",
    print: "인쇄", qr: "티켓 QR 코드", seats: "좌석", when: "일시", where: "장소",
    number: (id) => `주문 ${id}`, mine: "내 티켓 모두 보기", loading: "티켓을 가져오는 중…",
  },
  mine: {
    heading: "내 티켓", none: "아직 티켓이 없습니다", noneText: "선점하거나 예매한 좌석이 여기에 나타납니다.",
    browse: "공연 둘러보기", more: "더 보기", payNow: "결제하기", open: "티켓 보기", see: "자세히",
  },
  login: {
    heading: "로그인", signUpHeading: "회원가입", email: "이메일", password: "비밀번호", nickname: "닉네임",
    logIn: "로그인", signUp: "가입하기", asking: "잠시만요…", noAccount: "처음이신가요?",
    haveAccount: "이미 계정이 있으신가요?", passwordHint: "8자 이상", show: "보기", hide: "숨기기",
    nicknameHint: "다른 팬에게 보이는 이름", needed: "좌석을 선점하려면 로그인해 주세요. 고른 좌석은 그대로 있습니다.",
    missing: "입력해 주세요.", badEmail: "이메일 주소 형식이 아닙니다.",
  },
  nowhere: { title: "여기에는 아무것도 없습니다", text: "주소가 오래되었거나 잘못 입력되었습니다.", home: "공연 보러 가기" },
  offline: "인터넷 연결이 끊긴 것 같습니다.",
  errors: koErrors,
};
