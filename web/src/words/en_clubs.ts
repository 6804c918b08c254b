// en_clubs.ts — presales for fan clubs, in English.

export const enClubs = {
  heading: "Presale",
  running: "Presale on",
  club: "Fan club",
  opens: (when: string) => `may buy from ${when}`,
  closes: (when: string) => `may buy until ${when}`,
  member: "You are a member",
  code: "Fan club code",
  join: "Join",
  logIn: "Log in to enter a code",
};
