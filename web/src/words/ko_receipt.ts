// ko_receipt.ts — the receipt and giving a ticket back, in Korean.
import type { enReceipt } from "./en_receipt.ts";

export const koReceipt: typeof enReceipt = {
  heading: "영수증",
  paid: "결제 금액",
  when: "결제 일시",
  method: "결제 수단",
  methods: (method) =>
    method === "test" ? "데모 결제" : method === "toss" ? "토스페이먼츠" : method,
  order: "주문 번호",
  refunded: "환불 금액",
  fee: "수수료",
  underWay: "진행 중",
  states: (state) => (state === "DONE" ? "완료" : state === "FAILED" ? "결제사 거절" : "진행 중"),
  giveBack: "티켓 환불하기",
  quote: (amount) => `${amount}을 돌려드립니다.`,
  quoteFee: (amount, fee) => `수수료 ${fee}을 뺀 ${amount}을 돌려드립니다.`,
  freeUntil: (when) => `${when}까지는 수수료가 없습니다.`,
  sure: "티켓은 바로 무효가 되고, 좌석은 누구나 살 수 있게 됩니다.",
  reason: "팬이 환불함",
  keep: "그대로 두기",
  refunding: "환불하는 중…",
  late: "은행에 따라 며칠 뒤에 입금됩니다.",
};
