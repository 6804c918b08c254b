// screen.tsx — the entry of the lazy chunk: opens the hall's flow and shows it.
import type { Doors } from "../../flow/doors.ts";
import { openHall, type HallFlow } from "../../flow/hall.ts";
import { useFlow, useStage } from "../look.ts";
import { Failed, Loading } from "../parts.tsx";
import { HallShow } from "./hall.tsx";
import "../../style/hall.css";

function Show({ flow }: { flow: HallFlow }) {
  const hall = useStage(flow.stage);
  switch (hall.step) {
    case "loading":
      return <Loading />;
    case "failed":
      return <Failed failure={hall.failure} onAgain={flow.again} />;
    case "open":
      return (
        <HallShow
          hall={hall}
          onToggle={flow.toggle}
          onHold={flow.hold}
          onHoldBest={flow.holdBest}
        />
      );
  }
}

export function HallScreen({ doors, optionId }: { doors: Doors; optionId: number }) {
  const flow = useFlow(`hall ${optionId}`, () => openHall(doors, optionId));
  return flow && <Show flow={flow} />;
}
