// ko_waiting.ts — the waiting room, in Korean.
import type { enWaiting } from "./en_waiting.ts";

const count = (n: number) => n.toLocaleString("ko-KR");

function span(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, seconds)}초`;
  if (seconds < 3600) return `${Math.round(seconds / 60)}분`;
  return `${Math.floor(seconds / 3600)}시간 ${Math.round((seconds % 3600) / 60)}분`;
}

export const koWaiting: typeof enWaiting = {
  heading: "대기실",
  join: "줄 서기",
  enter: "입장",
  joining: "줄을 서는 중…",
  proving: "로봇이 아님을 확인하고 있습니다. 휴대폰에서는 30초까지 걸릴 수 있습니다…",
  entering: "차례가 되었습니다…",
  ahead: () => "명이 앞에 있습니다",
  spoken: (n) => (n === 0 ? "다음 차례입니다." : `앞에 ${count(n)}명 이상 있습니다.`),
  progress: "진행 정도",
  span,
  about: (span) => `약 ${span}`,
  between: (least, most) => `${least}에서 ${most} 사이`,
  atLeast: (span) => `${span} 이상`,
  noEstimate: "아직 대기 시간을 예상할 수 없습니다.",
  next: "다음 차례입니다. 자리가 나는 대로 입장합니다.",
  paused: "지금은 입장이 멈춰 있습니다. 순번은 그대로 지켜집니다.",
  hallText:
    "대기실에 들어왔습니다. 예매가 열리면 대기실의 모든 사람이 추첨으로 순번을 받으며, 먼저 온 순서는 상관없습니다. 그 뒤에 오는 사람은 뒤에 섭니다.",
  inHall: (n) => `지금 나를 포함해 ${count(n)}명이 기다리고 있습니다.`,
  number: (n) => `내 번호: ${count(n)}`,
  receiptText:
    "이 영수증이 순번을 증명합니다. 판매가 끝난 뒤, 나중에 온 사람이 먼저 입장하지 않았음을 누구나 확인할 수 있습니다.",
  stepKeep: "이 화면을 열어 두세요. 열려 있는 동안, 그리고 연결이 끊겨도 한동안 순번이 지켜집니다.",
  stepEnter: "차례가 되면 좌석 지도가 저절로 열립니다.",
  stepTabs: "탭이나 기기를 늘려도 소용없습니다. 한 계정에 한 자리입니다.",
  polling: "실시간 연결이 없어 몇 초마다 확인합니다.",
  lost: "연결이 끊겼습니다. 순번은 한동안 지켜지며, 다시 연결하고 있습니다…",
  soldOut: "표가 모두 팔렸습니다.",
  soldOutText:
    "모든 좌석이 팔렸습니다. 선점 시간이 끝난 좌석이 나오면 줄이 저절로 이어집니다. 기다리거나 나가셔도 됩니다.",
  closed: "예매가 끝났습니다.",
  leave: "줄에서 나가기",
  leaveSure: "정말 나갈까요? 순번이 사라지고, 다시 서면 맨 뒤입니다.",
  stay: "계속 기다리기",
  joinAgain: "다시 줄 서기",
  over: { LEFT: "줄에서 나왔습니다", EXPIRED: "순번이 만료되었습니다" },
  overText: {
    LEFT: "다시 서면 맨 뒤에 서게 됩니다.",
    EXPIRED: "오랫동안 화면의 신호가 없었거나, 차례를 놓쳤거나, 입장 시간이 끝났습니다.",
  },
  inside: "입장했습니다. 시간이 끝나기 전에 좌석을 골라 선점하세요:",
  needed: "대기실이 있는 예매입니다. 차례가 되면 좌석을 선점할 수 있습니다.",
};
