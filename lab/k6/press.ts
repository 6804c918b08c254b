// press.ts — fans who press again and again, each waiting for the answer: one scenario for every sale.
//
//     k6 run -e PORT=… -e TOKENS=… -e PATH_OF_PRESS=/api/v2/reservations -e SCENARIO=hot
//            -e OPTION=… -e FIRST_SEAT=… -e SEATS=… -e FANS=… -e SECONDS=… -e OUT=… lab/k6/press.ts
//
//   hot       everybody wants the same seat
//   spread    every press another seat; the hall is larger than the run
//   stampede  any seat of a hall that is gone within a moment: most hear that it is taken
//   mixed     nine look at the seats, one presses
//
// A press that is answered with 202 counts until its result is known.
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";

const codes = [
  "201", "SEAT_TAKEN", "SOLD_OUT", "LIMIT_EXCEEDED", "BUSY", "OUTCOME_UNKNOWN", "RATE_LIMITED",
  "STRATEGY_MISMATCH", "SALE_NOT_OPEN", "NO_ANSWER", "other",
];
const heard = {};
for (const code of codes) heard[code] = new Counter(`heard_${code}`);
const toVerdict = new Trend("to_verdict", true);
const toLook = new Trend("to_look", true);

const tokens = new SharedArray("tokens", () => open(__ENV.TOKENS).trim().split("\n"));
const port = __ENV.PORT;
const scenario = __ENV.SCENARIO;
const option = Number(__ENV.OPTION);
const firstSeat = Number(__ENV.FIRST_SEAT);
const seats = Number(__ENV.SEATS);
const base = `http://127.0.0.1:${port}`;

export const options = {
  scenarios: {
    presses: {
      executor: "constant-vus",
      vus: Number(__ENV.FANS),
      duration: `${__ENV.SECONDS}s`,
      gracefulStop: "10s",
    },
  },
  discardResponseBodies: false,
  summaryTrendStats: ["avg", "med", "p(95)", "p(99)", "max", "count"],
};

function seatFor(press) {
  if (scenario === "hot") return firstSeat;
  if (scenario === "stampede") return firstSeat + Math.floor(Math.random() * seats);
  return firstSeat + (press % seats);
}

function codeOf(response) {
  if (response.status === 0) return "NO_ANSWER";
  if (response.status === 201) return "201";
  try {
    return response.json("code") ?? "other";
  } catch {
    return "other";
  }
}

/** v4: the fan listens, as the page does; the stream ends with the outcome. */
function resultOf(response, headers) {
  const url = `${base}${response.json("statusUrl")}/events`;
  const answer = http.get(url, { headers, timeout: "30s", tags: { kind: "outcome" } });
  if (answer.status === 0) return "NO_ANSWER";
  const last = answer.body.split("\n").findLast((line) => line.startsWith("data:"));
  if (answer.status !== 200 || !last) return "other";
  const { state, code } = JSON.parse(last.slice(5));
  if (state === "SUCCESS") return "201";
  return state === "FAILED" ? code : "NO_ANSWER";
}

export default function () {
  const press = exec.scenario.iterationInTest;
  const token = tokens[press % tokens.length];
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  if (scenario === "mixed" && press % 10 !== 0) {
    const answer = http.get(`${base}/api/options/${option}/seat-states`, { headers });
    toLook.add(answer.timings.duration);
    return;
  }
  const began = Date.now();
  const body = JSON.stringify({ optionId: option, seatIds: [seatFor(press)] });
  const response = http.post(base + __ENV.PATH_OF_PRESS, body, {
    headers: { ...headers, "Idempotency-Key": `${__ENV.RUN}-${press}` },
  });
  let code = codeOf(response);
  let millis = response.timings.duration;
  if (response.status === 202) {
    code = resultOf(response, headers);
    millis = Date.now() - began;
  }
  toVerdict.add(millis);
  (heard[code] ?? heard.other).add(1);
}

export function handleSummary(data) {
  const metric = (name) => data.metrics[name]?.values;
  const heardCodes = {};
  for (const code of codes) {
    const count = metric(`heard_${code}`)?.count ?? 0;
    if (count > 0) heardCodes[code] = count;
  }
  const out = {
    seconds: data.state.testRunDurationMs / 1000,
    verdict: metric("to_verdict") ?? null,
    look: metric("to_look") ?? null,
    heard: heardCodes,
  };
  return { [__ENV.OUT]: JSON.stringify(out) };
}
