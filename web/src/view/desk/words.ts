// words.ts — the words of the operator's pages, in the tongue of the page around them.
import { deskEn, type DeskWords } from "../../words/desk/en.ts";
import { deskKo } from "../../words/desk/ko.ts";
import { useLook } from "../look.ts";

export function useDeskWords(): DeskWords {
  return useLook().tongue === "ko" ? deskKo : deskEn;
}
