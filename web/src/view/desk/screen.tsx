// screen.tsx — the entry of the operator's chunk: fetches the office's door and shows the part asked for.
import { useEffect, useState } from "preact/hooks";

import type { Office } from "../../api/office.ts";
import type { Doors } from "../../flow/doors.ts";
import type { DeskPart, Route } from "../../model/route.ts";
import { Empty, Failed, Link, Loading, Title } from "../parts.tsx";
import { ChangesScreen } from "./changes.tsx";
import { ConcertDeskScreen } from "./concert.tsx";
import { ConcertListScreen } from "./concerts.tsx";
import { DateDeskScreen } from "./date.tsx";
import { EntriesScreen } from "./entries.tsx";
import { LiveScreen } from "./live.tsx";
import { useDeskWords } from "./words.ts";
import "../../style/desk.css";

type DeskRoute = Extract<Route, { page: "desk" }>;

export interface DeskProps {
  readonly doors: Doors;
  readonly office: Office;
}

function Parts({ part }: { part: DeskPart }) {
  const desk = useDeskWords();
  const link = (to: DeskPart, name: string, isHere: boolean) => (
    <Link to={{ page: "desk", part: to, id: null }} isHere={isHere}>
      {name}
    </Link>
  );
  const isConcert = part === "concerts" || part === "concert" || part === "date";
  return (
    <nav class="desk-parts" aria-label={desk.parts}>
      {link("live", desk.live, part === "live")}
      {link("concerts", desk.concerts, isConcert)}
      {link("artists", desk.kinds.artists, part === "artists")}
      {link("agencies", desk.kinds.agencies, part === "agencies")}
      {link("venues", desk.kinds.venues, part === "venues")}
      {link("groups", desk.kinds.groups, part === "groups")}
      {link("changes", desk.changes, part === "changes")}
    </nav>
  );
}

function Part({ route, ...props }: DeskProps & { route: DeskRoute }) {
  switch (route.part) {
    case "live":
      return <LiveScreen {...props} />;
    case "concerts":
      return <ConcertListScreen doors={props.doors} />;
    case "concert":
      return <ConcertDeskScreen {...props} concertId={route.id} />;
    case "date":
      return <DateDeskScreen {...props} optionId={route.id ?? 0} />;
    case "agencies":
    case "artists":
    case "venues":
    case "groups":
      return <EntriesScreen {...props} kind={route.part} />;
    case "changes":
      return <ChangesScreen {...props} />;
  }
}

export function DeskScreen({ doors, route }: { doors: Doors; route: DeskRoute }) {
  const desk = useDeskWords();
  const [office, setOffice] = useState<Office | "lost" | null>(null);
  const isOperator = (doors.session.entry()?.fan?.role ?? "FAN") !== "FAN";
  useEffect(() => {
    if (office === null) void doors.openOffice().then(setOffice, () => setOffice("lost"));
  }, [office]);

  if (!isOperator)
    return (
      <div class="wide">
        <Title class="unseen">{desk.heading}</Title>
        <Empty title={desk.notOperator} text={desk.notOperatorText} />
      </div>
    );
  if (office === null) return <Loading />;
  if (office === "lost")
    return <Failed failure={{ kind: "lost" }} onAgain={() => setOffice(null)} />;
  return (
    <div class="wide desk">
      <Title class="unseen">{desk.heading}</Title>
      <Parts part={route.part} />
      <Part doors={doors} office={office} route={route} />
    </div>
  );
}
