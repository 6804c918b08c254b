// stage.ts — one value on show. News goes in, the model says what comes next, watchers are told.

export interface Stage<State, News> {
  state(): State;
  tell(news: News): State;
  watch(show: () => void): () => void;
}

export function createStage<State, News>(
  first: State,
  next: (state: State, news: News) => State,
): Stage<State, News> {
  let state = first;
  const watchers = new Set<() => void>();
  return {
    state: () => state,
    tell(news) {
      const before = state;
      state = next(state, news);
      if (state !== before) watchers.forEach((show) => show());
      return state;
    },
    watch(show) {
      watchers.add(show);
      return () => watchers.delete(show);
    },
  };
}
