import { describe, expect, it } from "vitest";
import { specialTokenEntries } from "../../../../../src/core/conversion/tokenizer/specialTokens";
import { chatTemplateEntries } from "../../../../../src/core/conversion/tokenizer/chatTemplate";

const added = ["<s>", "</s>", "<pad>", "<turn>"].map((content, id) => ({ id, content, special: true }));
const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const text = { Sequence: { id: "A", type_id: 0 } };
const template = (single: readonly object[], pair: readonly object[] = []) => ({ post_processor: { type: "Sequence", processors: [{ type: "ByteLevel" }, { type: "TemplateProcessing", single, pair }] } });

function said(tokenizer: object, config: object, settings: object = {}): Record<string, unknown> {
  const entries = specialTokenEntries({ tokenizerJson: { added_tokens: added, ...tokenizer }, tokenizerConfig: { ...config } }, { ...settings }, 10);
  return Object.fromEntries(entries.map(({ key, value }) => [key.replace("tokenizer.ggml.", ""), value]));
}

describe("special tokens", () => {
  it("are found by their text, spelt either way, before numbers of config.json", () => {
    expect(said({}, { bos_token: "<s>", eos_token: { content: "</s>", lstrip: false } }, { bos_token_id: 9, eos_token_id: 9, pad_token_id: 2 })).toEqual({ bos_token_id: 0, eos_token_id: 1, padding_token_id: 2 });
  });

  it("are numbered by config.json, or its text part, where no text is known; lists and numbers that no token has do not count", () => {
    expect(said({}, { bos_token: "<unheard>" }, { bos_token_id: 5, eos_token_id: [1, 2], text_config: { pad_token_id: 3 }, sep_token_id: 99, unk_token_id: -1 })).toEqual({ bos_token_id: 5, padding_token_id: 3 });
  });

  it("are added as the template says, unless the configuration says otherwise", () => {
    expect(said(template([special("<s>"), text]), { bos_token: "<s>", eos_token: "</s>" })).toEqual({ bos_token_id: 0, eos_token_id: 1, add_bos_token: true });
    expect(said(template([special("<s>"), text]), { bos_token: { content: "<s>" }, add_bos_token: false, add_eos_token: true })).toEqual({ bos_token_id: 0, add_bos_token: false, add_eos_token: true });
    expect(said(template([text]), { bos_token: "<s>" })).toEqual({ bos_token_id: 0 });
    expect(said(template([special("<s>"), text]), {})).toEqual({ bos_token_id: 0, add_bos_token: true });
  });

  it("a template that ends otherwise tells a turn's end from a text's", () => {
    expect(said(template([text, special("</s>")]), { eos_token: "<turn>" })).toEqual({ eos_token_id: 1, eot_token_id: 3, add_eos_token: true });
  });

  it("a template that is damaged says nothing", () => {
    expect(said({ post_processor: { type: "TemplateProcessing", single: [null, 5], pair: "x" } }, { bos_token: 5 })).toEqual({});
  });
});

describe("chat templates", () => {
  const keys = (files: object) => chatTemplateEntries(files).map(({ key, value }) => [key.replace("tokenizer.", ""), value]);

  it("are one text, of the configuration or of a file beside it", () => {
    expect(keys({ tokenizerConfig: { chat_template: "A" }, chatTemplate: "B" })).toEqual([["chat_template", "A"]]);
    expect(keys({ tokenizerConfig: {}, chatTemplate: "B" })).toEqual([["chat_template", "B"]]);
    expect(keys({})).toEqual([]);
  });

  it("or several by name, the default one in the usual place", () => {
    const list = [{ name: "default", template: "A" }, { name: "tool use", template: "B" }, { name: 5 }, null];
    expect(keys({ tokenizerConfig: { chat_template: list } })).toEqual([["chat_template.tool_use", "B"], ["chat_templates", ["tool_use"]], ["chat_template", "A"]]);
    expect(keys({ chatTemplate: "A", moreTemplates: [{ name: "rag", template: "B" }] })).toEqual([["chat_template.rag", "B"], ["chat_templates", ["rag"]], ["chat_template", "A"]]);
    expect(keys({ tokenizerConfig: { chat_template: 5 } })).toEqual([]);
  });
});
