// ko_checkout.ts — the hold, the payment and every way it may end, in Korean.
import type { enCheckout } from "./en_checkout.ts";

export const koCheckout: typeof enCheckout = {
  heading: "결제",
  held: "좌석을 잡아 두었습니다",
  timeLeft: "남은 결제 시간",
  spoken: (seconds) =>
    seconds === 0
      ? "선점 시간이 끝났습니다."
      : seconds < 60
        ? `결제 시간이 ${seconds}초 남았습니다.`
        : `결제 시간이 ${seconds / 60}분 남았습니다.`,
  order: "주문 내역",
  demo: "데모 결제",
  demoText: "내장된 시험용 결제입니다. 실제 돈은 움직이지 않습니다. 결제 결과를 골라 주세요.",
  till: (method) => `카드 정보는 이 화면이 아니라 ${method} 결제창에 입력합니다.`,
  approve: "승인",
  approveText: "결제가 완료됩니다",
  decline: "거절",
  loseAnswer: "응답 유실",
  loseAnswerText: "결제는 되지만 한동안 응답이 없습니다",
  late: "늦은 응답",
  lateText: "선점이 끝난 뒤 결제됩니다: 좌석을 받거나 환불됩니다",
  declineText: "카드가 거절됩니다",
  pay: (amount) => `${amount} 결제하기`,
  paying: "결제하는 중…",
  cancel: "좌석 반납하기",
  cancelling: "반납하는 중…",
  cancelSure: "정말 이 좌석을 반납할까요? 바로 다른 분이 선점할 수 있습니다.",
  keep: "계속 갖고 있기",
  declined: "결제가 거절되었습니다",
  declinedText: "결제된 금액은 없고 좌석은 그대로 선점되어 있습니다. 다시 시도해 주세요.",
  retry: (amount) => `${amount} 다시 결제하기`,
  payingTitle: "결제를 확인하고 있습니다",
  payingText: "결제사가 처리하는 중입니다. 이 페이지를 닫아도 결과는 ‘내 티켓’에서 볼 수 있습니다.",
  unknownTitle: "결제가 되었는지 아직 확인하고 있습니다",
  unknownText: (since) =>
    `${since}부터 결제사가 응답하지 않아 확인될 때까지 계속 묻고 있습니다. 결제가 되었다면 좌석이 확정되거나 전액 돌려드리며, 두 번 결제되지 않습니다.`,
  over: {
    EXPIRED: "선점 시간이 끝났습니다",
    UNDECIDED: "결제 결과를 아직 알 수 없습니다",
    TOO_LATE: "결제가 늦게 확인되었습니다",
    CANCELLED: "좌석을 반납했습니다",
    REFUNDED: "환불된 주문입니다",
  },
  overText: {
    EXPIRED: "결제 시간이 지나 좌석이 다시 열렸습니다. 결제된 금액은 없습니다.",
    UNDECIDED:
      "결제 시간이 지났지만 결제사가 아직 답하지 않았습니다. 결제가 된 것으로 확인되면, 좌석이 남아 있을 때는 그 좌석을 드리고 그렇지 않으면 전액 환불합니다. 따로 하실 일은 없습니다.",
    TOO_LATE:
      "결제사의 답이 선점 시간이 끝난 뒤에 와서 좌석이 다른 분께 갔습니다. 전액 자동으로 환불됩니다.",
    CANCELLED: "결제된 금액은 없습니다.",
    REFUNDED: "이 티켓은 더 이상 쓸 수 없습니다. 금액은 돌려드리는 중입니다.",
  },
  chooseAgain: "좌석 다시 고르기",
};
