// shell.tsx — what stands around every screen: the bar above, the line below.
import type { ComponentChildren } from "preact";

import { pathOf, type Route } from "../model/route.ts";
import type { Tongue } from "./format.ts";
import { useLook } from "./look.ts";
import { Link } from "./parts.tsx";

export interface ShellProps {
  readonly route: Route;
  readonly nickname: string | null; // null when nobody is logged in
  readonly isOperator: boolean;
  readonly isDark: boolean;
  readonly isOnline: boolean;
  readonly children: ComponentChildren;
  onTongue(tongue: Tongue): void;
  onTheme(): void;
  onLogOut(): void;
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-body" d="M4 7h24v6a3 3 0 0 0 0 6v6H4v-6a3 3 0 0 0 0-6z" />
      <path class="mark-arrow" d="m13 11 5 5-5 5" />
    </svg>
  );
}

function Tongues({ onTongue }: { onTongue: (tongue: Tongue) => void }) {
  const { words, tongue } = useLook();
  const choice = (one: Tongue, short: string, whole: string) => (
    <button
      lang={one}
      aria-pressed={tongue === one}
      aria-label={whole}
      onClick={() => onTongue(one)}
    >
      {short}
    </button>
  );
  return (
    <div class="tongues" role="group" aria-label={words.nav.language}>
      {choice("ko", "한", "한국어")}
      {choice("en", "EN", "English")}
    </div>
  );
}

function Account({
  nickname,
  route,
  onLogOut,
}: Pick<ShellProps, "nickname" | "route" | "onLogOut">) {
  const { words } = useLook();
  if (nickname === null) {
    const next = route.page === "login" || route.page === "signup" ? route.next : pathOf(route);
    return (
      <Link to={{ page: "login", next }} class="bar-button">
        {words.nav.logIn}
      </Link>
    );
  }
  return (
    <>
      <span class="nickname" title={nickname}>
        {nickname}
      </span>
      <button class="bar-button" onClick={onLogOut}>
        {words.nav.logOut}
      </button>
    </>
  );
}

function ThemeButton({ isDark, onTheme }: Pick<ShellProps, "isDark" | "onTheme">) {
  const { words } = useLook();
  const says = isDark ? words.nav.toLight : words.nav.toDark;
  return (
    <button class="bar-icon" aria-label={says} title={says} onClick={onTheme}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {isDark ? (
          <path d="M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 4.9m14.2 14.2-1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z" />
        ) : (
          <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.500 10.500z" />
        )}
      </svg>
    </button>
  );
}

export function Shell(props: ShellProps) {
  const { words } = useLook();
  const { route, children } = props;
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar">
        <Link to={{ page: "concerts", search: "" }} class="brand" label="Ticket-Rush">
          <Mark />
          <span>
            Ticket<i>Rush</i>
          </span>
        </Link>
        <nav aria-label={words.nav.main}>
          <Link
            to={{ page: "concerts", search: "" }}
            isHere={
              route.page === "concerts" ||
              route.page === "dates" ||
              route.page === "hall" ||
              route.page === "waiting"
            }
          >
            {words.nav.concerts}
          </Link>
          <Link
            to={{ page: "reservations" }}
            isHere={route.page === "reservations" || route.page === "checkout"}
          >
            {words.nav.mine}
          </Link>
          {props.isOperator && (
            <Link to={{ page: "desk", part: "live", id: null }} isHere={route.page === "desk"}>
              {words.nav.desk}
            </Link>
          )}
        </nav>
        <div class="bar-end">
          <Tongues onTongue={props.onTongue} />
          <ThemeButton isDark={props.isDark} onTheme={props.onTheme} />
          <Account nickname={props.nickname} route={route} onLogOut={props.onLogOut} />
        </div>
      </header>
      {!props.isOnline && (
        <div class="offline" role="status">
          {words.offline}
        </div>
      )}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <Mark /> <span>Ticket-Rush — {words.nav.footer}</span> <a href="/api/docs">API</a>
        <ThemeButton isDark={props.isDark} onTheme={props.onTheme} />
      </footer>
    </>
  );
}
