// date.tsx — one date: its hall, its sale, and how it goes.
import { useState } from "preact/hooks";

import { openDateDesk, type DateDeskFlow } from "../../flow/desk/date.ts";
import type { DateDesk } from "../../model/date_desk.ts";
import { momentText, nameIn, titleIn } from "../format.ts";
import { useFlow, useLook, useStage } from "../look.ts";
import { Failed, Link, Loading, SaleBadge } from "../parts.tsx";
import { AdmissionCard } from "./admission.tsx";
import { LayoutForm } from "./layout_form.tsx";
import { Moves } from "./live.tsx";
import { Panel } from "./parts.tsx";
import { SaleForm } from "./sale_form.tsx";
import { RefundsCard } from "./refunds.tsx";
import type { DeskProps } from "./screen.tsx";
import { SeatsCard } from "./seats.tsx";
import { useDeskWords } from "./words.ts";

type OpenDesk = Extract<DateDesk, { step: "open" }>;

function Heading({ desk: value }: { desk: OpenDesk }) {
  const { tongue } = useLook();
  const desk = useDeskWords();
  const { option, concert } = value;
  return (
    <div class="heading-line">
      <div>
        <h2>
          <Link to={{ page: "desk", part: "concert", id: concert.id }}>
            {titleIn(tongue, concert)}
          </Link>
        </h2>
        <p class="faint">
          {momentText(tongue, option.startsAtMs)} · {nameIn(tongue, option.venue)}
        </p>
      </div>
      <span>
        <SaleBadge state={option.sale?.state ?? null} />{" "}
        <Link to={{ page: "hall", optionId: option.id }}>{desk.concert.fansPage}</Link>
      </span>
    </div>
  );
}

/* The hall that stands, section by section; replacing it is one press away until it is in use. */
function Hall({ desk: value, flow }: { desk: OpenDesk; flow: DateDeskFlow }) {
  const { words, tongue } = useLook();
  const desk = useDeskWords();
  const [isReplacing, setIsReplacing] = useState(false);
  const { option } = value;
  if (option.seatCount === 0 || isReplacing) return <LayoutForm desk={value} flow={flow} />;
  return (
    <>
      <table class="desk-table">
        <tbody>
          {option.sections.map((section) => (
            <tr key={section.id}>
              <th scope="row">{section.name}</th>
              <td>{section.grade}</td>
              <td>{section.price.toLocaleString(tongue === "ko" ? "ko-KR" : "en-US")}</td>
              <td>{words.common.seats(section.seatCount)}</td>
              <td>{words.dates.left(section.seatsLeft)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button class="button" onClick={() => setIsReplacing(true)}>
        {desk.hall.replace}
      </button>
      <p class="faint">{desk.hall.replaceText}</p>
    </>
  );
}

function Show({ flow, ...props }: DeskProps & { flow: DateDeskFlow }) {
  const { words } = useLook();
  const desk = useDeskWords();
  const value = useStage(flow.stage);
  switch (value.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={value.failure} onAgain={flow.again} />;
    case "open":
      break;
  }
  const { option, terms } = value;
  return (
    <>
      <Heading desk={value} />
      <Panel
        heading={desk.hall.heading}
        end={option.seatCount > 0 && <span>{words.common.seats(option.seatCount)}</span>}
      >
        <Hall key={`${option.seatCount} ${option.sections[0]?.id}`} desk={value} flow={flow} />
      </Panel>
      <Panel
        heading={desk.sale.heading}
        end={option.sale && <Moves sale={option.sale} onMove={flow.move} />}
      >
        <SaleForm key={JSON.stringify(terms)} desk={value} flow={flow} />
      </Panel>
      {option.sale && <SeatsCard {...props} optionId={option.id} />}
      {option.sale?.state === "CLOSED" && <RefundsCard {...props} optionId={option.id} />}
      {option.sale?.waitingRoom && <AdmissionCard {...props} optionId={option.id} />}
    </>
  );
}

export function DateDeskScreen({ doors, office, optionId }: DeskProps & { optionId: number }) {
  const flow = useFlow(`desk date ${optionId}`, () => openDateDesk(doors, office, optionId));
  return flow && <Show doors={doors} office={office} flow={flow} />;
}
