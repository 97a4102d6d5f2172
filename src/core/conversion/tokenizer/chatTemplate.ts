import type { MetadataEntry } from "../../gguf/writer";
import { text, texts } from "../entries";
import { isObject } from "../hyperparameters";
import type { TokenizerFiles } from "./vocabulary";

interface NamedTemplate {
  readonly name: string;
  readonly template: string;
}

/**
 * The chat template: of tokenizer_config.json, else of chat_template.jinja or chat_template.json. One of several has the name "default";
 * the others are kept under theirs. Source: add_chat_template of gguf-py's gguf_writer.py, v0.4.0.
 */
export function chatTemplateEntries({ tokenizerConfig, chatTemplate, moreTemplates = [] }: TokenizerFiles): readonly MetadataEntry[] {
  const configured = tokenizerConfig?.chat_template;
  if (configured !== undefined && configured !== null) return entriesOf(configured);
  if (moreTemplates.length === 0 || typeof chatTemplate !== "string") return entriesOf(chatTemplate);
  return entriesOf([{ name: "default", template: chatTemplate }, ...moreTemplates]);
}

function entriesOf(template: unknown): readonly MetadataEntry[] {
  if (typeof template === "string") return [text("tokenizer.chat_template", template)];
  if (!Array.isArray(template)) return [];
  const named = new Map(template.filter(isNamed).map(({ name, template: value }) => [name.replace(/[^A-Za-z0-9]/g, "_"), value]));
  named.delete("");
  const others = [...named].filter(([name]) => name !== "default");
  const main = named.get("default");
  return [
    ...others.map(([name, value]) => text(`tokenizer.chat_template.${name}`, value)),
    ...(others.length > 0 ? [texts("tokenizer.chat_templates", others.map(([name]) => name))] : []),
    ...(main === undefined ? [] : [text("tokenizer.chat_template", main)]),
  ];
}

function isNamed(value: unknown): value is NamedTemplate {
  return isObject(value) && typeof value.name === "string" && typeof value.template === "string";
}
