// countdown.ts — time that is left, for eyes every second and for ears at sensible steps.

export interface Left {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/* Rounded up, so that "0" is shown only when nothing is left. */
export function leftUntil(untilMs: number, nowMs: number): Left {
  const totalSeconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  return {
    days: Math.floor(totalSeconds / 86_400),
    hours: Math.floor(totalSeconds / 3_600) % 24,
    minutes: Math.floor(totalSeconds / 60) % 60,
    seconds: totalSeconds % 60,
  };
}

function twoDigits(count: number): string {
  return String(count).padStart(2, "0");
}

/* Hours, minutes and seconds; the days, if any, are said in words. */
export function clockText(left: Left): string {
  const minutes = `${twoDigits(left.minutes)}:${twoDigits(left.seconds)}`;
  return left.days + left.hours === 0 ? minutes : `${twoDigits(left.hours)}:${minutes}`;
}

/* A screen reader hears of these moments only; every second would drown out the page. */
const SPOKEN_SECONDS = [600, 300, 180, 120, 60, 30, 10, 0];

/* The latest moment that has been reached, or null when the first one is still ahead. */
export function spokenSeconds(untilMs: number, nowMs: number): number | null {
  const leftSeconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  let spoken: number | null = null;
  for (const moment of SPOKEN_SECONDS) if (leftSeconds <= moment) spoken = moment;
  return spoken;
}
