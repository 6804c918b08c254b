// login.ts — the log-in and sign-up form as one value: what is typed is the form's, not ours.
import type { Failure } from "./answer.ts";
import type { Insisting } from "./patience.ts";

export type Login =
  | { readonly step: "rest" }
  | { readonly step: "asking"; readonly insisting: Insisting }
  | { readonly step: "refused"; readonly failure: Failure }
  | { readonly step: "welcome" };

export type LoginNews =
  | { readonly kind: "asked"; readonly insisting: Insisting }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "entered" };

export function nextLogin(login: Login, news: LoginNews): Login {
  if (login.step === "welcome") return login; // nobody is asked twice
  switch (news.kind) {
    case "asked":
      return { step: "asking", insisting: news.insisting };
    case "failed":
      return { step: "refused", failure: news.failure };
    case "entered":
      return { step: "welcome" };
  }
}

export type LoginField = "email" | "password" | "nickname";

/* The field a refusal is about, so that the words stand beside it and the focus goes there. */
export function fieldOf(failure: Failure): LoginField | null {
  if (failure.kind !== "refused") return null;
  if (failure.problem.code === "EMAIL_TAKEN") return "email";
  const field = failure.problem.field;
  return field === "email" || field === "password" || field === "nickname" ? field : null;
}
