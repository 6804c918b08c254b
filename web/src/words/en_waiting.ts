// en_waiting.ts — the waiting room, in English.

const many = (count: number, one: string, more: string) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : more}`;

function span(seconds: number): string {
  if (seconds < 60) return many(Math.max(1, seconds), "second", "seconds");
  if (seconds < 3600) return many(Math.round(seconds / 60), "minute", "minutes");
  const hours = Math.floor(seconds / 3600);
  return `${hours} h ${Math.round((seconds % 3600) / 60)} min`;
}

export const enWaiting = {
  heading: "Waiting room",
  join: "Join the line",
  enter: "Enter",
  joining: "Joining the line …",
  proving: "Checking that you are not a robot. A phone may take up to half a minute …",
  entering: "It is your turn …",
  ahead: (n: number): string => (n === 1 ? "fan ahead of you" : "fans ahead of you"),
  spoken: (n: number) =>
    n === 0 ? "You are next." : `At least ${many(n, "fan is", "fans are")} ahead of you.`,
  progress: "How far you have come",
  span,
  about: (span: string) => `About ${span}`,
  between: (least: string, most: string) => `Between ${least} and ${most}`,
  atLeast: (span: string) => `${span} or more`,
  noEstimate: "The time cannot be estimated yet.",
  next: "You are next: you go in as soon as there is room.",
  paused: "Nobody is being let in at the moment. Your place is safe.",
  hallText:
    "You are in the hall. When the sale opens, everybody in it gets a turn by lot; it does not matter who came first. Whoever comes later stands behind.",
  inHall: (n: number) => `Fans in the hall, with you: ${n.toLocaleString("en-US")}.`,
  number: (n: number) => `Your number: ${n.toLocaleString("en-US")}`,
  receiptText:
    "This receipt proves your place. After the sale anybody can check with it that nobody was let in before you who came later.",
  stepKeep:
    "Keep this page open. Your place is kept while you do, and for a while if the network goes.",
  stepEnter: "When it is your turn, the seat map opens by itself.",
  stepTabs: "More tabs or devices do not help: one account has one place.",
  polling: "No live connection; looking every few seconds.",
  lost: "Connection lost. Your place is kept for a while; trying again …",
  soldOut: "All tickets are gone.",
  soldOutText:
    "Every seat has been sold. If a hold lapses and a seat comes back, the line goes on by itself; you may stay or leave.",
  closed: "The sale has ended.",
  leave: "Leave the line",
  leaveSure: "Really leave? Your place is lost, and a new one is at the end.",
  stay: "Stay",
  joinAgain: "Join again",
  over: { LEFT: "You have left the line", EXPIRED: "Your place has lapsed" },
  overText: {
    LEFT: "If you join again, you stand at the end.",
    EXPIRED:
      "Nothing was heard of this page for too long, the turn passed, or your time inside is over.",
  },
  inside: "You are in. Choose and hold your seats before your time is over:",
  needed: "This sale has a waiting room: seats can be held once it is your turn.",
};
