// codes.tsx — codes for a fan club: made here, shown once, and kept by nobody but who copies them.
import { useState } from "preact/hooks";

import { createDeeds, type Deeds } from "../../flow/desk/deeds.ts";
import { Box, DeedNotice } from "./parts.tsx";
import type { DeskProps } from "./screen.tsx";
import { useDeskWords } from "./words.ts";

export function Codes({ doors, office, groupId }: DeskProps & { groupId: number }) {
  const desk = useDeskWords();
  const [count, setCount] = useState(10);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [deeds] = useState<Deeds>(() => createDeeds(doors, new AbortController().signal));
  return (
    <div class="desk-form">
      <div class="desk-line">
        <Box label={desk.codes.count} hint={desk.codes.hint}>
          {(id) => (
            <input
              id={id}
              type="number"
              min={1}
              max={5000}
              value={count}
              onInput={(event) => setCount(event.currentTarget.valueAsNumber || 1)}
            />
          )}
        </Box>
        <button
          type="button"
          class="button"
          onClick={() => deeds.repeat(() => office.makeCodes(groupId, count), setCodes)}
        >
          {desk.codes.make}
        </button>
      </div>
      <DeedNotice deeds={deeds} />
      {codes.length > 0 && (
        <textarea
          class="codes"
          aria-label={desk.codes.made}
          rows={Math.min(10, codes.length)}
          readOnly
          value={codes.join("\n")}
        />
      )}
    </div>
  );
}
