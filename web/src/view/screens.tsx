// screens.tsx — ties each screen's flow to its view: opens it, shows its state, passes gestures on.
import { useEffect, useState } from "preact/hooks";

import { openCheckout, type CheckoutFlow } from "../flow/checkout.ts";
import { openConcerts, type ConcertsFlow } from "../flow/concerts.ts";
import { openDates, type DatesFlow } from "../flow/dates.ts";
import type { Doors } from "../flow/doors.ts";
import { openLogin, type LoginFlow } from "../flow/login.ts";
import { openReservations, type ReservationsFlow } from "../flow/reservations.ts";
import { openWaiting, type WaitingFlow } from "../flow/waiting.ts";
import { pathOf, type Route } from "../model/route.ts";
import { CheckoutView } from "./checkout.tsx";
import { Concerts } from "./concerts.tsx";
import { DatesView } from "./dates.tsx";
import { LoginView } from "./login.tsx";
import { useFlow, useLook, useStage } from "./look.ts";
import { Failed, Link, Loading, Title } from "./parts.tsx";
import { Reservations } from "./reservations.tsx";
import { WaitingView } from "./waiting.tsx";

function ConcertsShow({ flow, first }: { flow: ConcertsFlow; first: string }) {
  const [search, setSearch] = useState(first);
  function type(words: string): void {
    setSearch(words);
    flow.search(words);
  }
  return (
    <Concerts
      listing={useStage(flow.stage)}
      search={search}
      onSearch={type}
      onMore={flow.more}
      onAgain={flow.again}
    />
  );
}

function DatesShow({ doors, flow }: { doors: Doors; flow: DatesFlow }) {
  return <DatesView doors={doors} loaded={useStage(flow.stage)} onAgain={flow.again} />;
}

function CheckoutShow({ flow }: { flow: CheckoutFlow }) {
  return (
    <CheckoutView
      checkout={useStage(flow.stage)}
      onPay={flow.pay}
      onPayAtTill={flow.payAtTill}
      onCancel={flow.cancel}
      onRefund={flow.refund}
      onLapsed={flow.lapsed}
      onAgain={flow.again}
    />
  );
}

function ReservationsShow({ flow }: { flow: ReservationsFlow }) {
  return <Reservations listing={useStage(flow.stage)} onMore={flow.more} onAgain={flow.again} />;
}

function WaitingShow({ flow }: { flow: WaitingFlow }) {
  return <WaitingView waiting={useStage(flow.stage)} onLeave={flow.leave} onAgain={flow.again} />;
}

function LoginShow({ flow, isSignUp, next }: { flow: LoginFlow; isSignUp: boolean; next: string }) {
  return (
    <LoginView
      login={useStage(flow.stage)}
      isSignUp={isSignUp}
      next={next}
      onEnter={(email, password, nickname) =>
        isSignUp ? flow.signUp(email, password, nickname) : flow.logIn(email, password)
      }
    />
  );
}

type DeskRoute = Extract<Route, { page: "desk" }>;
type HallChunk = typeof import("./hall/screen.tsx");

/* The seat map is a chunk of its own: nobody pays for it before choosing a date. */
function HallScreen({ doors, optionId }: { doors: Doors; optionId: number }) {
  const [chunk, setChunk] = useState<HallChunk | "lost" | null>(null);
  useEffect(() => {
    if (chunk !== null) return;
    void import("./hall/screen.tsx").then(setChunk, () => setChunk("lost"));
  }, [chunk]);
  if (chunk === null) return <Loading />;
  if (chunk === "lost") return <Failed failure={{ kind: "lost" }} onAgain={() => setChunk(null)} />;
  return <chunk.HallScreen doors={doors} optionId={optionId} />;
}

type DeskChunk = typeof import("./desk/screen.tsx");

