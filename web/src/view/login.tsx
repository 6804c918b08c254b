// login.tsx — logging in and signing up: one form, two lengths.
import { useEffect, useRef, useState } from "preact/hooks";

import { fieldOf, type Login, type LoginField } from "../model/login.ts";
import type { Words } from "../words/en.ts";
import { useLook } from "./look.ts";
import { failureText, InsistingNotice, Link, Notice, Title } from "./parts.tsx";

interface FieldProps {
  readonly name: LoginField;
  readonly type: "email" | "password" | "text";
  readonly autocomplete: "email" | "current-password" | "new-password" | "nickname";
  readonly hint?: string;
  readonly wrong: string | null;
}

function Field({ name, type, autocomplete, hint, wrong }: FieldProps) {
  const { words } = useLook();
  const [isShown, setIsShown] = useState(false);
  const box = {
    id: name,
    name,
    autocomplete,
    autocapitalize: "none",
    spellcheck: false,
    maxLength: 254,
    "aria-invalid": wrong !== null,
    "aria-describedby": `${name}-says`,
  } as const;
  return (
    <div class="field">
      <label for={name}>{words.login[name]}</label>
      <div class="field-box">
        {type === "password" && !isShown ? (
          <input type="password" {...box} />
        ) : type === "email" ? (
          <input type="email" {...box} />
        ) : (
          <input type="text" {...box} />
        )}
        {type === "password" && (
          <button
            type="button"
            class="field-show"
            aria-pressed={isShown}
            onClick={() => setIsShown(!isShown)}
          >
            {isShown ? words.login.hide : words.login.show}
            <span class="unseen"> {words.login.password}</span>
          </button>
        )}
      </div>
      <p id={`${name}-says`} class={wrong ? "field-wrong" : "faint"}>
        {wrong ?? hint}
      </p>
    </div>
  );
}

function readTyped(form: HTMLFormElement | null): Record<LoginField, string> {
  const data = new FormData(form ?? undefined);
  const read = (name: LoginField) => String(data.get(name) ?? "");
  return {
    email: read("email").trim(),
    password: read("password"),
    nickname: read("nickname").trim(),
  };
}

/* What can be seen to be wrong without asking; everything else the server says. */
function firstWrong(
  words: Words,
  typed: Record<LoginField, string>,
  needsNickname: boolean,
): [LoginField, string] | null {
  if (typed.email === "") return ["email", words.login.missing];
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.email)) return ["email", words.login.badEmail];
  if (needsNickname && typed.nickname === "") return ["nickname", words.login.missing];
  return typed.password === "" ? ["password", words.login.missing] : null;
}

interface Props {
  readonly login: Login;
  readonly isSignUp: boolean;
  readonly next: string;
  onEnter(email: string, password: string, nickname: string): void;
}

function wrongOf(words: Words, login: Login): [LoginField, string] | null {
  if (login.step !== "refused") return null;
  const field = fieldOf(login.failure);
  if (field === null) return null;
  const isTaken =
    field === "email" &&
    login.failure.kind === "refused" &&
    login.failure.problem.code === "EMAIL_TAKEN";
  return [field, isTaken ? words.errors.EMAIL_TAKEN : words.errors[field]];
}

export function LoginView({ login, isSignUp, next, onEnter }: Props) {
  const { words } = useLook();
  const form = useRef<HTMLFormElement>(null);
  const [typedWrong, setTypedWrong] = useState<[LoginField, string] | null>(null);
  const wrong = typedWrong ?? wrongOf(words, login);
  const wrongField = wrong?.[0];
  const wrongIn = (field: LoginField) => (wrong !== null && wrong[0] === field ? wrong[1] : null);

  useEffect(() => {
    if (wrongField) form.current?.querySelector<HTMLInputElement>(`#${wrongField}`)?.focus();
  }, [wrongField, login, typedWrong]);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const typed = readTyped(form.current);
    const seen = firstWrong(words, typed, isSignUp);
    setTypedWrong(seen);
    if (seen === null) onEnter(typed.email, typed.password, typed.nickname);
  }

  const press = isSignUp ? words.login.signUp : words.login.logIn;
  return (
    <div class="narrow">
      <form class="panel login" ref={form} onSubmit={submit} noValidate>
        <Title>{isSignUp ? words.login.signUpHeading : words.login.heading}</Title>
        {next.startsWith("/options/") && <Notice kind="info">{words.login.needed}</Notice>}
        <Field name="email" type="email" autocomplete="email" wrong={wrongIn("email")} />
        {isSignUp && (
          <Field
            name="nickname"
            type="text"
            autocomplete="nickname"
            hint={words.login.nicknameHint}
            wrong={wrongIn("nickname")}
          />
        )}
        <Field
          name="password"
          type="password"
          wrong={wrongIn("password")}
          autocomplete={isSignUp ? "new-password" : "current-password"}
          {...(isSignUp ? { hint: words.login.passwordHint } : {})}
        />
        {login.step === "asking" && <InsistingNotice insisting={login.insisting} />}
        {login.step === "refused" && wrong === null && (
          <Notice kind="bad">{failureText(words, login.failure)}</Notice>
        )}
        <button class="button button-main button-wide" disabled={login.step === "asking"}>
          {login.step === "asking" ? words.login.asking : press}
        </button>
        <p class="login-other">
          {isSignUp ? words.login.haveAccount : words.login.noAccount}{" "}
          <Link to={{ page: isSignUp ? "login" : "signup", next }}>
            {isSignUp ? words.login.heading : words.login.signUpHeading}
          </Link>
        </p>
      </form>
    </div>
  );
}
