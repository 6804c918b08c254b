// ko_clubs.ts — presales for fan clubs, in Korean.
import type { enClubs } from "./en_clubs.ts";

export const koClubs: typeof enClubs = {
  heading: "선예매",
  running: "선예매 중",
  club: "팬클럽",
  opens: (when) => `${when}부터 예매할 수 있습니다`,
  closes: (when) => `${when}까지 예매할 수 있습니다`,
  member: "회원입니다",
  code: "팬클럽 코드",
  join: "등록",
  logIn: "로그인하고 코드 입력하기",
};
