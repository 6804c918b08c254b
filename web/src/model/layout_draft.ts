// layout_draft.ts — a hall as an operator draws it: sections of equal rows, each moved by hand or not.
//
// The server draws the seats; this knows only what has to be sent. As soon as one section is moved,
// all of them get a place of their own, because a layout places all of its sections or none.
import type { Json } from "./read.ts";
import type { Box, MapSection, SeatMap } from "./seatmap.ts";

export interface Spot {
  readonly x: number; // seat pitches: 0 is the middle of the stage …
  readonly y: number; // … and its front edge
}

export interface SectionDraft {
  readonly name: string;
  readonly nameKo: string;
  readonly grade: string;
  readonly price: number;
  readonly rowCount: number;
  readonly seatsPerRow: number;
  readonly angle: number; // degrees; 90 is away from the stage
  readonly spot: Spot | null;
}

export type LayoutDraft =
  | { readonly kind: "drawn"; readonly sections: readonly SectionDraft[] }
  | { readonly kind: "json"; readonly document: Json }
  | { readonly kind: "csv"; readonly text: string };

export type LayoutNews =
  | { readonly kind: "added" }
  | { readonly kind: "removed"; readonly place: number }
  | { readonly kind: "edited"; readonly place: number; readonly section: SectionDraft }
  | { readonly kind: "moved"; readonly place: number; readonly by: Spot; readonly map: SeatMap }
  | { readonly kind: "lined-up" }
  | { readonly kind: "imported"; readonly draft: LayoutDraft }
  | { readonly kind: "drawn" };

const FIRST: SectionDraft = {
  name: "A",
  nameKo: "A구역",
  grade: "R",
  price: 132_000,
  rowCount: 10,
  seatsPerRow: 20,
  angle: 90,
  spot: null,
};

export const EMPTY_LAYOUT: LayoutDraft = { kind: "drawn", sections: [FIRST] };

/* A, B, … Z, AA, AB, … */
export function sectionName(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : sectionName(Math.floor(place / 26) - 1) + letter;
}

function spotOf(section: MapSection, stage: Box): Spot {
  const row = section.rows[0];
  if (row === undefined) return { x: 0, y: 0 };
  const middle = (row.seatCount - 1) / 2;
  return {
    x: Math.round(row.x + row.dx * middle - (stage.left + stage.right) / 2),
    y: Math.round(row.y + row.dy * middle - stage.bottom),
  };
}

function moved(
  sections: readonly SectionDraft[],
  { place, by, map }: Extract<LayoutNews, { kind: "moved" }>,
): readonly SectionDraft[] {
  if (map.sections.length !== sections.length) return sections; // the preview is of another draft
  return sections.map((section, index) => {
    const drawn = map.sections[index];
    const spot = section.spot ?? (drawn ? spotOf(drawn, map.stage) : { x: 0, y: 0 });
    if (index !== place) return { ...section, spot };
    return { ...section, spot: { x: Math.round(spot.x + by.x), y: Math.round(spot.y + by.y) } };
  });
}

export function nextLayout(draft: LayoutDraft, news: LayoutNews): LayoutDraft {
  if (news.kind === "imported") return news.draft;
  if (news.kind === "drawn") return draft.kind === "drawn" ? draft : EMPTY_LAYOUT;
  if (draft.kind !== "drawn") return draft;
  const { sections } = draft;
  switch (news.kind) {
    case "added": {
      const name = sectionName(sections.length);
      const last = sections.at(-1) ?? FIRST;
      const spot = last.spot && { x: last.spot.x, y: last.spot.y + last.rowCount + 2 };
      return { ...draft, sections: [...sections, { ...last, name, nameKo: `${name}구역`, spot }] };
    }
    case "removed":
      return { ...draft, sections: sections.filter((_, place) => place !== news.place) };
    case "edited":
      return {
        ...draft,
        sections: sections.map((one, place) => (place === news.place ? news.section : one)),
      };
    case "moved":
      return { ...draft, sections: moved(sections, news) };
    case "lined-up":
      return { ...draft, sections: sections.map((one) => ({ ...one, spot: null })) };
  }
}

function documentOf(sections: readonly SectionDraft[]) {
  return {
    sections: sections.map(({ rowCount, seatsPerRow, spot, angle, ...named }) => ({
      ...named,
      ...(spot === null ? {} : { ...spot, angle }),
      rows: Array.from({ length: rowCount }, (_, row) => ({
        row: String(row + 1),
        seats: seatsPerRow,
      })),
    })),
  };
}

/* What goes to the server: a JSON document, or a table of comma-separated values. */
export type LayoutBody = { readonly json: unknown } | { readonly csv: string };

export function bodyOfLayout(draft: LayoutDraft): LayoutBody {
  switch (draft.kind) {
    case "drawn":
      return { json: documentOf(draft.sections) };
    case "json":
      return { json: draft.document };
    case "csv":
      return { csv: draft.text };
  }
}

/* JSON begins with a brace; everything else is taken for a table. null: it is neither. */
export function draftOfFile(content: string): LayoutDraft | null {
  const trimmed = content.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return null;
  if (!trimmed.startsWith("{")) return { kind: "csv", text: trimmed };
  try {
    return { kind: "json", document: JSON.parse(trimmed) as Json };
  } catch {
    return null;
  }
}
