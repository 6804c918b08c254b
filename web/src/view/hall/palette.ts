// palette.ts — the colours of the hall, read from the page's own style so that dark and light agree.
//
// Grades are told apart by hue and lightness (after Okabe and Ito, safe for every kind of colour
// blindness); what matters for choosing, a seat's state, is told apart by shape alone.

export const GRADE_COLOURS = 6;

export interface Palette {
  readonly grades: readonly string[];
  readonly onGrade: string; // what is written on a grade's colour
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly stage: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim() || "#888";
  return {
    grades: Array.from({ length: GRADE_COLOURS }, (_, place) => read(`--grade-${place}`)),
    onGrade: read("--on-grade"),
    paper: read("--paper"),
    ink: read("--ink"),
    faint: read("--seat-gone"),
    line: read("--line-strong"),
    accent: read("--accent"),
    onAccent: read("--on-accent"),
    stage: read("--stage"),
  };
}
