import { type Command, json, onePositional } from "./command";
import { readDocument } from "./document";

export const text: Command = {
  name: "text",
  usage: "text DOC",
  summary: "Print a .docx or .pdf document as the text that is analysed",
  options: {},
  async run(invocation) {
    const document = await readDocument(invocation, onePositional(invocation, "document"));
    invocation.output.result(invocation.json ? json({ name: document.name, text: document.text }) : document.text);
  },
};
