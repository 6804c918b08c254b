// en_checkout.ts — the hold, the payment and every way it may end, in English.

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

export const enCheckout = {
  heading: "Pay",
  held: "Held for you",
  timeLeft: "Time left to pay",
  spoken: (seconds: number) =>
    seconds === 0
      ? "The hold has ended."
      : seconds < 60
        ? `${seconds} seconds left to pay.`
        : `${many(seconds / 60, "minute", "minutes")} left to pay.`,
  order: "Your order",
  demo: "Demo payment",
  demoText: "This is the built-in test gateway. No money moves. Choose what it should answer.",
  till: (method: string) => `You type your card in the window of ${method}, not here.`,
  approve: "Approve",
  approveText: "The payment goes through",
  decline: "Decline",
  declineText: "The card is refused",
  loseAnswer: "Lose the answer",
  loseAnswerText: "It goes through, and nobody says so at first",
  late: "Answer late",
  lateText: "It goes through when the hold is over: the seats, or the money back",
  pay: (amount: string) => `Pay ${amount}`,
  paying: "Paying …",
  cancel: "Give the seats back",
  cancelling: "Giving back …",
  cancelSure: "Really give these seats back? Anybody may take them at once.",
  keep: "Keep them",
  declined: "Payment declined",
  declinedText: "No money was taken and your seats are still held. Try again, or another way.",
  retry: (amount: string) => `Try again: ${amount}`,
  payingTitle: "Your payment is being confirmed",
  payingText:
    "The gateway is thinking. You may close this page: the outcome will be under My tickets.",
  unknownTitle: "Nobody knows yet whether the payment went through",
  unknownText: (since: string) =>
    `The gateway has not answered since ${since}. We keep asking until it does. If the money was taken, the seats are yours or it comes back; you are never charged twice.`,
  over: {
    EXPIRED: "The hold has lapsed",
    UNDECIDED: "Your payment has no answer yet",
    TOO_LATE: "Your payment came too late",
    CANCELLED: "The seats were given back",
    REFUNDED: "This order was refunded",
  },
  overText: {
    UNDECIDED:
      "The time to pay has run out, and the gateway has still not answered. If the money was taken, you get these seats if they are free then, or all of it back. You need not do anything.",
    TOO_LATE:
      "The gateway answered after the hold had ended, and the seats had gone to somebody else. All of the money goes back by itself.",
    EXPIRED: "The time to pay ran out, and the seats are free again. Nothing was charged.",
    CANCELLED: "Nothing was charged.",
    REFUNDED: "The ticket is no longer valid. The money is on its way back.",
  },
  chooseAgain: "Choose seats again",
};
