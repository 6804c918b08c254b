// keep.ts — the door to what this browser remembers. Storage may be full, or forbidden: then the
// page forgets at the next load, and that is all.

export interface Keep {
  get(name: string): string | null;
  set(name: string, value: string | null): void; // null forgets
}

export function createBrowserKeep(storage: () => Storage): Keep {
  const fallback = new Map<string, string>();
  return {
    get(name) {
      try {
        return storage().getItem(name) ?? fallback.get(name) ?? null;
      } catch {
        return fallback.get(name) ?? null;
      }
    },
    set(name, value) {
      fallback.delete(name);
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, value);
      } catch {
        if (value !== null) fallback.set(name, value);
      }
    },
  };
}

export function createMemoryKeep(): Keep {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)),
  };
}
