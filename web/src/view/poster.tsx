// poster.tsx — a concert's poster, drawn from its hue and id: no picture is ever loaded.
//
// Six motifs of stage light. Colours are OKLCH, so every hue has the same weight and white text stays
// readable on all of them.
import { dotted, nameIn, titleIn, type Tongue } from "./format.ts";
import { useLook } from "./look.ts";
import type { Concert } from "../model/catalog.ts";

const range = (count: number) => Array.from({ length: count }, (_, place) => place);

function Beams() {
  return (
    <>
      {range(9).map((n) => (
        <path
          class={n % 2 ? "p-light" : "p-main"}
          opacity={0.35 + (n % 3) * 0.2}
          d={`M150 -30 L${-190 + n * 78} 430 L${-150 + n * 78} 430Z`}
        />
      ))}
      <circle class="p-light" cx="150" cy="-10" r="62" />
    </>
  );
}
function Sun() {
  return (
    <>
      <circle class="p-light" cx="150" cy="165" r="118" />
      {range(8).map((n) => (
        <rect class="p-deep" x="0" width="300" y={120 + n * 23} height={3 + n * 2.2} />
      ))}
    </>
  );
}
function Rings() {
  return (
    <>
      {range(8).map((n) => (
        <circle
          class={n % 2 ? "p-ring" : "p-ring-main"}
          cx="238"
          cy="92"
          r={26 + n * 38}
          stroke-width={20 - n * 1.6}
        />
      ))}
    </>
  );
}
function Waves() {
  return (
    <>
      <circle class="p-light" cx="212" cy="92" r="46" />
      {range(6).map((n) => {
        const y = 120 + n * 46;
        return (
          <path
            class={n % 2 ? "p-main" : "p-mid"}
            opacity={0.9 - n * 0.05}
            d={`M-10 ${y} C70 ${y - 70 + n * 9} 130 ${y + 60} 310 ${y - 26 - n * 6} V420 H-10Z`}
          />
        );
      })}
    </>
  );
}
function Lights() {
  return (
    <>
      {range(12).map((row) =>
        range(9).map((n) => (
          <circle
            class={(row * 7 + n * 5) % 4 === 0 ? "p-light" : "p-main"}
            cx={6 + n * 36 + (row % 2) * 18}
            cy={22 + row * 30}
            r={2 + (((row * 5 + n * 11) % 7) * 0.9 + row * 0.55)}
          />
        )),
      )}
    </>
  );
}
function Arcs() {
  return (
    <>
      <path class="p-main" d="M0 0 H150 A150 150 0 0 1 0 150Z" />
      <path class="p-light" d="M300 0 V150 A150 150 0 0 1 150 0Z" />
      <path class="p-mid" d="M0 150 A150 150 0 0 1 150 300 H0Z" />
      <path class="p-main" d="M150 150 H300 V300 A150 150 0 0 1 150 150Z" />
      <circle class="p-light" cx="75" cy="345" r="40" />
      <path class="p-mid" d="M150 300 H300 V450 A150 150 0 0 0 150 300Z" />
    </>
  );
}

const MOTIFS = [Beams, Arcs, Rings, Lights, Sun, Waves];

/* One or two artists head the poster themselves; a festival is known by its title. */
function headline(tongue: Tongue, concert: Concert): string {
  const { artists } = concert;
  if (artists.length === 0 || artists.length > 2) return titleIn(tongue, concert);
  return artists.map((artist) => nameIn(tongue, artist)).join(" × ");
}

export function Poster({ concert, isBare }: { concert: Concert; isBare?: boolean }) {
  const { tongue } = useLook();
  const Motif = MOTIFS[(concert.id * 7 + concert.posterHue) % MOTIFS.length] ?? Beams;
  const place = concert.venues[0];
  return (
    <div class="poster" style={{ "--hue": concert.posterHue }} aria-hidden="true">
      <svg viewBox="0 0 300 400" preserveAspectRatio="xMidYMid slice">
        <Motif />
      </svg>
      {!isBare && (
        <div class="poster-words">
          <span class="poster-when">
            {concert.firstStartsAtMs !== null && dotted(concert.firstStartsAtMs)}
            {place && (
              <>
                <br />
                {nameIn(tongue, place)}
              </>
            )}
          </span>
          <span class="poster-name">{headline(tongue, concert)}</span>
        </div>
      )}
    </div>
  );
}
