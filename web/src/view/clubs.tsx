// clubs.tsx — a presale as a fan sees it: who may buy earlier, and the code that makes one a member.
import type { Doors } from "../flow/doors.ts";
import { openClubs, type ClubsFlow } from "../flow/clubs.ts";
import { isMember, isRunning, roundsToCome, type Round } from "../model/clubs.ts";
import { momentText, nameIn } from "./format.ts";
import { useFlow, useLook, useStage } from "./look.ts";
import { failureText, InsistingNotice, Link, Notice } from "./parts.tsx";

function JoinForm({ flow }: { flow: ClubsFlow }) {
  const { words } = useLook();
  const joining = useStage(flow.joining);
  return (
    <form
      class="club-form"
      onSubmit={(event) => {
        event.preventDefault();
        flow.join(String(new FormData(event.currentTarget).get("code") ?? "").trim());
      }}
    >
      <label>
        <span>{words.clubs.code}</span>
        <input name="code" required minLength={8} maxLength={64} autocomplete="off" />
      </label>
      <button class="button" disabled={joining.step === "asking"}>
        {words.clubs.join}
      </button>
      {joining.step === "asking" && <InsistingNotice insisting={joining.insisting} />}
      {joining.step === "refused" && (
        <Notice kind="bad">{failureText(words, joining.failure)}</Notice>
      )}
    </form>
  );
}

function Show({
  flow,
  rounds,
  isFan,
  here,
}: {
  flow: ClubsFlow;
  rounds: readonly Round[];
  isFan: boolean;
  here: string;
}) {
  const { words, tongue, nowMs } = useLook();
  const clubs = useStage(flow.stage);
  if (clubs.step === "loading") return null;
  const isAll = rounds.every((round) => isMember(clubs, round.groupId));
  const line = (round: Round) => {
    const group = clubs.names.get(round.groupId);
    return (
      <li key={`${round.groupId} ${round.opensAtMs}`}>
        <b>{group ? nameIn(tongue, group) : words.clubs.club}</b>{" "}
        {isRunning(round, nowMs())
          ? words.clubs.closes(momentText(tongue, round.closesAtMs))
          : words.clubs.opens(momentText(tongue, round.opensAtMs))}
        {isMember(clubs, round.groupId) && (
          <span class="badge badge-open">{words.clubs.member}</span>
        )}
      </li>
    );
  };
  return (
    <aside class="clubs" aria-label={words.clubs.heading}>
      <h4>{words.clubs.heading}</h4>
      <ul>{rounds.map(line)}</ul>
      {!isFan && <Link to={{ page: "login", next: here }}>{words.clubs.logIn}</Link>}
      {isFan && !isAll && <JoinForm flow={flow} />}
    </aside>
  );
}

/* Nothing at all where a sale has no presale, or its rounds are over. */
export function ClubsPart({
  doors,
  rounds: all,
  here,
}: {
  doors: Doors;
  rounds: readonly Round[];
  here: string;
}) {
  const look = useLook();
  const rounds = roundsToCome(all, look.nowMs());
  const name = rounds.map((round) => round.groupId).join(" ");
  const flow = useFlow(`clubs ${name}`, () =>
    openClubs(
      doors,
      rounds.map((round) => round.groupId),
    ),
  );
  if (rounds.length === 0 || flow === null) return null;
  return <Show flow={flow} rounds={rounds} isFan={doors.session.entry() !== null} here={here} />;
}
