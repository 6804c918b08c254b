// live.tsx — every sale with its seats as a bar, its pace as a curve, and the levers beside it.
import { openLive, type LiveFlow } from "../../flow/desk/live.ts";
import { movesOf, type LiveSale, type SaleMove } from "../../model/desk.ts";
import { rateOf, soldCurve, type Live, type Sample } from "../../model/live.ts";
import { momentText, titleIn } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Empty, Failed, Link, Loading, Notice, SaleBadge } from "../parts.tsx";
import { DeedNotice, Sure } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

const CURVE_WIDTH = 160;
const CURVE_HEIGHT = 36;

function Curve({ points }: { points: readonly number[] }) {
  const desk = useDeskWords();
  const top = Math.max(1, ...points);
  const step = CURVE_WIDTH / Math.max(1, points.length - 1);
  const line = points
    .map((point, place) => `${place * step},${CURVE_HEIGHT - (point / top) * (CURVE_HEIGHT - 2)}`)
    .join(" ");
  return (
    <svg
      class="curve"
      viewBox={`0 0 ${CURVE_WIDTH} ${CURVE_HEIGHT}`}
      role="img"
      aria-label={desk.liveNow.curve}
    >
      <polyline points={line} />
    </svg>
  );
}

function SeatBar({ sale }: { sale: LiveSale }) {
  const { seats } = sale;
  const { tongue } = useLook();
  const desk = useDeskWords();
  if (seats === null) return null;
  const count = (n: number) => n.toLocaleString(tongue === "ko" ? "ko-KR" : "en-US");
  const part = (name: string, n: number) => (
    <span class={`bar-part bar-${name}`} style={{ width: `${(100 * n) / (seats.total || 1)}%` }} />
  );
  return (
    <>
      <div class="seat-bar" aria-hidden="true">
        {part("sold", seats.sold)}
        {part("held", seats.held)}
        {part("blocked", seats.blocked)}
      </div>
      <dl class="seat-counts">
        <div class="of-sold">
          <dt>{desk.liveNow.sold}</dt>
          <dd>{count(seats.sold)}</dd>
        </div>
        <div class="of-held">
          <dt>{desk.liveNow.held}</dt>
          <dd>{count(seats.held)}</dd>
        </div>
        <div class="of-free">
          <dt>{desk.liveNow.free}</dt>
          <dd>{count(seats.available)}</dd>
        </div>
        <div class="of-blocked">
          <dt>{desk.liveNow.blocked}</dt>
          <dd>{count(seats.blocked)}</dd>
        </div>
      </dl>
    </>
  );
}

export function Moves({
  sale,
  onMove,
}: {
  sale: { readonly state: LiveSale["state"] };
  onMove: (move: SaleMove) => void;
}) {
  const desk = useDeskWords();
  return (
    <div class="row-of-buttons">
      {movesOf(sale.state).map((move) => (
        <Sure
          key={move}
          label={desk.moves[move]}
          question={desk.liveNow.moveSure[move]}
          kind="button-small"
          onSure={() => onMove(move)}
        />
      ))}
    </div>
  );
}

function SaleCard({
  sale,
  samples,
  onMove,
}: {
  sale: LiveSale;
  samples: readonly Sample[];
  onMove: (move: SaleMove) => void;
}) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const rate = rateOf(samples, (sample) => sample.sold.get(sale.optionId) ?? 0);
  return (
    <li class="panel live-sale">
      <div class="heading-line">
        <h3>
          <Link to={{ page: "desk", part: "date", id: sale.optionId }}>
            {titleIn(tongue, sale)}
          </Link>
        </h3>
        <SaleBadge state={sale.state} />
      </div>
      <p class="faint">
        {momentText(tongue, sale.startsAtMs)} · {sale.strategy}
      </p>
      <SeatBar sale={sale} />
      <div class="live-pace">
        <Curve points={soldCurve(samples, sale.optionId)} />
        <span>{desk.liveNow.soldPerSecond((rate ?? 0).toFixed(rate && rate < 10 ? 1 : 0))}</span>
      </div>
      <Moves sale={sale} onMove={onMove} />
    </li>
  );
}

function Figures({ live }: { live: Extract<Live, { step: "shown" }> }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const { overview, samples } = live;
  const count = (n: number) => Math.round(n).toLocaleString(tongue === "ko" ? "ko-KR" : "en-US");
  const answers = rateOf(samples, (sample) => sample.answers);
  const cpu = rateOf(samples, (sample) => sample.cpuMs);
  const figure = (name: string, value: string, isBad = false) => (
    <div class={isBad ? "is-bad" : ""}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl class="figures">
      {figure(desk.liveNow.answers, answers === null ? "–" : count(answers))}
      {figure(desk.liveNow.cpu, cpu === null ? "–" : `${count(cpu / 10)} %`)}
      {figure(desk.liveNow.memory, `${count(overview.memoryBytes / 1e6)} MB`)}
      {figure(desk.liveNow.connections, count(overview.connections))}
      {figure(desk.liveNow.waiting, count(overview.asksWaiting))}
      {figure(desk.liveNow.commit, `${(overview.meanCommitUs / 1000).toFixed(1)} ms`)}
      {figure(desk.liveNow.failed, count(overview.failedTurns), overview.failedTurns > 0)}
    </dl>
  );
}

function Show({ flow }: { flow: LiveFlow }) {
  const desk = useDeskWords();
  const live = useStage(flow.stage);
  switch (live.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={live.failure} onAgain={flow.again} />;
    case "shown":
      break;
  }
  const { sales } = live.overview;
  return (
    <>
      {live.isStale && <Notice kind="warn">{desk.liveNow.stale}</Notice>}
      <Figures live={live} />
      <DeedNotice deeds={flow.deeds} />
      <h2>{desk.liveNow.heading}</h2>
      {sales.length === 0 && <Empty title={desk.liveNow.none} text={desk.liveNow.noneText} />}
      <ul class="live-sales">
        {sales.map((sale) => (
          <SaleCard
            key={sale.optionId}
            sale={sale}
            samples={live.samples}
            onMove={(move) => flow.move(sale.optionId, move)}
          />
        ))}
      </ul>
    </>
  );
}

export function LiveScreen({ doors, office }: DeskProps) {
  const flow = useFlow("live", () => openLive(doors, office));
  return flow && <Show flow={flow} />;
}
