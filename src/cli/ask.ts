import { lineAt, lineStarts } from "../core/documents/lines";
import { HumanError } from "../protocol/humanError";
import type { Answer } from "../protocol/documents";
import { type Command, json } from "./command";
import { chosenModel, excerpt, readDocument } from "./document";

export const ask: Command = {
  name: "ask",
  usage: "ask DOC QUESTION… --model F",
  summary: "Ask about a document; answers quote the text, and later questions do not read it again",
  options: { model: { type: "string" } },
  async run(invocation) {
    const { services, output, token, positionals } = invocation;
    const [file, ...questions] = positionals;
    if (file === undefined || questions.length === 0) throw new HumanError("badArgument", `Say which document, and what you want to know: ask contract.md "Who may end it?"`);
    const model = await chosenModel(invocation);
    const document = await readDocument(invocation, file);
    const starts = lineStarts(document.text);
    let answers: readonly Answer[] = [];
    for (const question of questions) {
      for await (const update of services.analysis.ask(document, model, question, answers, token)) {
        if (update.progress) output.progress(update.progress.label);
        if (update.answers) answers = update.answers;
      }
      const answer = answers.at(-1);
      if (!answer || invocation.json) continue;
      const quotes = answer.quotes.map((quote) => `  ${quote.match === "none" ? "(not found in the text)" : `line ${lineAt(starts, quote.start) + 1}`}: “${excerpt(quote.text, 90)}”`);
      const cost = `  first word after ${answer.firstTokenSeconds.toFixed(2)} s; ${answer.reusedTokens} of ${answer.promptTokens} tokens reused`;
      output.result([`> ${question}`, answer.text, ...quotes, cost, ""].join("\n"));
    }
    if (invocation.json) output.result(json({ file, answers }));
  },
};
