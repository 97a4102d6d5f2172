import { describe, expect, it } from "vitest";
import { chatPieces, plainChat, type RenderChat } from "../../../../src/core/training/chatPieces";
import { parseExamples } from "../../../../src/core/training/trainingData";

const question = { role: "user", content: "q" } as const;
const answer = { role: "assistant", content: "a" } as const;

describe("examples of JSON lines", () => {
  it.each([
    ['{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}', [question, answer]],
    ['{"prompt":"q","completion":"a"}', [question, answer]],
    ['{"instruction":"q","output":"a"}', [question, answer]],
    ['{"instruction":"q","input":"","output":"a"}', [question, answer]],
    ['{"instruction":"q","input":"i","output":"a"}', [{ role: "user", content: "q\n\ni" }, answer]],
    ['{"text":"a"}', [answer]],
  ])("%s", (line, messages) => {
    expect(parseExamples(`\uFEFF\n${line}\r\n\n`)).toEqual([{ messages }]);
  });

  it.each([
    ["{", /Line 2 .* is not JSON/],
    ["[]", /Line 2 .* is no example/],
    ["null", /Line 2 .* is no example/],
    ['{"prompt":"q"}', /Line 2 .*neither/],
    ['{"prompt":"q","completion":7}', /Line 2 .*neither/],
    ['{"messages":[]}', /Line 2 .*no list/],
    ['{"messages":[{"role":"tool","content":"x"}]}', /Line 2 .*role/],
    ['{"messages":[null]}', /Line 2 .*role/],
    ['{"messages":[{"role":"user"}]}', /Line 2 .*content/],
    ['{"messages":[{"role":"user","content":"q"}]}', /Line 2 .*nothing to learn/],
  ])("refuses %s, naming the line", (line, sentence) => {
    expect(() => parseExamples(`{"text":"a"}\n${line}`)).toThrow(sentence);
  });

  it("refuses a file without any", () => {
    expect(() => parseExamples(" \n\n")).toThrow(/no examples/);
  });
});

describe("the pieces of a conversation", () => {
  const marked: RenderChat = (messages, opened) => messages.map(({ role, content }) => `<${role}>${content}</>`).join("") + (opened ? "<assistant>" : "");

  it("answers end with their mark", () => {
    expect(chatPieces({ messages: [question, answer, question, answer] }, marked)).toEqual([
      { text: "<user>q</><assistant>", answer: false },
      { text: "a</>", answer: true },
      { text: "<user>q</><assistant>", answer: false },
      { text: "a</>", answer: true },
    ]);
  });

  it("of a model that thinks follow an empty thought, but for those that have one", () => {
    expect(chatPieces({ messages: [question, answer] }, marked, true)[0]?.text).toBe("<user>q</><assistant><think>\n\n</think>\n\n");
    expect(chatPieces({ messages: [question, { ...answer, content: "<think>x</think>a" }] }, marked, true)[0]?.text).toBe("<user>q</><assistant>");
  });

  it("a text alone is its own answer, and a model without a template gets lines", () => {
    expect(chatPieces({ messages: [answer] }, marked)).toEqual([{ text: "a", answer: true }]);
    expect(chatPieces({ messages: [question, answer] }, plainChat)).toEqual([{ text: "user: q\nassistant: ", answer: false }, { text: "a\n", answer: true }]);
  });
});
