// clubs.ts — the clubs of a presale and of this fan, and joining one by its code.
import type { Named } from "../model/catalog.ts";
import type { Clubs } from "../model/clubs.ts";
import { nextDeed, type Deed, type DeedNews } from "../model/deed.ts";
import type { Doors, Flow } from "./doors.ts";
import { insist } from "./insist.ts";
import { createStage, type Stage } from "./stage.ts";

export interface ClubsFlow extends Flow {
  readonly stage: Stage<Clubs, Clubs>;
  readonly joining: Stage<Deed, DeedNews>;
  join(code: string): void;
}

export function openClubs(doors: Doors, groupIds: readonly number[]): ClubsFlow {
  const { house, clock } = doors;
  const closed = new AbortController();
  const stage = createStage<Clubs, Clubs>({ step: "loading" }, (_, news) => news);
  const joining = createStage<Deed, DeedNews>({ step: "rest" }, nextDeed);

  async function load(): Promise<void> {
    const names = new Map<number, Named>();
    for (const groupId of new Set(groupIds)) {
      const group = await insist(clock, closed.signal, () => house.group(groupId));
      if (group?.kind === "ok") names.set(groupId, group.value);
    }
    const isFan = doors.session.entry() !== null;
    const mine = isFan ? await insist(clock, closed.signal, () => house.memberships()) : null;
    if (closed.signal.aborted) return;
    stage.tell({ step: "shown", names, mine: mine?.kind === "ok" ? mine.value : [] });
  }

  async function join(code: string): Promise<void> {
    if (joining.state().step === "asking") return;
    const answer = await insist(
      clock,
      closed.signal,
      () => house.joinGroup(code),
      (insisting) => joining.tell({ step: "asking", insisting }),
    );
    if (answer === null) return;
    if (answer.kind !== "ok") return void joining.tell({ step: "refused", failure: answer });
    joining.tell({ step: "done" });
    await load();
  }

  void load();
  return { stage, joining, join: (code) => void join(code), close: () => closed.abort() };
}
