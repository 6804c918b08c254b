// en_receipt.ts — the receipt and giving a ticket back, in English.

export const enReceipt = {
  heading: "Receipt",
  paid: "Paid",
  when: "Paid on",
  method: "Method",
  methods: (method: string) =>
    method === "test" ? "Demo payment" : method === "toss" ? "Toss Payments" : method,
  order: "Order number",
  refunded: "Given back",
  fee: "Fee",
  underWay: "on its way",
  states: (state: string): string =>
    state === "DONE" ? "done" : state === "FAILED" ? "refused by the gateway" : "on its way",
  giveBack: "Give the ticket back",
  quote: (amount: string) => `You get back ${amount}.`,
  quoteFee: (amount: string, fee: string) => `You get back ${amount}; ${fee} is kept as a fee.`,
  freeUntil: (when: string) => `Without a fee until ${when}.`,
  sure: "The ticket becomes void at once, and anybody may buy the seats.",
  reason: "Given back by the fan",
  keep: "Keep the ticket",
  refunding: "Giving back …",
  late: "The money comes back within a few days, depending on your bank.",
};