/* So are the operator's pages, with the door behind them: a fan never loads either. */
function DeskScreen({ doors, route }: { doors: Doors; route: DeskRoute }) {
  const [chunk, setChunk] = useState<DeskChunk | "lost" | null>(null);
  useEffect(() => {
    if (chunk !== null) return;
    void import("./desk/screen.tsx").then(setChunk, () => setChunk("lost"));
  }, [chunk]);
  if (chunk === null) return <Loading />;
  if (chunk === "lost") return <Failed failure={{ kind: "lost" }} onAgain={() => setChunk(null)} />;
  return <chunk.DeskScreen doors={doors} route={route} />;
}

function Nowhere() {
  const { words } = useLook();
  return (
    <div class="empty">
      <Title>{words.nowhere.title}</Title>
      <p class="faint">{words.nowhere.text}</p>
      <Link to={{ page: "concerts", search: "" }} class="button button-main">
        {words.nowhere.home}
      </Link>
    </div>
  );
}

function ConcertsScreen({ doors, search }: { doors: Doors; search: string }) {
  const flow = useFlow("concerts", () =>
    openConcerts(doors, search, (words) =>
      doors.goTo({ page: "concerts", search: words }, "replace"),
    ),
  );
  return flow && <ConcertsShow flow={flow} first={search} />;
}
function DatesScreen({ doors, concertId }: { doors: Doors; concertId: number }) {
  const flow = useFlow(`dates ${concertId}`, () => openDates(doors, concertId));
  return flow && <DatesShow doors={doors} flow={flow} />;
}
function CheckoutScreen({
  doors,
  route: { reservationId, agreed },
}: {
  doors: Doors;
  route: Extract<Route, { page: "checkout" }>;
}) {
  const flow = useFlow(`checkout ${reservationId}`, () =>
    openCheckout(doors, reservationId, agreed),
  );
  return flow && <CheckoutShow flow={flow} />;
}
function ReservationsScreen({ doors }: { doors: Doors }) {
  const flow = useFlow("reservations", () => openReservations(doors));
  return flow && <ReservationsShow flow={flow} />;
}
function WaitingScreen({ doors, optionId }: { doors: Doors; optionId: number }) {
  const flow = useFlow(`waiting ${optionId}`, () => openWaiting(doors, optionId));
  return flow && <WaitingShow flow={flow} />;
}
function LoginScreen({
  doors,
  route,
}: {
  doors: Doors;
  route: Extract<Route, { page: "login" | "signup" }>;
}) {
  const flow = useFlow(route.page, () => openLogin(doors, route.next));
  return flow && <LoginShow flow={flow} isSignUp={route.page === "signup"} next={route.next} />;
}

/* A screen of one's own: whoever is not logged in is sent to the log-in, and back afterwards. */
function NeedsFan({ doors, route }: { doors: Doors; route: Route }) {
  const next = pathOf(route);
  useEffect(() => doors.goTo({ page: "login", next }, "replace"), [next]);
  return <Loading />;
}

export function Screen({ doors, route, isFan }: { doors: Doors; route: Route; isFan: boolean }) {
  switch (route.page) {
    case "concerts":
      return <ConcertsScreen doors={doors} search={route.search} />;
    case "dates":
      return <DatesScreen doors={doors} concertId={route.concertId} />;
    case "hall":
      return <HallScreen doors={doors} optionId={route.optionId} />;
    case "waiting":
      if (!isFan) return <NeedsFan doors={doors} route={route} />;
      return <WaitingScreen doors={doors} optionId={route.optionId} />;
    case "reservations":
      if (!isFan) return <NeedsFan doors={doors} route={route} />;
      return <ReservationsScreen doors={doors} />;
    case "checkout":
      if (!isFan) return <NeedsFan doors={doors} route={route} />;
      return <CheckoutScreen doors={doors} route={route} />;
    case "login":
    case "signup":
      return <LoginScreen doors={doors} route={route} />;
    case "desk":
      if (!isFan) return <NeedsFan doors={doors} route={route} />;
      return <DeskScreen doors={doors} route={route} />;
    case "nowhere":
      return <Nowhere />;
  }
}
