// ko_errors.ts — what a fan hears for each code, in Korean.
import type { enErrors } from "./en_errors.ts";

export const koErrors: Record<keyof typeof enErrors, string> = {
  LOST: "응답이 오지 않아 처리 여부를 알 수 없습니다. 다시 눌러 주세요. 같은 요청 번호로 보내므로 두 번 처리되지 않습니다.",
  BUSY: "지금 요청이 매우 많습니다. 아직 처리된 것은 없으니 다시 눌러 주세요.",
  RATE_LIMITED: "짧은 시간에 너무 많이 시도했습니다. 잠시 후 다시 해 주세요.",
  VALIDATION_FAILED: "입력한 내용을 확인해 주세요.",
  BAD_CREDENTIALS: "이메일 또는 비밀번호가 맞지 않습니다.",
  EMAIL_TAKEN: "이미 가입된 이메일입니다.",
  UNAUTHENTICATED: "다시 로그인해 주세요.",
  FORBIDDEN: "이 계정으로는 할 수 없습니다.",
  NOT_FOUND: "찾을 수 없습니다.",
  SEAT_TAKEN:
    "다른 분이 조금 더 빨랐습니다. 선점된 좌석을 표시했고, 나머지 좌석은 그대로 선택되어 있습니다.",
  SOLD_OUT: "나란히 앉을 수 있는 좌석이 부족합니다. 매수를 줄이거나 다른 구역을 골라 주세요.",
  SALE_NOT_OPEN: "아직 예매가 시작되지 않았습니다.",
  SALE_CLOSED: "예매가 종료되었습니다.",
  LIMIT_EXCEEDED: "1인당 예매 가능 매수를 넘었습니다. 선점한 좌석은 ‘내 티켓’에 있습니다.",
  HOLD_EXPIRED: "결제 시간이 지났습니다. 결제된 금액은 없습니다.",
  PAYMENT_DECLINED: "결제가 거절되었습니다. 결제된 금액은 없습니다.",
  IDEMPOTENCY_KEY_REUSED: "이미 다른 요청에 쓰인 번호입니다. 다시 눌러 주세요.",
  NOT_CONFIRMED: "아직 결제되지 않은 주문입니다.",
  UNREADABLE: "응답을 이해할 수 없습니다. 페이지를 새로 고쳐 주세요.",
  email: "이메일 주소를 확인해 주세요.",
  password: "비밀번호를 8자 이상으로 정해 주세요.",
  nickname: "다른 닉네임을 정해 주세요 (2~20자).",
  other: "처리하지 못했습니다.",
};
