// The search of the site (查一查): a box on several pages, answers on one.
import { answerPage, box } from "./page";

const form = document.querySelector<HTMLFormElement>("form[role=search]");
if (form) {
  const answers = document.getElementById("answers");
  if (answers) answerPage(form, answers);
  else box(form);
}
